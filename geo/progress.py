"""Say how far a long step is, to whoever wants to know."""

from __future__ import annotations

from collections.abc import Callable

#: Tell how far a long step is: a short Chinese label, what is done and the total (0 = unknown).
Progress = Callable[[str, int, int], None]


def silent(label: str, done: int, total: int) -> None:
    """Ignore progress."""
