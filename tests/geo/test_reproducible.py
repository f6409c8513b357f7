"""One scenario in another folder, process, clock, language, import: the same bytes in all tables.

And two scenarios compared on the command line: A→B is B→A with the other sign, to the last digit.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from geo import build, manifest, study
from geo.cli import main
from geo.manifest import Question
from geo.model import PROFILES, Budget, Need, Position
from geo.scenario.changes import CloseStation, OpenSite
from tests.conftest import ROOT
from tests.geo import small_city

FIVE = Question(PROFILES["walk"], Budget(minutes=5))
#: As different as processes on one machine can be.
WORLDS = (
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LC_ALL": "C",
     "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
)  # fmt: skip


def import_city(home: Path, files: dict[str, Path]) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(home))
        build.create(
            build.Request(
                "small",
                "小城",
                (files["streets"],),
                areas=files["areas"],
                stations=str(files["stations"]),
                demand=files["demand"],
            )
        )
    return home


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return small_city.write_all(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def home(tmp_path_factory, files):
    return import_city(tmp_path_factory.mktemp("here"), files)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory, files):
    """The same files, carried to another folder and imported again."""
    folder = tmp_path_factory.mktemp("carried")
    carried = {name: Path(shutil.copy(path, folder)) for name, path in files.items()}
    return import_city(tmp_path_factory.mktemp("there"), carried)


@pytest.fixture
def small(home, monkeypatch):
    monkeypatch.setenv("YIZHAN_HOME", str(home))
    return "small"


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def run_apart(words, home, folder, world):
    """Run a command in a process of its own, in its own folder."""
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", "from geo.cli import main; main()", *map(str, words)],
        cwd=folder,
        env={**os.environ, **world, "YIZHAN_HOME": str(home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return {path.name: path.read_bytes() for path in sorted((folder / "out").iterdir())}


def test_the_same_file_gives_the_same_bytes_elsewhere(home, elsewhere, small, tmp_path):
    made = manifest.of(
        "small",
        "新站与关站",
        Question(PROFILES["walk"], Budget(minutes=7.5), Need.of(at="2026-11-20T12:30")),
        [CloseStation("s1"), OpenSite("n1", Position(*small_city.at(8, 1)), "=新站", (), "24/7")],
        "备注",
    )
    path = manifest.write(made, tmp_path / "a.json")
    words = ("scenario", "run", path, "--out", "out")
    tables = [
        run_apart(words, where, tmp_path / f"world {number}", world)
        for number, (world, where) in enumerate(zip(WORLDS, (home, elsewhere), strict=True))
    ]
    assert len(tables[0]) == 10 and tables[0] == tables[1]
    # The same process that made the file, too.
    ran = run("scenario", "run", path, "--out", tmp_path / "mine")
    assert ran.exit_code == 0, ran.output
    assert {p.name: p.read_bytes() for p in (tmp_path / "mine").iterdir()} == tables[0]
    told = pd.read_csv(tmp_path / "mine" / "figures.csv", index_col="key")["value"]
    result = study.run(manifest.city(made), *_plain(made.question)).to_json()
    assert told["people.covered"] == result["people"]["covered"]
    text = b"".join(tables[0].values()).decode("utf-8-sig", errors="strict")
    assert str(tmp_path) not in text and str(home) not in text and "'=新站" in text


def _plain(asked):
    return asked.profile, asked.budget, asked.need, asked.crowd


@pytest.fixture
def two(small, tmp_path):
    """Scenario a closes s2, b closes s1: files of the same question."""
    return [
        manifest.write(manifest.of("small", key, FIVE, [CloseStation(key)]), tmp_path / key)
        for key in ("s2", "s1")
    ]


def test_a_comparison_changes_its_sign_with_its_sides(two, tmp_path):
    tables = []
    for name, sides in (("ab.csv", two), ("ba.csv", two[::-1])):
        done = run("compare", "small", *sides, "--out", tmp_path / name)
        assert done.exit_code == 0, done.output
        tables.append(pd.read_csv(tmp_path / name))
    there, back = tables
    assert (there["difference"] == -back["difference"]).all()
    assert (there["share_difference"] == -back["share_difference"]).all()
    assert there["before_covered"].equals(back["after_covered"])
    # 100 people live at s1 and 50 at s2: closing s1 instead of s2 loses 100 and gains 50.
    assert there.loc[there["level"] == 1, "difference"].sum() == -50


def test_a_comparison_with_today_says_who_gains_and_loses(two):
    done = run("compare", "small", "today", two[0], "--json")
    told = json.loads(done.stdout)
    assert (told["before"], told["after"]["name"]) == (None, "s2")
    assert (told["totals"]["gained"], told["totals"]["lost"]) == (0.0, 50.0)
    printed = run("compare", "small", "-", two[0]).output
    assert "现状 today" in printed and "失去 lost 50" in printed and "-50" in printed
    same = run("compare", "small", "-", "today", "--minutes", "5").output
    assert "没有网格变化 · no cell changes" in same and "-0" not in same


def test_scenarios_of_different_questions_are_asked_for_one(two, tmp_path):
    asked = Question(PROFILES["walk"], Budget(minutes=10))
    other = manifest.write(manifest.of("small", "x", asked), tmp_path / "x")
    refused = run("compare", "small", two[0], other)
    assert refused.exit_code == 2 and "different questions" in refused.output
    assert run("compare", "small", two[0], other, "--minutes", "5").exit_code == 0
