"""Keep what was computed, so that many threads compute each thing once and wait only for that."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from typing import Any


class Memory:
    """Hold computed values by key; a key is a tuple whose first part says what it is.

    Values are kept for good, or, of those that exist for every instant, only the last few of a
    kind (``recent``; of large kinds ``fewer``).
    Computing one value never waits for another, unless it needs it.
    """

    def __init__(self, recent: int = 32, fewer: Mapping[str, int] | None = None) -> None:
        self._limit, self._fewer = recent, dict(fewer or {})
        self._kept: dict[tuple[Any, ...], Any] = {}
        self._recent: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[tuple[Any, ...], threading.RLock] = {}

    def keep(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Return what was computed for this key, computing it once even with many threads."""
        return self._get(key, make, self._kept)

    def keep_recent(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Return what was computed for this key; of these only the last few are kept."""
        return self._get(key, make, self._recent)

    def _get(
        self,
        key: tuple[Any, ...],
        make: Callable[[], Any],
        store: dict[tuple[Any, ...], Any],
    ) -> Any:
        with self._lock:
            if key in store:
                return self._used(store, key)
            turn = self._making.setdefault(key, threading.RLock())
        with turn:
            with self._lock:
                if key in store:  # somebody else was quicker
                    return self._used(store, key)
            try:
                value = make()
            except BaseException:
                with self._lock:  # what cannot be made leaves nothing behind
                    self._making.pop(key, None)
                raise
            with self._lock:
                store[key] = value
                self._making.pop(key, None)
                if store is self._recent:
                    self._forget(key[0])
            return value

    def _used(self, store: dict[tuple[Any, ...], Any], key: tuple[Any, ...]) -> Any:
        if store is self._recent:
            self._recent.move_to_end(key)
        return store[key]

    def _forget(self, kind: str) -> None:
        """Drop the least used value of a kind when there are too many."""
        of_kind = [key for key in self._recent if key[0] == kind]
        if len(of_kind) > self._fewer.get(kind, self._limit):
            del self._recent[of_kind[0]]

    def only(self, kinds: Collection[str]) -> Memory:
        """Return a memory of its own that begins with the values of some kinds."""
        other = Memory(self._limit, self._fewer)
        with self._lock:
            for store, begun in ((self._kept, other._kept), (self._recent, other._recent)):
                begun.update((key, value) for key, value in store.items() if key[0] in kinds)
        return other
