"""A page of a browser with all that went wrong on it and all that it asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Watched:
    """Listen to a page from before its first request."""

    page: Any
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listeners = {
            "pageerror": lambda error: self.faults.append(str(error)),
            "console": self._said,
            "dialog": self._interrupted,
            "request": lambda request: self.asked.append(request.url),
        }
        for event, listener in self._listeners.items():
            self.page.on(event, listener)

    def leave(self) -> None:
        """Listen no longer."""
        for event, listener in self._listeners.items():
            self.page.remove_listener(event, listener)

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.faults.append(message.text)

    def _interrupted(self, dialog: Any) -> None:
        self.faults.append(dialog.message)
        dialog.dismiss()
