"""Everything compiled is compiled by one call; a second process finds it all in the cache."""

from __future__ import annotations

import re

import pytest

from geo import compiled, kernels
from geo.compiled import COMPILED
from tests.conftest import ROOT


def test_no_module_that_compiles_is_forgotten():
    source = (ROOT / "geo" / "kernels.py").read_text(encoding="utf-8")
    for path in (ROOT / "geo").rglob("*.py"):
        if path.name != "kernels.py" and re.search(r"^def compile\(", path.read_text(), re.M):
            module = path.parent.name if path.parent.name != "geo" else path.stem
            assert re.search(rf"\b{module}\b", source), f"{path.name} is not compiled"


def test_compiling_says_whether_there_was_anything_to_do():
    assert kernels.compile() is COMPILED


@pytest.mark.skipif(not COMPILED, reason="numba is not installed")
def test_where_machine_code_cannot_be_kept_kernels_run_all_the_same(monkeypatch):
    """A server's user may own neither the package nor a home folder."""
    compile_with = compiled.numba.njit

    def njit(*, cache: bool = False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return compile_with(**options)

    monkeypatch.setattr(compiled.numba, "njit", njit)
    assert compiled.kernel(lambda a, b: a + b)(2, 3) == 5
    assert compiled.inline(lambda a, b: a * b)(2, 3) == 6
