"""``yizhan brief``: from a city to one page, and one clear message where that cannot be."""

from __future__ import annotations

import contextlib
import json
import re

import pytest
from click.testing import CliRunner

from geo import manifest, workspace
from geo.model import PROFILES, Budget
from geo.scenario.changes import CloseStation
from tests.webmap import tinycity
from webmap import cli, vendor


@pytest.fixture
def run(tiny_home, monkeypatch):
    monkeypatch.setenv("YIZHAN_HOME", str(tiny_home))

    def brief(*arguments: object):
        return CliRunner().invoke(cli.main, ["brief", *map(str, arguments)])

    return brief


def numbers(path) -> dict[str, str]:
    """Return the printed numbers of a page by their keys."""
    found = re.findall(r'data-key="([^"]*)"[^>]*>([^<]*)</data>', path.read_text("utf-8"))
    return dict(found)


def test_the_brief_says_what_the_study_says(run, tmp_path):
    path = tmp_path / "brief.html"
    done = run("tiny", "--out", path, "--minutes", 10, "--lang", "en")
    assert done.exit_code == 0, done.output
    told = CliRunner().invoke(cli.main, ["study", "tiny", "--minutes", "10", "--json"])
    summary, printed = json.loads(told.output), numbers(path)
    assert printed["figures/people.share/value"] == f"{summary['people']['share'] * 100:.1f}"
    assert printed["figures/people.covered/value"] == f"{summary['people']['covered']:,.0f}"
    assert tinycity.HOSTILE not in path.read_text("utf-8")  # it stands there escaped
    assert "&lt;" in path.read_text("utf-8")


def test_its_answer_as_json_names_every_printed_number(run, tmp_path):
    path = tmp_path / "brief.html"
    steps = []
    with pytest.MonkeyPatch.context() as patch:
        seen = contextlib.nullcontext(lambda label, *_: steps.append(label))
        patch.setattr(cli.geo_cli, "progress_bars", lambda: seen)
        told = json.loads(run("tiny", "--out", path, "--minutes", 10, "--json").stdout)
    printed = numbers(path)
    assert (told["path"], told["pages"], told["edition"]) == (str(path), 1, "internal")
    figures = {row["key"]: row for row in told["figures"]}
    assert printed and printed.items() <= {key: row["text"] for key, row in figures.items()}.items()
    assert figures["figures/people.total/value"]["value"] == tinycity.PEOPLE
    # And it says what it does meanwhile, each step once it begins.
    wanted = ["计算覆盖", "解释缺口", "整理底图与文字", "画地图与版面", "写文件"]
    assert list(dict.fromkeys(steps)) == wanted


def test_a_pdf_of_a_city_without_people_or_stations(run, tmp_path):
    done = run("bare", "--out", tmp_path / "bare.pdf", "--edition", "public")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "bare.pdf").read_bytes().startswith(b"%PDF-")


def test_a_scenario_is_told_beside_today(run, tmp_path):
    station = workspace.load("tiny").stations["id"].iloc[0]
    question = manifest.Question(PROFILES["walk"], Budget(minutes=10))
    made = manifest.of("tiny", "少一站", question, [CloseStation(station)])
    file = manifest.write(made, tmp_path / "s.json")
    done = run("tiny", "--out", tmp_path / "s.html", "--scenario", file)
    assert done.exit_code == 0, done.output
    assert "少一站" in done.output
    printed = numbers(tmp_path / "s.html")
    assert "today:figures/people.share/value" in printed


def test_what_is_wrong_is_one_sentence(run, tmp_path, monkeypatch):
    for arguments, words in (
        (("tiny", "--out", tmp_path / "brief.doc"), "ends in .pdf or .html"),
        (("nowhere", "--out", tmp_path / "a.pdf"), "no city 'nowhere'"),
        (("tiny", "--out", tmp_path / "a.pdf", "--requirements", "none"), "neither a file nor"),
        (("tiny", "--out", tmp_path / "a.pdf", "--map-approval", "审" * 99), "at most 60"),
    ):
        done = run(*arguments)
        assert done.exit_code == 2 and words in done.output and "Traceback" not in done.output
    monkeypatch.setattr(vendor, "LETTERS", (tmp_path / "a.ttf", tmp_path / "b.ttf"))
    done = run("tiny", "--out", tmp_path / "a.pdf")
    assert done.exit_code == 2 and "a.ttf: no such font file" in done.output
    assert "python -m webmap.vendor" in done.output
    assert not list(tmp_path.iterdir())
