"""Files that leave: whole or not at all, and never a program for somebody's spreadsheet."""

from __future__ import annotations

import csv

import pandas as pd
import pytest

from geo import export


@pytest.mark.parametrize("text", ["=1+1", "+86 23", "-2", "@SUM(A1)", "\t=1"])
def test_no_text_of_a_table_is_a_formula(tmp_path, text):
    frame = pd.DataFrame({"name": [text, "plain = text"], "people": [-1.5, 2.0]})
    path = export.table(frame, tmp_path / "t.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    # Text that could be a formula begins with an apostrophe; numbers, negative too, are numbers.
    assert rows[0] == {"name": f"'{text}", "people": "-1.5"}
    assert rows[1] == {"name": "plain = text", "people": "2.0"}
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


def test_nothing_is_left_when_a_table_cannot_be_written(tmp_path):
    class Odd:
        def __str__(self):
            raise RuntimeError("no words")

    with pytest.raises(RuntimeError):
        export.table(pd.DataFrame({"name": [Odd()]}), tmp_path / "t.csv")
    assert not list(tmp_path.iterdir())
