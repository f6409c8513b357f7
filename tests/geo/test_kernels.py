"""Everything compiled is compiled by one call; a second process finds it all in the cache."""

from __future__ import annotations

import re

from geo import kernels
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
