"""Answer where to go from a place, and which way. The place comes in the body and is kept nowhere.

Such a question is asked by many and often: the facts of the stations are written once for each
version of a city, and an answer puts them together with what follows from the place.
"""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response
from flask_babel import gettext
from pydantic import BaseModel, Field

from geo import hours, locator, spots
from geo.city import CityData
from geo.locator import Filters, Ranking
from geo.model import MAX_ACCESS_M, profile_named
from webmap import geojson, responses, rows, variants
from webmap.api import models, questions

places = APIBlueprint("places", __name__, url_prefix="/api/cities/<slug>", tag="Places")

_TOO_OFTEN = {429: "Asked too often; `Retry-After` says after how many seconds it may be again"}
_REASON = Field(
    description="Why the answer is not by street, or empty: `outside` the city, in `water`, "
    "`no_street` within reach, every station `unreachable`, `no_station` in service, `none_fits` "
    "the filters; null = all is well.",
    json_schema_extra={"enum": [*spots.REASONS, locator.NO_STATION, locator.NONE_FITS, None]},
)
_NOTE = Field(description="The reason in one sentence, in the language of the request.")
_INSTANT = Field(
    description="The setting out, on the city's clocks.", examples=["2026-11-20T22:30"]
)


class Access(BaseModel):
    """How the place reaches the streets."""

    leg_m: float = Field(description="Straight line to the street, metres.")
    street: str = Field(description="Name of the street; empty = without a name.")


class NearestStation(models.Station):
    """A station as somebody finds it who sets out now, and perhaps the way to it."""

    by: Literal["street", "air"] = Field(
        description="`street`: times and metres of the way; `air`: metres of the straight line."
    )
    seconds: float | None = Field(description="Travel time, seconds; null by air.")
    metres: float = Field(description="Length of the way, by air of the straight line, metres.")
    state: Literal["open", "closed", "unknown"] = Field(
        description="On arrival; by air when setting out. `unknown` = nobody wrote the hours down."
    )
    opens_at: str | None = Field(
        description="When a closed one opens next, on the city's clocks; null = not within 14 days."
    )
    closes_at: str | None = Field(
        description="When an open one closes, on the city's clocks; null = not within 14 days."
    )
    closes_in_s: float | None = Field(description="Seconds from the arrival to the closing.")
    wait_s: float | None = Field(description="Seconds from the arrival to the opening.")
    ready_s: float | None = Field(
        description="Seconds from setting out until service can be expected – unknown hours count "
        "as ten minutes –; stations are ordered by it. Null = never."
    )
    way: models.Way | None = Field(None, description="The way there, where it was asked for.")


class NearestOut(BaseModel):
    """The stations where somebody is served first, the best first."""

    at: str = _INSTANT
    holidays_known: bool = Field(
        description="Whether the public holidays of that day are published; if not, hours that "
        "speak of holidays are those of a plain day."
    )
    by: Literal["street", "air"] = Field(
        description="`air`: no station can be reached; these are the nearest in a straight line."
    )
    access: Access | None = Field(description="Null where the place is tied to no street.")
    stations: list[NearestStation] = Field(description="At most `k`, the best first.")
    reason: str | None = _REASON
    note: str | None = _NOTE
    dropping: dict[str, int] = Field(
        description="With `none_fits`: how many stations would fit if this one filter were dropped."
    )


class WayOut(BaseModel):
    """The way to a station, and where it stands for other map programs."""

    at: str = _INSTANT
    station: str = Field(description="Id of the station.")
    position: models.Datums = Field(description="Where the station stands.")
    way: models.Way | None = Field(description="Null where no way leads there.")
    reason: str | None = _REASON
    note: str | None = _NOTE


@places.post("/nearest")
@places.input(questions.NearestIn)
@places.input(questions.ScenarioChoice, location="query")
@places.output(NearestOut)
@places.doc(responses=_TOO_OFTEN)
def nearest(
    slug: str, json_data: questions.NearestIn, query_data: questions.ScenarioChoice
) -> Response:
    """Return the stations where somebody is served first who sets out from a place.

    They are ordered by when service can be expected; one that is closed on arrival never comes
    first while another may be open. Where no street leads to any, the nearest by air are named.
    """
    data = variants.city(slug, query_data.scenario).data
    profile, position = profile_named(json_data.profile), json_data.position()
    at, filters = json_data.moment(data), json_data.filters()
    found = locator.ranked(data, profile, position, at, json_data.k, filters)
    ways = {
        answer.station: locator.way(data, profile, position, answer.station, found.at)
        for answer in found.answers[: json_data.way if found.by == locator.BY_STREET else 0]
    }
    written = rows.written_stations(data)
    stations = []
    for answer in found.answers:
        told = answer.to_json(found.at)
        if (way := ways.get(answer.station)) is not None:
            told["way"] = way.to_json(data.city.crs)
        stations.append(written[answer.station] + b"," + geojson.encode(told)[1:])
    head = geojson.encode(_head(data, found, filters))
    return responses.private(head[:-1] + b',"stations":[' + b",".join(stations) + b"]}")


@places.post("/way")
@places.input(questions.WayIn)
@places.input(questions.ScenarioChoice, location="query")
@places.output(WayOut)
@places.doc(responses=_TOO_OFTEN)
def way(slug: str, json_data: questions.WayIn, query_data: questions.ScenarioChoice) -> Response:
    """Return the way from a place to a station: a line, and steps that can be put into words.

    Gates are as they stand when the person sets out. Only the station's position is made for being
    handed over to another program; the person's own stays here.
    """
    data = variants.city(slug, query_data.scenario).data
    profile, position = profile_named(json_data.profile), json_data.position()
    row, at = data.station_row(json_data.station), json_data.moment(data)
    found = locator.way(data, profile, position, row, at)
    reason = None if found is not None else locator.why_not(data, profile, position)
    told = {
        "at": at.isoformat(timespec="minutes"),
        "station": json_data.station,
        "position": rows.station_facts(data, [row])[0]["position"],
        "way": None if found is None else found.to_json(data.city.crs),
        "reason": reason,
        "note": None if reason is None else _note(reason),
    }
    return responses.private(geojson.encode(told))


def _head(data: CityData, found: Ranking, filters: Filters) -> dict[str, Any]:
    """Return what a ranking tells beside its stations."""
    access, reason = found.access, found.reason
    return {
        "at": found.at.isoformat(timespec="minutes"),
        "holidays_known": hours.holidays_known(found.at.date(), data.calendar),
        "by": found.by,
        "access": access and {"leg_m": round(access.leg_m, 1), "street": access.street},
        "reason": reason,
        "note": None if reason is None else _note(reason),
        "dropping": found.dropping,
    }


def _note(reason: str) -> str:
    """Return in one sentence why no street leads to a station, or why there is none."""
    metres = f"{MAX_ACCESS_M:g}"
    notes = {
        spots.OUTSIDE: gettext("这个位置不在本城市的街道数据范围内；下面按直线距离列出。"),
        spots.WATER: gettext("这个位置在水里；下面按直线距离列出。"),
        spots.NO_STREET: gettext(
            "这个位置 %(metres)s 米内没有可走的街道；下面按直线距离列出。", metres=metres
        ),
        spots.UNREACHABLE: gettext("从这里沿街道到不了驿站；下面按直线距离列出。"),
        locator.NO_STATION: gettext("这座城市还没有开放的驿站。"),
        locator.NONE_FITS: gettext("没有符合全部条件的驿站。"),
    }
    return str(notes[reason])
