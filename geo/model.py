"""Hold the concepts that every other module speaks of, as frozen values without behaviour of I/O.

A *mode* is one way of moving (on foot, riding); a *travel profile* is what a person does with one
or two modes; a *budget* is the promise that is tested: minutes at the profile's speed, or metres
where a standard names a distance. Rows (streets, cells, stations, people) never live here: they
stay in GeoDataFrames, see :mod:`geo.frames`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime

from geo.errors import OptionError, PositionInvalid, PositionSwapped, shown

#: Longest straight line from a place to a street that a person is taken to walk, in metres.
MAX_ACCESS_M = 250.0
#: Ground farther than this from every street of the file cannot be judged, in metres.
JUDGED_WITHIN_M = 500.0
#: A station farther than this from a usable street is listed in the import's report, in metres.
STATION_NEAR_STREET_M = 50.0
#: No station has more seats; a longer number is a slip of the pen.
MOST_SEATS = 100_000
#: A cell is ``full`` from this share on, and ``none`` up to the other one.
FULL_SHARE, NONE_SHARE = 0.95, 0.05
#: Below this share of judged people (or ground) a cell has no class at all.
JUDGED_SHARE = 0.5
#: People are kept in multiples of this, so that sums are exact in any order.
PEOPLE_QUANTUM = 1.0 / 1024.0

TIERS = ("centre", "station", "point")

#: Service categories: key → (Chinese, English).
SERVICES: dict[str, tuple[str, str]] = {
    "rest": ("歇脚休息", "Rest"),
    "water": ("饮水", "Drinking water"),
    "hot_meal": ("热饭", "Hot meal"),
    "charging": ("手机充电", "Phone charging"),
    "battery_swap": ("电动车充换电", "E-bike charging and battery swap"),
    "toilet": ("如厕", "Toilet"),
    "first_aid": ("急救药箱", "First aid"),
    "shelter": ("避雨避暑", "Rain and heat shelter"),
    "consultation": ("政策与法律咨询", "Advice"),
}

#: Kinds of street that people walk on, steps included.
FOOT_WAYS = frozenset(
    "footway path pedestrian steps living_street residential service unclassified tertiary "
    "tertiary_link secondary secondary_link primary primary_link trunk trunk_link road track "
    "cycleway corridor bridleway elevator platform crossing".split()
)
_RIDE_WAYS = frozenset(
    "cycleway living_street residential service unclassified tertiary tertiary_link secondary "
    "secondary_link primary primary_link trunk trunk_link road track path".split()
)
#: Ways that a rider may push along, at walking speed, though not ride.
_PUSH_WAYS = frozenset("footway pedestrian path crossing".split())
_CLOSED = frozenset({"no", "private", "military", "restricted", "psv"})


@dataclass(frozen=True)
class Mode:
    """Describe one way of moving: its speed and which streets and gates admit it.

    ``highways`` lists the admitted values of OSM's ``highway``; ``access_tags`` the tags that are
    asked, the most specific first – the first one that is present decides, and the street or gate
    refuses when its value is in ``refused``. ``oneway`` says whether one-way streets bind.
    """

    name: str
    speed_mps: float
    highways: frozenset[str]
    access_tags: tuple[str, ...]
    refused: frozenset[str] = _CLOSED
    oneway: bool = False


@dataclass(frozen=True)
class TravelProfile:
    """Describe how a person travels: on foot only, or riding with a part on foot.

    ``speed_mps`` is the headline speed, always shown as “x min = y m”. With ``ride`` the person
    starts on the vehicle and may leave it once (two layers of the street graph); ``push_highways``
    are ways where cycling but not entry is forbidden, taken at walking speed. Source of the speeds:
    the project's domain notes (adult 1.25 m/s, slow walker 0.8 m/s, wheelchair 0.9 m/s without
    steps, e-bike 15 km/h including lights).
    """

    name: str
    title_zh: str
    title_en: str
    walk: Mode
    ride: Mode | None = None
    push_highways: frozenset[str] = frozenset()

    @property
    def speed_mps(self) -> float:
        """Return the headline speed in metres a second."""
        return (self.ride or self.walk).speed_mps


_FOOT = Mode("foot", 1.25, FOOT_WAYS, ("foot", "access"))
_SLOW = Mode("slow", 0.8, FOOT_WAYS, ("foot", "access"))
_WHEELCHAIR = Mode(
    "wheelchair",
    0.9,
    FOOT_WAYS - {"steps", "track", "bridleway"},
    ("wheelchair", "foot", "access"),
)
_EBIKE = Mode(
    "ebike",
    15.0 / 3.6,
    _RIDE_WAYS,
    ("bicycle", "vehicle", "access"),
    refused=_CLOSED | {"dismount", "use_sidepath"},
    oneway=True,
)

PROFILES: dict[str, TravelProfile] = {
    "walk": TravelProfile("walk", "步行", "Walking", _FOOT),
    "slow": TravelProfile("slow", "慢行", "Slow walker", _SLOW),
    "wheelchair": TravelProfile("wheelchair", "轮椅", "Wheelchair", _WHEELCHAIR),
    "ebike": TravelProfile("ebike", "电动车", "E-bike", _FOOT, _EBIKE, _PUSH_WAYS),
}


def profile_named(name: str) -> TravelProfile:
    """Return the profile of that name, or raise :class:`~geo.errors.OptionError` naming all."""
    try:
        return PROFILES[name]
    except KeyError:
        raise OptionError(
            f"unknown profile {shown(name)}; choose one of {', '.join(PROFILES)}"
        ) from None


@dataclass(frozen=True)
class Budget:
    """Hold the promise that is tested: a time, or a distance at the profile's speed.

    Exactly one of ``minutes`` and ``distance_m`` is given. A distance is turned into the time that
    the profile needs for it, so both kinds run through the same search.
    """

    minutes: float | None = None
    distance_m: float | None = None

    def __post_init__(self) -> None:
        given = [value for value in (self.minutes, self.distance_m) if value is not None]
        if len(given) != 1:
            raise OptionError("give either minutes or a distance in metres, not both and not none")
        if not math.isfinite(given[0]) or given[0] <= 0:
            raise OptionError(f"a budget must be a positive number, not {given[0]!r}")
        if self.minutes is not None and self.minutes > 120:
            raise OptionError(f"{self.minutes:g} minutes is no service circle; give at most 120")
        if self.distance_m is not None and self.distance_m > 30_000:
            raise OptionError(f"{self.distance_m:g} m is no service circle; give at most 30000")

    def milliseconds(self, profile: TravelProfile) -> int:
        """Return the budget in whole milliseconds for this profile."""
        if self.minutes is not None:
            return round(self.minutes * 60_000)
        assert self.distance_m is not None
        return math.floor(self.distance_m / profile.speed_mps * 1000 + 1e-6)

    def metres(self, profile: TravelProfile) -> float:
        """Return the straight-line radius that this budget promises, in metres."""
        if self.distance_m is not None:
            return self.distance_m
        assert self.minutes is not None
        return self.minutes * 60.0 * profile.speed_mps

    @property
    def key(self) -> str:
        """Return a short name that is safe in file names and addresses: ``15min``, ``1000m``.

        Budgets that differ by a millisecond have different names.
        """
        if self.minutes is not None:
            return f"{self.minutes:.12g}min"
        return f"{self.distance_m:.12g}m"


STANDARD_BUDGETS = (
    Budget(minutes=5),
    Budget(minutes=10),
    Budget(minutes=15),
    Budget(distance_m=1000),
)
#: The bands that are drawn around one station, in minutes.
BANDS_MIN = (5, 10, 15)


#: Days outside of these years are taken for a slip of the pen.
YEARS = range(2000, 2100)


def check_year(day: date) -> None:
    """Refuse a day (or an instant) far from our time with :class:`~geo.errors.OptionError`."""
    if day.year not in YEARS:
        raise OptionError(
            f"{day.isoformat()} is out of reach; give a date of the years {YEARS[0]} to {YEARS[-1]}"
        )


def _services_named(text: str) -> tuple[str, ...]:
    """Return the keys of the services in a text, or refuse one that names none."""
    keys = {name: key for key, names in SERVICES.items() for name in (key, names[0])}
    words = [part.strip() for part in text.replace("，", ",").split(",")]
    if wanted := tuple(keys.get(word, word) for word in words if word):
        return wanted
    raise OptionError(f"services is empty; choose of {', '.join(SERVICES)}, or leave it out")


@dataclass(frozen=True)
class Need:
    """Hold what a rider needs besides the way: services, and a station that is open.

    ``services`` are keys of :data:`SERVICES`, all of which one station must offer; they are kept
    sorted and once each. ``at`` is the instant at which people set out, on the city's own clocks
    and to the minute; ``None`` asks for no hours, so every station counts that is in service.
    """

    services: tuple[str, ...] = ()
    at: datetime | None = None

    def __post_init__(self) -> None:
        unknown = [key for key in self.services if key not in SERVICES]
        if unknown:
            seen = ", ".join(map(shown, unknown[: len(SERVICES)]))
            raise OptionError(f"unknown service {seen}; choose of {', '.join(SERVICES)}")
        if self.services:
            object.__setattr__(self, "services", tuple(k for k in SERVICES if k in self.services))
        if self.at is not None:
            if self.at.tzinfo is not None:
                raise OptionError(
                    f"{self.at.isoformat()} names a time zone; give the time on the city's own "
                    "clocks, as 2026-11-20T22:30"
                )
            check_year(self.at)
            object.__setattr__(self, "at", self.at.replace(second=0, microsecond=0))

    @classmethod
    def of(cls, services: str | None = None, at: str | None = None) -> Need:
        """Read a need from words: ``charging,water`` (keys or Chinese names), an ISO instant.

        ``None`` asks for nothing. Blank words do not: they come from a script whose variable is
        not set, and would answer another question than its author meant.
        """
        wanted = () if services is None else _services_named(services)
        if at is None:
            return cls(wanted)
        if not at.strip():
            raise OptionError(
                "at is empty; give a date and a time, as 2026-11-20T22:30, or leave it out"
            )
        try:
            instant = datetime.fromisoformat(at.strip())
        except ValueError:
            instant = None
        # A date alone would be midnight, when hardly anybody means to set out.
        if instant is None or len(at.strip()) <= len("2026-11-20"):
            raise OptionError(
                f"{shown(at)} is no instant; give a date and a time, as 2026-11-20T22:30"
            )
        return cls(wanted, instant)

    @property
    def plain(self) -> bool:
        """Return whether nothing is asked but the way."""
        return not self.services and self.at is None

    @property
    def key(self) -> str:
        """Return a short name for caches: "" when plain, ``charging+water@2026-11-20T22:30``."""
        at = "" if self.at is None else "@" + self.at.isoformat(timespec="minutes")
        return "+".join(self.services) + at


@dataclass(frozen=True)
class Position:
    """Hold a place on the globe, WGS84, degrees; refuses what cannot be one.

    China's longitudes (73–136) and latitudes (3–54) do not overlap, so a swapped pair there is
    always detected; elsewhere a latitude beyond ±90 betrays it.
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        lon, lat = self.lon, self.lat
        if not (math.isfinite(lon) and math.isfinite(lat)):
            raise PositionInvalid(
                f"longitude {lon}, latitude {lat} is no position; "
                "give two finite numbers in degrees"
            )
        if abs(lat) > 90 >= abs(lon) or (73 <= lat <= 136 and 3 <= lon <= 54):
            raise PositionSwapped(
                f"longitude {lon}, latitude {lat} look swapped; give the longitude first, "
                f"as {lat}, {lon}"
            )
        if abs(lon) > 180 or abs(lat) > 90:
            raise PositionInvalid(
                f"longitude {lon}, latitude {lat} is outside ±180 and ±90 degrees; "
                "projected metres are not accepted here"
            )


@dataclass(frozen=True)
class Level:
    """Name one level of the grid hierarchy; 1 is the top. Names are data of the city."""

    level: int
    name: str
    title_zh: str
    title_en: str


#: Titles for the level names that occur often; a city may bring others.
LEVEL_TITLES: dict[str, tuple[str, str]] = {
    "county": ("区县", "County"),
    "subdistrict": ("街道", "Subdistrict"),
    "township": ("乡镇街道", "Township"),
    "community": ("社区", "Community"),
    "section": ("片区", "Section"),
    "compound": ("小区", "Compound"),
    "unit": ("单元", "Unit"),
    "cell": ("分析网格", "Analysis cell"),
}


@dataclass(frozen=True)
class City:
    """Hold what is known of a city apart from its rows.

    ``crs`` is the metric CRS of the analysis as an authority code or WKT; ``bounds`` is
    (west, south, east, north) of all that can be judged, WGS84 degrees; ``view`` the part where
    nearly all streets are, for the first look; ``data_date`` the date of the street file (ISO) or
    ``None``; ``version`` changes whenever the folder is written anew.
    """

    slug: str
    name: str
    crs: str
    bounds: tuple[float, float, float, float]
    levels: tuple[Level, ...]
    view: tuple[float, float, float, float]
    synthetic: bool = False
    data_date: str | None = None
    attribution: str = "© OpenStreetMap contributors, ODbL 1.0"
    barriers_known: bool = False
    people_reason: str | None = None
    version: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    def checked_level(self, level: int | None) -> int:
        """Return the number of a level of this city's grid, the lowest for ``None``.

        Raises :class:`~geo.errors.OptionError` for a level that the grid does not have.
        """
        known = [each.level for each in self.levels]
        if level is not None and level not in known:
            raise OptionError(
                f"there is no level {level} in {self.slug}; choose one of "
                f"{', '.join(map(str, known))}"
            )
        return max(known) if level is None else level
