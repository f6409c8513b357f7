"""Write down the shape of every frame: columns with units, types, geometry and index.

Rows never live in classes; they stay in GeoDataFrames whose shape stands here, once. Every frame
has the index 0…n-1 and text columns without nulls (``""`` stands for “not known”); lengths are in
metres, ``u`` and ``v`` are rows of the frame of nodes. :mod:`geo.frames` holds frames to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo.model import TIERS

POINT = ("Point",)
LINE = ("LineString",)
LINES = ("LineString", "MultiLineString")
AREA = ("Polygon", "MultiPolygon")

BARRIER_KINDS = ("water", "railway", "motorway", "wall")
STATUSES = ("open", "closed", "planned")

#: Tags of OSM that the frames of nodes and of edges keep under their own names.
NODE_TAGS = ("barrier", "access", "foot", "bicycle", "motor_vehicle", "vehicle", "wheelchair")
EDGE_TAGS = ("access", "foot", "bicycle", "vehicle", "motor_vehicle", "wheelchair", "service")
#: Columns with the conditional value of a tag, and that tag.
CONDITIONAL_TAGS = {
    f"{tag}_conditional": tag for tag in ("access", "foot", "bicycle", "vehicle", "motor_vehicle")
}
#: What is kept of a node with a barrier.
GATE_TAGS = ("name", "opening_hours", *NODE_TAGS, *CONDITIONAL_TAGS)


@dataclass(frozen=True)
class Column:
    """Describe one column: ``dtype`` is a NumPy/pandas name, ``str`` for text.

    ``default`` fills a column that a source does not have (``None``: the source must have it).
    ``choices`` and ``least`` bound the values; ``unique`` and ``filled`` forbid repeated and empty
    ones. Nulls stand for “not known” in a dtype with a capital letter (``Int64``) and, as NaN, in a
    ``nullable`` column; no other may hold them.
    """

    name: str
    dtype: str
    meaning: str
    default: Any = None
    choices: tuple[str, ...] = ()
    least: float | None = None
    unique: bool = False
    filled: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Schema:
    """Describe one kind of frame.

    ``geometry`` lists the admitted geometry types; ``metric`` asks for a projected CRS in metres,
    else WGS84 degrees and the city's metric CRS are both right.
    """

    kind: str
    meaning: str
    geometry: tuple[str, ...]
    columns: tuple[Column, ...]
    metric: bool = True

    @property
    def names(self) -> list[str]:
        """Return the names of the columns, the geometry last."""
        return [*(column.name for column in self.columns), "geometry"]


def osm_key(name: str) -> str:
    """Return the key of OSM that a column of tags holds."""
    tag = CONDITIONAL_TAGS.get(name)
    return name if tag is None else f"{tag}:conditional"


def _tag(name: str) -> Column:
    return Column(name, "str", f"value of OSM's tag {osm_key(name)}", default="")


_NAME = Column("name", "str", "name to show, in the language of the place", default="")
_AGED_60 = Column(
    "aged_60", "float64", "how many of them are 60 or older, NaN unknown", np.nan, least=0,
    nullable=True,
)  # fmt: skip

SCHEMAS: dict[str, Schema] = {
    schema.kind: schema
    for schema in (
        Schema(
            "nodes",
            "junctions, ends and gates of the streets",
            POINT,
            (
                Column("osm_id", "int64", "id in OpenStreetMap, -1 if none", default=-1),
                *map(_tag, GATE_TAGS),
            ),
        ),
        Schema(
            "edges",
            "pieces of street between two nodes, directed as drawn",
            LINE,
            (
                Column("u", "int32", "row of the first node", least=0),
                Column("v", "int32", "row of the last node", least=0),
                Column("length_m", "float64", "planar length in the metric CRS", least=0),
                Column("way_id", "int64", "id of the way or line of the source", default=-1),
                Column("highway", "str", "class of street as in OSM", filled=True),
                _NAME,
                Column("oneway", "str", "only in this direction", "", choices=("", "yes", "-1")),
                Column(
                    "oneway_bicycle",
                    "str",
                    "the same for bicycles, where it differs",
                    "",
                    choices=("", "yes", "no", "-1"),
                ),
                *map(_tag, EDGE_TAGS),
                Column("step_count", "int16", "single steps, 0 unknown", default=0, least=0),
                Column("bridge", "bool", "on a bridge", default=False),
                Column("tunnel", "bool", "in a tunnel (a passage through a house is none)", False),
                Column("layer", "int16", "order of height where streets cross", default=0),
            ),
        ),
        Schema(
            "barriers",
            "what cannot be crossed on foot away from the streets",
            (*AREA, *LINES),
            (Column("kind", "str", "kind of barrier", choices=BARRIER_KINDS), _NAME),
        ),
        Schema("water", "water to draw, and ground that is none", AREA, (_NAME,), metric=False),
        Schema(
            "green",
            "parks, woods and grass to draw",
            AREA,
            (_NAME, Column("kind", "str", "what it is", default="")),
        ),
        Schema(
            "buildings",
            "houses",
            AREA,
            (Column("residential", "bool", "people may live here", default=False), _NAME),
        ),
        Schema(
            "landmarks",
            "named places to write on the map",
            POINT,
            (_NAME, Column("kind", "str", "what it is", default="")),
        ),
        Schema(
            "cells",
            "grid cells of all levels",
            AREA,
            (
                Column("code", "str", "code of the cell", unique=True, filled=True),
                _NAME,
                Column("level", "int64", "level, 1 = top", least=1),
                Column("parent", "str", "code of the cell above, empty at the top", default=""),
                Column("kind", "str", "type of community, its own or from above", default=""),
                Column(
                    "aged_60_share",
                    "float64",
                    "share of people aged 60+ as the source gives it, NaN none",
                    default=np.nan,
                    least=0,
                    nullable=True,
                ),
            ),
            metric=False,
        ),
        Schema(
            "stations",
            "places that serve people for free",
            POINT,
            (
                Column("id", "str", "id of the station", unique=True, filled=True),
                _NAME,
                Column("name_en", "str", "name in English, where it has one", default=""),
                Column("tier", "str", "rank of the station", default="point", choices=TIERS),
                Column("services", "str", "keys of the services, joined by ;", default=""),
                Column("opening_hours", "str", "opening hours in OSM's syntax", default=""),
                Column("address", "str", "postal address", default=""),
                Column("phone", "str", "telephone", default=""),
                Column("host", "str", "who houses it", default=""),
                Column("status", "str", "in service or not", default="open", choices=STATUSES),
                Column("capacity", "Int64", "people at a time", default=pd.NA, least=0),
                Column("verified", "str", "day of the last check on the spot, ISO 8601", ""),
                Column("photo", "str", "file of its picture, in the city's folder photos", ""),
            ),
            metric=False,
        ),
        Schema(
            "demand",
            "people as the source gives them",
            (*POINT, *AREA),
            (
                Column("people", "float64", "number of people", least=0),
                _AGED_60,
                _NAME,
                Column("code", "str", "code in the source", default=""),
            ),
            metric=False,
        ),
        Schema(
            "units",
            "places with people, after spreading",
            POINT,
            (
                Column("people", "float64", "number of people", least=0),
                Column("source", "int32", "row of the demand", least=0),
                Column("outside", "bool", "too far from every street to be judged", default=False),
                _AGED_60,
            ),
        ),
    )
}
