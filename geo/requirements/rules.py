"""Hold what a standard asks, in three kinds of rules made of the same few parts.

*Which* stations count is a :class:`Selection`, *how near* is a :class:`Within`, *where* is a tuple
of names of grid levels in order of preference (or :data:`CITY`, :data:`TOP`, :data:`LOWEST`). A
:class:`ShareRule` asks that people reach such stations, a :class:`CountRule` that so many stand in
an area, a :class:`PeopleRule` that so many people live there.

Levels are never inclusive: a station counts for a rule only when its tier is listed there. A large
station does not do the work of a small one next door unless the table says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from geo.model import PROFILES, Budget, TravelProfile

#: Words for areas that every city has, whatever its levels are called.
CITY, TOP, LOWEST = "city", "top", "lowest"


@dataclass(frozen=True)
class Selection:
    """Say which stations count: those of these tiers that offer all of these services.

    Without tiers those of every tier count. Keys as in :data:`geo.model.TIERS` and
    :data:`geo.model.SERVICES`.
    """

    tiers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


@dataclass(frozen=True)
class Within:
    """Say how near: minutes or metres along the streets, or metres in a straight line.

    Exactly one of the three is given. ``profile`` names who walks; a straight line has none.
    """

    minutes: float | None = None
    distance_m: float | None = None
    straight_m: float | None = None
    profile: str = "walk"

    @property
    def along_streets(self) -> bool:
        """Return whether the way along the streets counts, not the straight line (the ring)."""
        return self.straight_m is None

    @property
    def budget(self) -> Budget:
        """Return the promise as a budget; a straight line is one of metres."""
        if self.straight_m is not None:
            return Budget(distance_m=self.straight_m)
        return Budget(self.minutes, self.distance_m)

    def travel_profile(self, instead: TravelProfile | None = None) -> TravelProfile:
        """Return the profile of the rule, or the one asked for instead."""
        return instead or PROFILES[self.profile]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Hold what all rules have in common.

    ``areas`` says where the rule is judged; ``clause`` where it stands in the source (the table's
    when empty); ``reading_*`` what the source leaves open and how it is read here. An ``advisory``
    rule is reported beside the others and never makes a table “not met”.
    """

    id: str
    title_zh: str
    title_en: str
    areas: tuple[str, ...]
    clause: str = ""
    reading_zh: str = ""
    reading_en: str = ""
    advisory: bool = False

    @property
    def kind(self) -> str:
        """Return the word for this kind of rule in a table."""
        return KINDS[type(self)]


@dataclass(frozen=True, kw_only=True)
class ShareRule(Rule):
    """Ask that a share (0–1) of an area's people have ``overlap`` distinct stations within reach.

    With ``each_service`` the rule holds for every one of these services by itself.
    """

    share: float
    within: Within
    overlap: int = 1
    stations: Selection = field(default_factory=Selection)
    each_service: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CountRule(Rule):
    """Ask that at least, or at most, so many stations stand in an area.

    With ``each_service`` the rule holds for every one of these services by itself.
    """

    least: int | None = None
    most: int | None = None
    stations: Selection = field(default_factory=Selection)
    each_service: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PeopleRule(Rule):
    """Ask that an area holds so many people.

    With ``within`` the areas are no grid cells but the circles of the selected stations: the people
    who reach that one station in time.
    """

    least: int | None = None
    most: int | None = None
    within: Within | None = None
    stations: Selection = field(default_factory=Selection)


KINDS: dict[type[Rule], str] = {ShareRule: "share", CountRule: "count", PeopleRule: "people"}


@dataclass(frozen=True)
class Requirements:
    """Hold one table: what one source asks, in which clause and of which date.

    ``date`` is the source's own (ISO 8601, as exact as it is known), "" when it states none.
    """

    id: str
    title_zh: str
    title_en: str
    source: str
    clause: str
    rules: tuple[Rule, ...]
    date: str = ""
    note_zh: str = ""
    note_en: str = ""

    def clause_of(self, rule: Rule) -> str:
        """Return where a rule stands in the source."""
        return rule.clause or self.clause
