"""Say how Chinese characters are read, as people type them: Latin letters without tones.

A character that is read in several ways keeps those that words make use of, up to :data:`MOST`, the
one that the names of this city use first: in Chongqing 重 is *chong* before it is *zhong*. A
reading with ü is known as ``v``, ``u`` and ``yu`` too, which is how keyboards without that letter
write it. Characters and words are those of the dictionaries of pypinyin.
"""

from __future__ import annotations

import importlib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

#: So many readings of a character are kept.
MOST = 5
#: A reading that fewer of a character's words use is one for scholars (号 as *xiao*).
_LEAST_SHARE = 0.01
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

    Characters that the dictionaries do not know are left out.
    """
    # The dictionaries take most of a second and 50 MB, which only a search should cost.
    pypinyin: Any = importlib.import_module("pypinyin")
    words = _of_words()
    ways: dict[str, list[str]] = {}
    places: dict[str, list[str]] = defaultdict(list)
    for name in names:
        for character in set(name):
            if character not in ways:
                ways[character] = _ways(pypinyin, character, words.get(character, Counter()))
            if len(ways[character]) > 1 and len(places[character]) < _LOOKED_AT:
                places[character].append(name)
    usual = _usual(pypinyin, {name for some in places.values() for name in some})
    return {
        character: _best_first(known, usual[character])
        for character, known in sorted(ways.items())
        if known
    }


@cache
def _of_words() -> Mapping[str, Counter[str]]:
    """Count how characters are read in the dictionary of words."""
    words: Mapping[str, list[list[str]]]
    words = importlib.import_module("pypinyin.constants").PHRASES_DICT
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for word, read in words.items():
        for character, (reading, *_) in zip(word, read, strict=False):
            counts[character][reading] += 1
    return counts


def _ways(pypinyin: Any, character: str, words: Counter[str]) -> list[str]:
    """Return the readings of a character, the usual ones first; none if it is not Chinese."""
    if not _is_chinese(character):
        return []
    style = pypinyin.Style.TONE
    found = pypinyin.pinyin(character, style=style, heteronym=True, errors="ignore")
    known = found[0] if found else []
    shares: Counter[str] = Counter()
    for reading in words or known:
        shares[_plain(reading)[0]] += words[reading] or 1
    least = _LEAST_SHARE * shares.total()
    usual = [way for way, count in shares.most_common() if count >= least]
    typed = {_plain(reading)[0]: _plain(reading) for reading in (*known, *words)}
    return list(dict.fromkeys(form for way in usual for form in typed[way]))


def _usual(pypinyin: Any, names: Iterable[str]) -> Mapping[str, Counter[str]]:
    """Count how characters are read in these names, by the dictionary of words."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name in sorted(names):
        # Whatever is not Chinese comes back as it is, one by one, so that both run in step.
        read = pypinyin.pinyin(name, style=pypinyin.Style.TONE, errors=list)
        for character, (reading, *_) in zip(name, read, strict=True):
            if reading != character:
                counts[character][_plain(reading)[0]] += 1
    return counts


def _best_first(known: list[str], usual: Counter[str]) -> tuple[str, ...]:
    """Return the readings of a character, those that this city uses first."""
    return tuple(dict.fromkeys([*(way for way, _ in usual.most_common()), *known]))[:MOST]
