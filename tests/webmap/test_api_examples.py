"""The examples of docs/api.md run as they stand, against a live server of the public edition."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.served import serving
from webmap import create_app
from webmap.config import Settings

TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```(bash|python)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
WRITTEN = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def live(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server of the demonstration city, with a database of its own."""
    database = tmp_path_factory.mktemp("examples") / "yizhan.sqlite"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(demo_home))
        app = create_app(Settings(database=f"sqlite:///{database}"))
        with serving(app) as address:
            yield address


def test_there_is_an_example_of_every_question_a_rider_has():
    told = "".join(source for _, source in EXAMPLES)
    for question in ("nearest", "way", "stations", "stations/YD001", "feedback"):
        assert f"/api/cities/demo/{question}" in told or f"demo/stations/YD001/{question}" in told


@pytest.mark.parametrize(
    ("language", "source"), EXAMPLES, ids=[f"{name}-{n}" for n, (name, _) in enumerate(EXAMPLES)]
)
def test_an_example_runs_as_it_stands(live, language, source):
    if language == "bash" and shutil.which("curl") is None:
        pytest.skip("the example needs curl, which is not installed")
    program = ["bash", "-eu", "-c"] if language == "bash" else [sys.executable, "-c"]
    assert WRITTEN in source
    done = subprocess.run(
        [*program, source.replace(WRITTEN, live)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()


def test_the_limits_and_fields_that_are_told_are_those_of_the_server():
    settings = Settings()
    for number in (settings.asks_per_minute, settings.searches_per_minute):
        assert f" {number} times" in TEXT
    assert f"{settings.reports_per_minute} times" in TEXT
