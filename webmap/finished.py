"""Keep finished answers in memory, so that nobody computes or encodes what was just told."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable


class Answers:
    """Keep finished answers of one city, the least used ones go first; safe between threads."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit, self._used = limit_bytes, 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, produce: Callable[[], bytes]) -> bytes:
        """Return the answer kept under this key, or produce and keep it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        answer = produce()
        with self._lock:
            if key not in self._kept and len(answer) <= self._limit:
                self._kept[key] = answer
                self._used += len(answer)
                while self._used > self._limit:
                    self._used -= len(self._kept.popitem(last=False)[1])
        return answer
