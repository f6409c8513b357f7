"""Say what a reader ignored, assumed or made up, so that the import report can show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """Hold one remark about an input, in both languages.

    ``where`` names the file; ``count`` how many rows or features it is about (0 = the whole file).
    """

    where: str
    zh: str
    en: str
    count: int = 0

    def __str__(self) -> str:
        return f"{self.where}: {self.zh} / {self.en}"
