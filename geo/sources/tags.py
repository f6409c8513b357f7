"""Know what the tags of OpenStreetMap mean for a service map.

Every rule about a tag's value stands here once, for OSM files and for line layers with OSM-like
columns alike.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import schemas


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Values of ``highway`` that are no street (yet, or any more).
NO_STREETS = _words(
    "proposed planned construction abandoned disused razed demolished dismantled raceway no "
    "rest_area services bus_stop street_lamp traffic_island via_ferrata ferry rail aeroway piste"
)

#: Tags of a street that are read besides those that keep their name.
STREET_KEYS = (
    "highway",
    "name",
    "name:zh",
    "name:en",
    "oneway",
    "junction",
    "oneway:bicycle",
    "cycleway",
    "cycleway:both",
    "cycleway:left:oneway",
    "cycleway:right:oneway",
    "bridge",
    "tunnel",
    "layer",
    "step_count",
    *schemas.EDGE_TAGS,
)

#: Higher flights are slips of the pen: the longest stairs of the world have twelve thousand steps.
MOST_STAIRS = 20_000

_YES = ("yes", "true", "1", "1.0", "t")
_NO = ("", "no", "false", "0", "0.0", "f", "none", "nan")
_WALLS = frozenset({"wall", "fence", "city_wall", "retaining_wall"})
_RAILWAYS = frozenset({"rail", "light_rail", "narrow_gauge", "funicular"})
_RIVERS = frozenset({"river", "canal"})
_MOTORWAYS = frozenset({"motorway", "motorway_link"})

_GREEN = {
    "leisure": frozenset({"park", "garden", "golf_course", "nature_reserve", "playground"}),
    "landuse": _words(
        "grass forest meadow recreation_ground village_green cemetery orchard allotments "
        "greenfield plant_nursery flowerbed"
    ),
    "natural": frozenset({"wood", "scrub", "grassland", "heath"}),
}
_HOMES = _words(
    "residential apartments house detached semidetached_house terrace dormitory bungalow "
    "villa static_caravan farm"
)
_PLACES = _words(
    "city town village hamlet suburb quarter neighbourhood borough island islet square locality"
)
_AMENITIES = _words(
    "university college school kindergarten hospital townhall library marketplace theatre "
    "police bus_station ferry_terminal courthouse"
)


def is_yes(values: pd.Series) -> NDArray[np.bool_]:
    """Return where a text means anything but no: a bridge may be ``yes`` or ``viaduct``."""
    return ~values.str.lower().isin(_NO).to_numpy()


def streets(raw: pd.DataFrame) -> pd.DataFrame:
    """Turn raw tags (:data:`STREET_KEYS`, text without nulls) into the columns of ``edges``.

    Roundabouts and motorways are one-way without being tagged; a contraflow cycle lane frees
    bicycles; a passage through a house is no tunnel, for it is entered like any other street.
    """
    way = raw["oneway"].str.lower()
    given = np.select(
        [way.isin(_YES), way.isin(("-1", "reverse")), way.isin(("no", "false", "0", "b"))],
        ["yes", "-1", "no"],
        "",
    )
    round_trip = raw["junction"].isin(("roundabout", "circular")) | raw["highway"].isin(_MOTORWAYS)
    given = np.where((given == "") & round_trip, "yes", given)
    contraflow = raw["cycleway"].str.startswith("opposite") | raw["cycleway:both"].str.startswith(
        "opposite"
    )
    for side in ("cycleway:left:oneway", "cycleway:right:oneway"):
        contraflow |= raw[side].isin(("no", "-1"))
    bicycle = raw["oneway:bicycle"].str.lower()
    for_bicycles = np.select(
        [bicycle.isin(_YES), bicycle == "-1", (bicycle == "no") | contraflow],
        ["yes", "-1", "no"],
        "",
    )
    layer = pd.to_numeric(raw["layer"], errors="coerce").fillna(0).clip(-99, 99)
    stairs = pd.to_numeric(raw["step_count"], errors="coerce").fillna(0).clip(0, MOST_STAIRS)
    stairs = stairs.where(raw["highway"] == "steps", 0)
    name = raw["name"].where(raw["name"] != "", raw["name:zh"])
    return pd.DataFrame(
        {
            "highway": raw["highway"].to_numpy(),
            "name": name.where(name != "", raw["name:en"]).to_numpy(),
            "oneway": np.where(given == "no", "", given),
            "oneway_bicycle": for_bicycles,
            **{key: raw[key].to_numpy() for key in schemas.EDGE_TAGS},
            "bridge": is_yes(raw["bridge"]),
            "tunnel": is_yes(raw["tunnel"]) & (raw["tunnel"] != "building_passage").to_numpy(),
            "layer": layer.round().astype("int16").to_numpy(),
            "step_count": stairs.round().astype("int16").to_numpy(),
        }
    )


def name_of(tags: Mapping[str, str]) -> str:
    """Return the name to show: the local one, else the Chinese, else the English."""
    return tags.get("name") or tags.get("name:zh") or tags.get("name:en") or ""


def gate(tags: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is kept of a node with a barrier: the values of :data:`geo.schemas.GATE_TAGS`."""
    kept = {column: tags.get(schemas.osm_key(column), "") for column in schemas.GATE_TAGS}
    return tuple((kept | {"name": name_of(tags)}).values())


def line_barrier(tags: Mapping[str, str]) -> str:
    """Return the kind of barrier that a line with these tags is, ``""`` for none.

    What runs on a bridge or in a tunnel stops nobody; undergrounds and trams neither.
    """
    if tags.get("bridge", "no") != "no" or tags.get("tunnel", "no") != "no":
        return ""
    if tags.get("waterway") in _RIVERS:
        return "water"
    if tags.get("railway") in _RAILWAYS:
        return "railway"
    if tags.get("barrier") in _WALLS:
        return "wall"
    return "motorway" if tags.get("highway") in _MOTORWAYS else ""


def is_water(tags: Mapping[str, str]) -> bool:
    """Return whether an area with these tags is open water."""
    return (
        tags.get("natural") == "water"
        or tags.get("waterway") in ("riverbank", "dock")
        or tags.get("landuse") in ("reservoir", "basin")
    ) and tags.get("tunnel", "no") == "no"


def green_kind(tags: Mapping[str, str]) -> str:
    """Return what kind of green an area with these tags is, ``""`` for none."""
    for key, values in _GREEN.items():
        if tags.get(key) in values:
            return tags[key]
    return ""


def is_building(tags: Mapping[str, str]) -> bool:
    """Return whether an area with these tags is a building."""
    return tags.get("building", "no") != "no"


def is_home(tags: Mapping[str, str]) -> bool | None:
    """Return whether people live in this building; ``None`` when the tags leave it open."""
    if tags["building"] in _HOMES:
        return True
    busy = any(key in tags for key in ("amenity", "shop", "office", "leisure", "tourism"))
    return None if tags["building"] == "yes" and not busy else False


def landmark_kind(tags: Mapping[str, str]) -> str:
    """Return what kind of named place this is, ``""`` when no map would name it."""
    if tags.get("place") in _PLACES:
        return tags["place"]
    if tags.get("railway") in ("station", "halt") or tags.get("station") == "subway":
        return "station"
    if tags.get("amenity") in _AMENITIES:
        return tags["amenity"]
    if tags.get("leisure") in ("park", "stadium"):
        return tags["leisure"]
    if tags.get("tourism") in ("attraction", "museum"):
        return tags["tourism"]
    return "water" if tags.get("natural") == "water" else ""
