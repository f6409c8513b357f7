"""Hold what a story is: an ordered list of named views of a city, and what each of them asks.

A view is one idea on the screen: which layers, which question, where the camera stands, what is
said. Texts that are left empty are the topic's own (:mod:`geo.story.telling`), in the language of
whoever looks; texts may hold figures by their names in braces, as ``{share}``, which are put in
when the view is told, so that no number is ever typed by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from geo import hours
from geo.city import CityData
from geo.errors import OptionError, shown
from geo.model import Budget, Need, TravelProfile, profile_named

#: What can be drawn over the streets, from the ground up.
LAYERS = ("cells", "gaps", "circles", "ring", "stations")
#: Whose own words a view speaks.
TOPICS = ("city", "circle", "ring", "night", "gaps", "proposal", "free")
#: As a scenario: what the tool itself proposes for this city.
PROPOSAL = "proposal"

#: Figures that a view may show or quote, and what they are; people, or ground where nobody is
#: known.
FIGURES: dict[str, tuple[str, str]] = {
    "share": ("覆盖的比例，%", "share covered, %"),
    "ring": ("直线圈会说的比例，%", "share that straight lines would say, %"),
    "covered": ("覆盖的居民", "residents covered"),
    "uncovered": ("未覆盖的居民", "residents not covered"),
    "people": ("全部居民", "all residents"),
    "judged": ("能判断的居民", "residents who can be judged"),
    "stations": ("能提供服务的驿站", "stations that serve"),
    "median": ("一半居民的到达时间，分钟", "minutes until half of the residents arrive"),
    "minutes": ("时间预算，分钟", "budget, minutes"),
    "metres": ("时间预算折合的米数", "budget in metres"),
    "severed": ("被江河铁路等阻断的居民", "residents cut off by a barrier"),
    "detour": ("街道绕行太远的居民", "residents whose way round is too long"),
    "closed": ("附近驿站此时已关闭的居民", "residents whose stations are closed by then"),
    "unknown": ("附近驿站开放时间不明的居民", "residents near stations of unknown hours"),
    "gap1": ("最大空白区里的居民", "residents of the worst gap"),
    "gap2": ("第二大空白区里的居民", "residents of the second gap"),
    "gap3": ("第三大空白区里的居民", "residents of the third gap"),
    "gaps": ("空白区的个数", "number of gaps"),
    "before": ("对比一侧的比例，%", "share on the other side, %"),
    "gained": ("比对比一侧多覆盖的居民", "residents covered more than on the other side"),
    "lost": ("比对比一侧少覆盖的居民", "residents covered less than on the other side"),
    "added": ("比对比一侧多出的驿站", "stations more than on the other side"),
}
#: Those of them that need something to compare with.
COMPARED = ("before", "gained", "lost", "added")

#: So many views have a story, so many big numbers a view.
MOST_VIEWS, MOST_FIGURES = 40, 3
#: Whole minutes and hundreds of metres up to these, as everywhere on the pages.
MOST_MINUTES, MOST_METRES, STEP_M = 60, 5_000, 100

_BUDGET = re.compile(r"([1-9]\d{0,3})(min|m)")
_AT = re.compile(r"(\d{4}-\d\d-\d\dT)?([01]\d|2[0-3]):[0-5]\d")
_BRACES = re.compile(r"\{([^{}]*)\}")
#: Where a city's files bear no date, an hour is asked of the first workday from this day on.
_SOME_DAY = date(2026, 1, 5)

Camera = tuple[float, float, float, float]


@dataclass(frozen=True)
class Asked:
    """Hold one question to the city.

    ``budget`` is a key as ``15min`` or ``1000m``; ``at`` an instant (``2026-11-20T23:00``), or an
    hour alone (``23:00``), which means the first workday from the date of the city's data on.
    ``scenario`` is ``None`` for the city as it is, :data:`PROPOSAL`, or the name of a scenario.
    """

    profile: str = "walk"
    budget: str = "15min"
    services: tuple[str, ...] = ()
    at: str | None = None
    scenario: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "services", Need(self.services).services)

    def need(self, data: CityData) -> Need:
        """Return what is needed, with the hour on a day of this city."""
        if self.at is None:
            return Need(self.services)
        return Need(self.services, instant(self.at, workday(data)))

    def question(self, data: CityData) -> tuple[TravelProfile, Budget, Need]:
        """Return the question in the terms of :func:`geo.study.run`."""
        return profile_named(self.profile), budget_named(self.budget), self.need(data)


@dataclass(frozen=True)
class View:
    """Hold one view of a story.

    ``title`` and ``sentence`` are the topic's own where they are empty. ``against`` is what stands
    left of the divider, before ``asked``. ``camera`` is (west, south, east, north) in WGS84
    degrees, ``None`` the whole city. ``figures`` names what is shown big, () the topic's own.
    """

    topic: str = "free"
    title: str = ""
    sentence: str = ""
    layers: tuple[str, ...] = ("cells", "stations")
    asked: Asked = Asked()
    against: Asked | None = None
    camera: Camera | None = None
    figures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    """Hold the views in their order, at most :data:`MOST_VIEWS`.

    ``scenarios`` travel with a story that is kept as a text: by the name that views call them, the
    name for people and the changes as plain values (:mod:`geo.scenario.changes`).
    """

    name: str
    views: tuple[View, ...]
    scenarios: Mapping[str, tuple[str, tuple[Mapping[str, Any], ...]]] = field(
        default_factory=dict, hash=False
    )

    def asked(self) -> tuple[Asked, ...]:
        """Return every question that is asked, each once, in the order of the views."""
        each = (one for view in self.views for one in (view.asked, view.against) if one)
        return tuple(dict.fromkeys(each))


def budget_named(key: str) -> Budget:
    """Return the budget of a key as ``15min`` or ``1000m``."""
    found = _BUDGET.fullmatch(key)
    number = int(found[1]) if found else 0
    if found and found[2] == "min" and number <= MOST_MINUTES:
        return Budget(minutes=number)
    if found and found[2] == "m" and number <= MOST_METRES and number % STEP_M == 0:
        return Budget(distance_m=number)
    raise OptionError(
        f"{shown(key)} is no budget; write 1min to {MOST_MINUTES}min, or {STEP_M}m to "
        f"{MOST_METRES}m in steps of {STEP_M}"
    )


def instant(at: str, day: date) -> datetime:
    """Return the instant that a text names, an hour alone on the given day."""
    if not _AT.fullmatch(at):
        raise OptionError(
            f"{shown(at)} is no instant; write an hour as 23:00, or 2026-11-20T23:00 with its day"
        )
    if "T" not in at:
        return datetime.combine(day, time.fromisoformat(at))
    found = Need.of(at=at).at
    assert found is not None
    return found


def workday(data: CityData) -> date:
    """Return the first working day from the date of the city's data on: no weekend, no holiday.

    A make-up working day is passed over, too: its hours are those of another weekday.
    """
    text, calendar = data.city.data_date, data.calendar
    day = _SOME_DAY if text is None else date.fromisoformat(text[:10])
    special = () if calendar is None else {*calendar.holidays, *calendar.replaces}
    while hours.WEEKDAYS[day.weekday()] in ("Sa", "Su") or day in special:
        day += timedelta(days=1)
    return day


def named_figures(text: str) -> Iterator[str]:
    """Yield what stands in braces in a text, known or not."""
    for found in _BRACES.finditer(text):
        yield found[1]


def pieces(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield (plain text, name of the figure behind it or ``None``) of a text, in their order.

    Only what is named in :data:`FIGURES` is a figure; any other brace is a brace.
    """
    plain, last = "", 0
    for found in _BRACES.finditer(text):
        plain += text[last : found.start()]
        last = found.end()
        if found[1] in FIGURES:
            yield plain, found[1]
            plain = ""
        else:
            plain += found[0]
    yield plain + text[last:], None
