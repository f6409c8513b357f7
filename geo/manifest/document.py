"""Write a scenario as JSON and read it back, naming everything that is wrong at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from geo.capacity import crowd_of
from geo.errors import Fault, GeoError, InputError, shown
from geo.manifest.values import Base, Question, Scenario
from geo.model import Budget, Need, profile_named
from geo.printable import printable
from geo.scenario import changes as kinds
from geo.scenario.changes import Change
from geo.writing import whole

FORMAT = "yizhan-scenario/1"
#: A scenario is what people draw; something larger is another file.
MOST_BYTES = 8_000_000
MOST_CHANGES = 10_000
LONGEST_NAME, LONGEST_NOTE = 120, 4_000


def to_json(made: Scenario) -> dict[str, Any]:
    """Return a scenario as plain values; :func:`parsed` reads them back without loss."""
    asked = made.question
    at = asked.need.at
    return {
        "format": FORMAT,
        "name": made.name,
        "note": made.note,
        "city": {
            "slug": made.base.slug,
            "name": made.base.name,
            "version": made.base.version,
            "inputs": made.base.inputs,
        },
        "question": {
            "profile": asked.profile.name,
            "minutes": asked.budget.minutes,
            "distance_m": asked.budget.distance_m,
            "services": list(asked.need.services),
            "at": None if at is None else at.isoformat(timespec="minutes"),
            "users_per_1000": None if asked.crowd is None else asked.crowd.users_per_1000,
            "default_seats": None if asked.crowd is None else asked.crowd.default_seats,
        },
        "changes": [kinds.plain(change) for change in made.changes],
        "software": made.software,
    }


def write(made: Scenario, path: Path) -> Path:
    """Write a scenario as a file and return its path."""
    text = json.dumps(to_json(made), ensure_ascii=False, indent=1, allow_nan=False)
    with whole(path) as unfinished:
        unfinished.write_text(text + "\n", encoding="utf-8", newline="\n")
    return path


def read(path: Path) -> Scenario:
    """Read a scenario's file, or raise :class:`~geo.errors.InputError` with all that is wrong."""
    where = path.name or str(path)
    if not path.is_file():
        raise InputError(Fault(str(path), "no such file", "give the file of a scenario"))
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise InputError(Fault(where, f"{size:,} bytes", "give the file of a scenario"))
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError(
            Fault(where, f"no JSON in UTF-8 ({error})", "export the scenario again")
        ) from error
    return parsed(content, where)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


def parsed(content: Any, where: str = "scenario") -> Scenario:
    """Read the plain values of a scenario, or raise an error with everything that is wrong.

    ``where`` names the file or the field that they stand in.
    """
    document = _Document(content, where)
    document.check_format()
    document.check_fields("", _FIELDS)
    name = document.text("name", LONGEST_NAME, filled=True)
    note = document.text("note", LONGEST_NOTE)
    base = document.base()
    question = document.question()
    changes = document.changes()
    software = document.texts("software")
    if document.faults or question is None:
        raise InputError(document.faults)
    return Scenario(name, base, question, changes, note, software)


_FIELDS = ("format", "name", "note", "city", "question", "changes", "software")
_CITY = ("slug", "name", "version", "inputs")
_QUESTION = (
    "profile", "minutes", "distance_m", "services", "at", "users_per_1000", "default_seats",
)  # fmt: skip


class _Document:
    """Read the fields of a scenario's plain values, collecting what is wrong with them."""

    def __init__(self, content: Any, where: str) -> None:
        if not isinstance(content, dict):
            raise InputError(Fault(where, shown(content), f"give an object of format {FORMAT}"))
        try:
            json.dumps(content, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            seen = f"half of a letter ({error.reason})"
            raise InputError(Fault(where, seen, "export the scenario again")) from error
        self.faults: list[Fault] = []
        self._content = content
        self._where = where

    def check_format(self) -> None:
        """Refuse another format, or another version of this one, before anything else is read."""
        seen = self._content.get("format")
        if seen == FORMAT:
            return
        known, _, _ = FORMAT.partition("/")
        if isinstance(seen, str) and seen.startswith(f"{known}/"):
            remedy = f"this version reads {FORMAT}; open it with the version that wrote it"
        else:
            remedy = f"give the file of a scenario ({FORMAT})"
        raise InputError(Fault(f"{self._where}: format", shown(seen), remedy))

    def check_fields(self, path: str, known: Sequence[str]) -> None:
        """Add every field that nobody knows; what is not understood must not be passed over."""
        for name in sorted(self._object(path).keys() - set(known), key=str):
            self._fault(path, f"{shown(name)}", f"leave it out; there are {', '.join(known)}")

    def text(self, path: str, longest: int, *, filled: bool = False) -> str:
        """Return a text, "" where there is none and none is needed."""
        value = self._get(path, "")
        if not isinstance(value, str):
            self._fault(path, shown(value), "give a text")
            return ""
        value = printable(value).strip() if filled else value
        if filled and not value:
            self._fault(path, "no text", f"give a text of 1 to {longest} characters")
        if len(value) > longest:
            self._fault(path, f"{len(value):,} characters", f"give at most {longest:,}")
        return value

    def texts(self, path: str) -> dict[str, str]:
        """Return an object of texts, empty where there is none."""
        value = self._get(path, {})
        if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
            return dict(value)
        self._fault(path, shown(value), "give an object of texts")
        return {}

    def base(self) -> Base:
        """Return what the scenario stands on."""
        if "city" not in self._content:
            self._fault("city", "no city", f"give an object with {', '.join(_CITY)}")
            return Base("", "", "")
        self.check_fields("city", _CITY)
        slug = self.text("city.slug", 40, filled=True)
        version = self.text("city.version", 64, filled=True)
        return Base(slug, self.text("city.name", 200), version, self.texts("city.inputs"))

    def question(self) -> Question | None:
        """Return what was asked, ``None`` after adding what is wrong with it to the faults."""
        if "question" not in self._content:
            self._fault("question", "no question", f"give an object with {', '.join(_QUESTION)}")
            return None
        self.check_fields("question", _QUESTION)
        before = len(self.faults)
        profile = self._of_model(
            "profile", lambda: profile_named(self.text("question.profile", 40))
        )
        minutes, metres = self._number("minutes"), self._number("distance_m")
        rate, seats = self._number("users_per_1000"), self._number("default_seats")
        if seats is not None and not isinstance(seats, int):
            self._fault("question.default_seats", shown(seats), "give a whole number or null")
        words, at = self._services(), self._get("question.at", None)
        if at is not None and not isinstance(at, str):
            self._fault("question.at", shown(at), "give a text as 2026-11-20T22:30, or null")
        if len(self.faults) > before or profile is None:
            return None
        budget = self._of_model("minutes", lambda: Budget(minutes, metres))
        need = self._of_model("services, at", lambda: Need(tuple(words), Need.of(at=at).at))
        crowd = self._of_model("users_per_1000", lambda: crowd_of(rate, seats))
        if len(self.faults) > before:
            return None
        return Question(profile, budget, need, crowd)

    def changes(self) -> tuple[Change, ...]:
        """Return the changes, () after adding what is wrong with them to the faults."""
        rows = self._get("changes", None)
        where = f"{self._where}: changes"
        if isinstance(rows, list) and len(rows) > MOST_CHANGES:
            self._fault("changes", f"{len(rows):,} changes", f"give at most {MOST_CHANGES:,}")
            return ()
        try:
            return kinds.parsed(rows, where)
        except InputError as error:
            self.faults.extend(error.faults)
            return ()

    def _services(self) -> list[str]:
        words = self._get("question.services", [])
        if isinstance(words, list) and all(isinstance(word, str) for word in words):
            return words
        self._fault("question.services", shown(words), "give a list of texts")
        return []

    def _number(self, name: str) -> Any:
        value = self._get(f"question.{name}", None)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        self._fault(f"question.{name}", shown(value), "give a number or null")
        return None

    def _of_model(self, name: str, make: Any) -> Any:
        try:
            return make()
        except (GeoError, OverflowError) as error:
            self._fault(f"question.{name}", str(error), "mend the question")
            return None

    def _object(self, path: str) -> dict[str, Any]:
        value = self._content.get(path) if path else self._content
        if isinstance(value, dict):
            return value
        self._fault(path, shown(value), "give an object")
        return {}

    def _get(self, path: str, default: Any) -> Any:
        head, _, rest = path.partition(".")
        if not rest:
            return self._content.get(head, default)
        inner = self._content.get(head)
        return inner.get(rest, default) if isinstance(inner, dict) else default

    def _fault(self, path: str, seen: str, remedy: str) -> None:
        self.faults.append(Fault(f"{self._where}: {path}" if path else self._where, seen, remedy))
