"""Check a requirement table and turn it into values, naming every fault of it at once.

What comes in is what a TOML reader returns: nested dictionaries of plain values. Nothing is
guessed: unknown keys are refused, because a misspelt ``ovrlap`` would otherwise audit less than
its author meant.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from geo.errors import Fault, InputError, OptionError, shown
from geo.model import PROFILES, SERVICES, TIERS
from geo.printable import printable
from geo.requirements.rules import (
    KINDS,
    CountRule,
    PeopleRule,
    Requirements,
    Rule,
    Selection,
    ShareRule,
    Within,
)

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_LONGEST_TEXT = 2_000
#: No number of a standard is larger: more than all people on Earth.
_LARGEST = 10_000_000_000
#: Places are searched for so many stations each; nobody asks for more.
_MOST_OVERLAP = 20
#: No standard has more rules; each one is judged for every area of the city.
_MOST_RULES = 100
_KIND_NAMES = tuple(KINDS.values())

#: Words that a table may use for tiers and services, with the keys they stand for.
_TIER_WORDS = dict.fromkeys(TIERS) | {"中心": "centre", "站": "station", "点": "point"}
_SERVICE_WORDS = dict.fromkeys(SERVICES) | {zh: key for key, (zh, _) in SERVICES.items()}


def requirements(document: Mapping[str, Any], where: str) -> Requirements:
    """Return the table that a document describes.

    ``where`` names the file in the faults. Raises :class:`~geo.errors.InputError` with all of them.
    """
    faults: list[Fault] = []
    head = _Fields(document, where, faults)
    facts = {
        "id": head.identifier("id"),
        "title_zh": head.text("title_zh"),
        "title_en": head.text("title_en"),
        "source": head.text("source"),
        "clause": head.text("clause"),
        "date": head.date("date"),
        "note_zh": head.text("note_zh", ""),
        "note_en": head.text("note_en", ""),
    }
    rules = tuple(_rules(head.tables("rules"), where, faults))
    head.refuse_others()
    if faults:
        raise InputError(faults)
    return Requirements(rules=rules, **facts)


def _rules(tables: Iterable[Any], where: str, faults: list[Fault]) -> Iterable[Rule]:
    """Yield the rules that can be read; a rule with a fault is left out."""
    seen: set[str] = set()
    for number, table in enumerate(tables, 1):
        label = table.get("id") if isinstance(table, Mapping) else None
        at = f"{where}: rule {number}" + (f" ({label})" if isinstance(label, str) else "")
        if not isinstance(table, Mapping):
            faults.append(Fault(at, f"{table!r} is no table", "begin each rule with [[rules]]"))
            continue
        before = len(faults)
        fields = _Fields(table, at, faults)
        kind = fields.choice("kind", _KIND_NAMES)
        name = fields.identifier("id")
        if name in seen:
            faults.append(Fault(f"{at}: id", f"{name!r} twice", "give each rule its own"))
        seen.add(name)
        if kind not in _KIND_NAMES:  # which other keys are right depends on it
            continue
        common = {
            "id": name,
            "title_zh": fields.text("title_zh"),
            "title_en": fields.text("title_en"),
            "clause": fields.text("clause", ""),
            "reading_zh": fields.text("reading_zh", ""),
            "reading_en": fields.text("reading_en", ""),
            "advisory": fields.flag("advisory"),
        }
        rule = {"share": _share, "count": _count, "people": _people}[kind](fields, common)
        fields.refuse_others()
        if len(faults) == before:
            yield rule


def _share(fields: _Fields, common: dict[str, Any]) -> Rule:
    return ShareRule(
        **common,
        areas=fields.areas(),
        share=fields.number("share", 0.0, 1.0),
        within=fields.within(required=True) or Within(minutes=15),
        overlap=fields.whole("overlap", least=1, most=_MOST_OVERLAP, default=1) or 1,
        stations=fields.selection(),
        each_service=fields.each_service(),
    )


def _count(fields: _Fields, common: dict[str, Any]) -> Rule:
    low, high = fields.bounds()
    return CountRule(
        **common,
        areas=fields.areas(),
        least=low,
        most=high,
        stations=fields.selection(),
        each_service=fields.each_service(),
    )


def _people(fields: _Fields, common: dict[str, Any]) -> Rule:
    low, high = fields.bounds()
    if not fields.has("within"):
        return PeopleRule(**common, areas=fields.areas(), least=low, most=high)
    if fields.has("areas"):
        fields.fault(
            "areas", "given together with within", "leave one out: circles are the areas here"
        )
        fields.areas()
    return PeopleRule(
        **common,
        areas=(),
        least=low,
        most=high,
        within=fields.within(required=True),
        stations=fields.selection(),
    )


class _Fields:
    """Take the keys of one table out one by one, noting what is wrong with each."""

    def __init__(self, table: Mapping[str, Any], where: str, faults: list[Fault]) -> None:
        self._table, self._where, self._faults = table, where, faults
        self._known: list[str] = []

    def fault(self, key: str, seen: str, remedy: str) -> None:
        """Note a fault of one key."""
        self._faults.append(Fault(f"{self._where}: {key}", seen, remedy))

    def has(self, key: str) -> bool:
        """Return whether the key stands in the table."""
        return key in self._table

    def refuse_others(self) -> None:
        """Note every key that nobody asked for, with the nearest that exists."""
        for key in self._table:
            if key not in self._known:
                near = difflib.get_close_matches(str(key), self._known, 1)
                meant = f"write {near[0]!r}?" if near else "remove it;"
                self.fault(str(key), "unknown key", f"{meant} known: {', '.join(self._known)}")

    def _take(self, key: str, wanted: str, *, required: bool) -> Any:
        self._known.append(key)
        value = self._table.get(key)
        if value is None and required:
            self.fault(key, "missing", f"give {wanted}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text of one or more characters; required without a default."""
        wanted = f"a text of up to {_LONGEST_TEXT} characters, in quotes"
        value = self._take(key, wanted, required=default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
            self.fault(key, shown(value), f"give {wanted}")
            return ""
        if default is None and not value.strip():
            self.fault(key, "empty", f"give {wanted}")
        return " ".join(printable(value).split())

    def identifier(self, key: str) -> str:
        """Return a short name of small letters, digits and hyphens."""
        wanted = "small letters, digits and single hyphens, e.g. 'walk-15min'"
        value = self._take(key, wanted, required=True)
        if value is not None and not (isinstance(value, str) and _ID.fullmatch(value)):
            self.fault(key, shown(value), f"give {wanted}")
        return value if isinstance(value, str) else ""

    def date(self, key: str) -> str:
        """Return a year, month or day in ISO 8601, "" when it is left out."""
        wanted = "a date like '2018', '2018-07' or '2018-07-10', in quotes; or leave it out"
        value = self._take(key, wanted, required=False)
        if value is None:
            return ""
        if not (isinstance(value, str) and _DATE.fullmatch(value)):
            self.fault(key, shown(value), f"give {wanted}")
            return ""
        return value

    def flag(self, key: str) -> bool:
        """Return true or false; false when it is left out."""
        value = self._take(key, "true or false", required=False)
        if value is not None and not isinstance(value, bool):
            self.fault(key, shown(value), "give true or false")
        return value is True

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        """Return one of the allowed words."""
        wanted = f"one of {', '.join(allowed)}"
        value = self._take(key, wanted, required=True)
        if value is not None and value not in allowed:
            self.fault(key, shown(value), f"give {wanted}")
        return value if isinstance(value, str) else ""

    def number(self, key: str, above: float, most: float) -> float:
        """Return a finite number greater than ``above`` and at most ``most``."""
        wanted = f"a number above {above:g} and up to {most:g}"
        value = self._take(key, wanted, required=True)
        if value is None:
            return most
        if not _is_number(value) or not above < value <= most:
            self.fault(key, shown(value), f"give {wanted}")
            return most
        return float(value)

    def whole(
        self, key: str, least: int, most: int = _LARGEST, default: int | None = None
    ) -> int | None:
        """Return a whole number from ``least`` to ``most``, the default when it is left out."""
        wanted = f"a whole number from {least} to {most}"
        value = self._take(key, wanted, required=False)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.fault(key, shown(value), f"give {wanted}")
            return default
        return value

    def bounds(self) -> tuple[int | None, int | None]:
        """Return ``least`` and ``most``, of which at least one must be given."""
        low, high = self.whole("least", 0), self.whole("most", 0)
        if not self.has("least") and not self.has("most"):
            self.fault("least", "neither least nor most", "give at least one of the two")
        if low is not None and high is not None and low > high:
            self.fault("most", f"{high} is less than least = {low}", "exchange the two")
        return low, high

    def tables(self, key: str) -> list[Any]:
        """Return a list of 1 to :data:`_MOST_RULES` tables; of a longer one, nothing."""
        wanted = f"1 to {_MOST_RULES} rules, each begun with [[rules]]"
        value = self._take(key, wanted, required=True)
        if value is not None and not (isinstance(value, list) and value):
            self.fault(key, shown(value), f"give {wanted}")
        if not isinstance(value, list):
            return []
        if len(value) > _MOST_RULES:
            self.fault(key, f"{len(value)} rules", f"give {wanted}; divide the table")
            return []
        return value

    def words(self, key: str, allowed: Mapping[str, str | None] | None = None) -> tuple[str, ...]:
        """Return a text or a list of different texts as a tuple.

        ``allowed`` has every word with what it stands for (``None``: itself); without it any will.
        """
        wanted = "a name or a list of names"
        if allowed is not None:
            keys = (word for word, meant in allowed.items() if meant is None)
            wanted = f"a list of {', '.join(keys)}"
        value = self._take(key, wanted, required=False)
        if value is None:
            return ()
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list) or not words:
            self.fault(key, shown(value), f"give {wanted}")
            return ()
        good: list[str] = []
        for word in words:
            known = isinstance(word, str) and word and (allowed is None or word in allowed)
            meant = (allowed or {}).get(word) or word if known else None
            if meant is None:
                self.fault(key, shown(word), f"give {wanted}")
            elif meant in good:
                self.fault(key, f"{word!r} twice", "name it once")
            else:
                good.append(meant)
        return tuple(good)

    def areas(self) -> tuple[str, ...]:
        """Return where a rule is judged: names of levels, the first that a city has counts."""
        if not self.has("areas"):
            self._known.append("areas")
            self.fault(
                "areas", "missing", "give 'city', 'top', 'lowest' or names of levels by preference"
            )
            return ()
        return self.words("areas")

    def selection(self) -> Selection:
        """Return which stations count, from ``tiers`` and ``services``."""
        return Selection(self.words("tiers", _TIER_WORDS), self.words("services", _SERVICE_WORDS))

    def each_service(self) -> tuple[str, ...]:
        """Return the services that the rule is judged for one by one; ``true`` means all."""
        if self._table.get("each_service") is True:
            self._known.append("each_service")
            return tuple(SERVICES)
        if self._table.get("each_service") is False:
            self._known.append("each_service")
            return ()
        return self.words("each_service", _SERVICE_WORDS)

    def within(self, *, required: bool) -> Within | None:
        """Return how near, e.g. ``{ minutes = 15 }``; exactly one measure is allowed."""
        wanted = "one of { minutes = 15 }, { distance_m = 1000 }, { straight_m = 1000 }"
        value = self._take("within", wanted, required=required)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.fault("within", shown(value), f"give {wanted}")
            return None
        inner = _Fields(value, f"{self._where}: within", self._faults)
        units = ("minutes", "distance_m", "straight_m")
        given = {unit: inner._take(unit, "a number", required=False) for unit in units}
        profile = "walk"
        if inner.has("profile"):
            profile = inner.choice("profile", tuple(PROFILES))
        else:
            inner._known.append("profile")
        inner.refuse_others()
        given = {unit: amount for unit, amount in given.items() if amount is not None}
        if len(given) != 1:
            self.fault("within", f"{len(given)} measures of nearness", f"give {wanted}")
            return None
        if "straight_m" in given and inner.has("profile"):
            inner.fault("profile", "a straight line has no profile", "remove it")
        (unit, amount) = next(iter(given.items()))
        if not _is_number(amount):
            inner.fault(unit, shown(amount), "give a number")
            return None
        found = Within(**{unit: float(amount)}, profile=profile)
        try:
            found.budget  # noqa: B018  # the budget itself knows which numbers make sense
        except OptionError as error:
            inner.fault(unit, shown(amount), str(error))
            return None
        return found


def _is_number(value: Any) -> bool:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return known and -_LARGEST <= value <= _LARGEST  # NaN is in no range
