"""The notebooks run from top to bottom on a small city, and are kept without their outputs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.util import run_sync

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
#: What each notebook saves, behind the name of the city.
SAVED = {
    "01-service-circle": "walk-15min",
    "02-coverage": "night",
    "03-siting": "plan",
    "04-maps": "difference",
}
# Put together at run time, so that this file does not contain what it forbids.
_TOPS = "|".join(["ho" + "me", "wo" + "rk", "ro" + "ot", "Us" + "ers"])
PATHS = re.compile(rf"(?<![\w.])/(?:{_TOPS})/|\b[A-Z]:\\\\")


def _read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def test_there_are_notebooks_for_the_planner() -> None:
    assert [path.stem for path in NOTEBOOKS] == sorted(SAVED)


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


@pytest.fixture(scope="module")
def kernel() -> Iterator[Any]:
    """A kernel for several notebooks: to start one for each costs more than they do."""
    starter = NotebookClient(nbformat.v4.new_notebook(), kernel_name="python3")
    manager = starter.create_kernel_manager()
    starter.start_new_kernel()
    yield manager
    run_sync(manager.shutdown_kernel)(now=True)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("slug", ["tiny", "bare"])
def test_it_runs_on_a_small_city(
    path: Path, slug: str, tiny_home: Path, tmp_path: Path, kernel: Any
) -> None:
    _run(path, slug, tiny_home, tmp_path, kernel)


@pytest.mark.parametrize(
    "path", [path for path in NOTEBOOKS if path.stem > "02"], ids=lambda path: path.stem
)
def test_it_tells_its_story_on_the_demonstration_city(
    path: Path, demo_home: Path, tmp_path: Path, kernel: Any
) -> None:
    """What the words beside the figures say of this city is so."""
    text = _run(path, "demo", demo_home, tmp_path, kernel)
    told = {
        "02-coverage": ("直线圈 ring", "多算 too much", "unknown_hours"),
        "03-siting": ("挡在中间 in between", "惠及 helps", "已证明最优 proven", "失去 lost 0.0"),
        "04-maps": ("demo-difference.html",),
    }
    for words in told[path.stem]:
        assert words in text


def _run(path: Path, slug: str, home: Path, folder: Path, kernel: Any) -> str:
    """Execute a notebook, see that it shows a map and saves one file; return what it printed.

    It begins without a name of its own, whatever ran in the kernel before.
    """
    notebook = _read(path)
    world = {"YIZHAN_HOME": str(home), "YIZHAN_CITY": slug, "YIZHAN_OUT": str(folder)}
    begin = f"__import__('os').environ.update({world})\n__import__('os').chdir({str(folder)!r})\n"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(f"{begin}%reset -f"))
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", km=kernel)
    try:
        client.execute()
    finally:
        if client.kc is not None:
            client.kc.stop_channels()
    outputs = [
        output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    ]
    shown = [
        output.data["text/html"]
        for output in outputs
        if output.output_type == "execute_result" and "text/html" in output.data
    ]
    assert any("srcdoc=" in html for html in shown), "the map shows itself"
    (saved,) = folder.glob("*.html")
    assert saved.name == f"{slug}-{SAVED[path.stem]}.html"
    return "".join(output.text for output in outputs if output.output_type == "stream")
