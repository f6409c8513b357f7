"""The notebooks run from top to bottom on a small city, and are kept without their outputs."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# Put together at run time, so that this file does not contain what it forbids.
_TOPS = "|".join(["ho" + "me", "wo" + "rk", "ro" + "ot", "Us" + "ers"])
PATHS = re.compile(rf"(?<![\w.])/(?:{_TOPS})/|\b[A-Z]:\\\\")


def _read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def test_there_is_a_notebook_for_the_planner() -> None:
    assert "01-service-circle.ipynb" in [path.name for path in NOTEBOOKS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_valid_and_holds_no_outputs(path: Path) -> None:
    notebook = _read(path)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert [cell.outputs for cell in code if cell.outputs] == []
    assert {cell.execution_count for cell in code} == {None}
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_names_no_folder_of_one_machine(path: Path) -> None:
    assert PATHS.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("slug", ["tiny", "bare"])
def test_it_runs_on_a_small_city(
    path: Path, slug: str, tiny_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIZHAN_HOME", str(tiny_home))
    monkeypatch.setenv("YIZHAN_CITY", slug)
    monkeypatch.setenv("YIZHAN_OUT", str(tmp_path))
    notebook = _read(path)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute(cwd=str(tmp_path))
    shown = [
        output.data["text/html"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "execute_result" and "text/html" in output.data
    ]
    assert any("srcdoc=" in html for html in shown), "the map shows itself"
    (saved,) = tmp_path.glob("*.html")
    assert saved.name == f"{slug}-walk-15min.html"
