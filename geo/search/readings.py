"""Say how Chinese characters are read, as people type them: Latin letters without tones.

A character that is read in several ways keeps up to :data:`MOST` of them, the one that the names of
this city use first: in Chongqing 重 is *chong* before it is *zhong*. A reading with ü is known as
``v``, ``u`` and ``yu`` too, which is how keyboards without that letter write it. Readings are those
of the dictionary of pypinyin.
"""

from __future__ import annotations

import importlib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

#: So many readings of a character are kept.
MOST = 5
#: So many names are looked at to see how a character is read here.
_LOOKED_AT = 4
#: The dots of ü, as Unicode takes it apart.
_DIAERESIS = "\u0308"
#: Consonants of two letters, which people type as initials as well as their first letter.
CLUSTERS = ("zh", "ch", "sh")


def _plain(reading: str) -> list[str]:
    """Return a reading with tones as the texts that stand for it, ü as ``v``, ``u`` and ``yu``."""
    apart = unicodedata.normalize("NFD", reading.lower())
    bare = "".join(c for c in apart if "a" <= c <= "z" or c == _DIAERESIS)
    if _DIAERESIS not in bare:
        return [bare]
    return [bare.replace(f"u{_DIAERESIS}", letter) for letter in ("v", "u", "yu")]


def _is_chinese(character: str) -> bool:
    return unicodedata.name(character, "").startswith("CJK")


def readings_of(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return, for every Chinese character of these folded names, how it is read, best first.

    Characters that the dictionary does not know are left out.
    """
    # The dictionaries take most of a second and 50 MB, which only a search should cost.
    pypinyin: Any = importlib.import_module("pypinyin")
    ways: dict[str, list[str]] = {}
    places: dict[str, list[str]] = defaultdict(list)
    for name in names:
        for character in set(name):
            if character not in ways:
                ways[character] = _all_ways(pypinyin, character)
            if len(ways[character]) > 1 and len(places[character]) < _LOOKED_AT:
                places[character].append(name)
    usual = _usual(pypinyin, {name for some in places.values() for name in some})
    return {
        character: _best_first(known, usual.get(character, Counter()))
        for character, known in sorted(ways.items())
        if known
    }


def _all_ways(pypinyin: Any, character: str) -> list[str]:
    if not _is_chinese(character):
        return []
    found = pypinyin.pinyin(character, style=pypinyin.Style.TONE, heteronym=True, errors="ignore")
    plain = [way for reading in (found[0] if found else ()) for way in _plain(reading)]
    return list(dict.fromkeys(plain))


def _usual(pypinyin: Any, names: Iterable[str]) -> Mapping[str, Counter[str]]:
    """Count how characters are read in these names, by the dictionary of phrases."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name in sorted(names):
        # Whatever is not Chinese comes back as it is, one by one, so that both run in step.
        read = pypinyin.pinyin(name, style=pypinyin.Style.TONE, errors=list)
        for character, (reading, *_) in zip(name, read, strict=True):
            counts[character][_plain(reading)[0] if reading != character else ""] += 1
    return counts


def _best_first(known: list[str], usual: Counter[str]) -> tuple[str, ...]:
    """Return the readings of a character, those that this city uses first."""
    both = dict.fromkeys([*(way for way, _ in usual.most_common() if way), *known])
    return tuple(both)[:MOST]
