"""Files that leave: whole or not at all, and never a program for somebody's spreadsheet."""

from __future__ import annotations

import csv
import subprocess
import sys
import textwrap

import pandas as pd
import pytest

from geo import export
from geo.errors import StorageFailed
from geo.export import delimited
from geo.writing import whole
from tests.conftest import ROOT

FORMULAS = ["=1+1", "+86 23", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1+1", "\u3000=1"]
WIDE = ["＝1+1", "＋1", "－2", "＠SUM(A1)"]


@pytest.mark.parametrize("text", [*FORMULAS, *WIDE])
def test_no_text_of_a_table_is_a_formula(tmp_path, text):
    frame = pd.DataFrame({"name": [text, "plain = text"], "people": [-1.5, 2.0]})
    path = export.table(frame, tmp_path / "t.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    # Text that could be a formula begins with an apostrophe; numbers, negative too, are numbers.
    assert rows[0] == {"name": f"'{text}", "people": "-1.5"}
    assert rows[1] == {"name": "plain = text", "people": "2"}
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


@pytest.mark.parametrize("text", ["", "驿站", "a=b", "1-2", "'=1", "“=”"])
def test_other_texts_are_left_as_they_are(text):
    assert delimited.safe(text) == text


def test_numbers_are_written_without_exponents_and_read_back_the_same():
    values = [1e-7, 1e16, 1 / 1024, -0.5, 123456789.125, float("nan")]
    frame = pd.DataFrame({"value": values, "n": pd.array([1, None, 3, 4, 5, 6], dtype="Int64")})
    text = delimited.text_of(frame)
    assert "e" not in text.split("\n", 1)[1]
    written = [line.split(",") for line in text.splitlines()[1:]]
    assert [float(value) for value, _ in written[:-1]] == values[:-1]
    assert written[-1][0] == "" and written[1][1] == ""  # not known is nothing, never NaN


def test_a_heading_is_no_formula_either_and_flags_are_words():
    frame = pd.DataFrame({"=cmd": [True, False], "b": [None, pd.NA]})
    assert delimited.text_of(frame) == "'=cmd,b\r\ntrue,\r\nfalse,\r\n"


def test_nothing_is_left_when_a_table_cannot_be_written(tmp_path):
    class Odd:
        def __str__(self):
            raise RuntimeError("no words")

    with pytest.raises(RuntimeError):
        export.table(pd.DataFrame({"name": [Odd()]}), tmp_path / "t.csv")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_what_was_there_stays_when_the_writing_ends_early(tmp_path, error):
    (tmp_path / "t.csv").write_text("old", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "old").touch()
    for name in ("t.csv", "folder"):
        with pytest.raises(error):
            _end_early(tmp_path / name, error)
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == "old"
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["folder", "old", "t.csv"]


def _end_early(path, error):
    with whole(path) as unfinished:
        unfinished.mkdir()
        raise error


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "old").touch()
    with whole(tmp_path / "folder") as unfinished:
        unfinished.mkdir()
        (unfinished / "new").touch()
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["folder", "new"]


def test_a_place_that_is_no_folder_is_told_in_words(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageFailed, match=r"file.*give a folder that can be written"):
        export.table(pd.DataFrame({"a": [1]}), tmp_path / "file" / "t.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


PLACES = {
    "csv": ["out", "out.zip"],
    "xlsx": ["out.xlsx"],
    "gpkg": ["out.gpkg"],
    "geojson": ["out", "out.zip"],
    "parquet": ["out", "out.zip"],
    "shp": ["out.zip"],
}


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are Unix's")
def test_a_full_disk_is_one_clear_error_and_leaves_nothing(tmp_path):
    # A process that may write no file longer than 2,000 bytes meets what a full disk answers.
    script = f"""
        import resource, signal, sys
        from pathlib import Path
        from geo import export, study
        from geo.errors import StorageFailed
        from geo.model import Budget
        from tests.geo.toy import TOY_PROFILES
        from tests.geo.toy_city import toy_city

        data = toy_city([(100, 0)], [(0, 0, 5), (500, 500, 7)])
        result = study.run(data, TOY_PROFILES["walk"], Budget(minutes=5))
        ready = export.contents(result, result.to_json())
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        for form, names in {PLACES!r}.items():
            for name in names:
                to = Path(sys.argv[1]) / form
                try:
                    export.write(ready, form, to / name)
                except StorageFailed as error:
                    print(form, name, "refused:", error, sorted(to.iterdir()))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = done.stdout.splitlines()
    wanted = [f"{form} {name} refused: " for form, names in PLACES.items() for name in names]
    assert len(told) == len(wanted), done.stdout
    for line, beginning in zip(told, wanted, strict=True):
        assert line.startswith(beginning) and line.endswith(" []"), line
    assert "Traceback" not in done.stderr
