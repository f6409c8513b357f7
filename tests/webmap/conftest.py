"""Let the tests of the web work in the workspace of two tiny cities."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True, scope="module")
def home(tiny_home: Path) -> Iterator[Path]:
    """Let all tests of a module, and what the module makes for them, work in the workspace."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(tiny_home))
        yield tiny_home


@pytest.fixture
def make(client: Any) -> Iterator[Any]:
    """Return a function that makes scenarios of the tiny city; they are gone after the test."""
    from tests.webmap.kept import Kept

    kept = Kept(client)
    yield kept
    kept.clear()
