"""Build the toy city: 5 × 5 blocks of 100 m at 1 m/s, every time countable by hand.

Junction (i, j), both 0…5, stands at (100 i, 100 j) metres from the corner and is node ``6 j + i``.
All streets are residential and named by their line (``H0``…``H5`` run east, ``V0``…``V5`` north),
except::

    y=500  o---o--------o-=======-o--------o---o==B==C     bridge dead end (5,5)–B–C
           |   |        # steps   |footway |cycleway |
    y=400  o-G-o--------o---------o--------o---o           G: gate, bicycle=no, at x = 50
           |   |        |         |        |   |
    y=300  o---o--------o---------o--------o---o
           b   ~~~~~~~~~~~~~ river ~~~~~~~~    t           b: bridge, t: tunnel; 230 < y < 270
    y=200  o---o--------o---------o--------o---o
           |   |        |         |        |   )           (5,1)–(5,2) twice: 100 m and 140 m
    y=100  o→→→o→→→→→→→→o→→→→→→→→→o→→→→→→→→o→→→o           one way east; cyclists both ways on the
           |   |        |         |        |   |           last block
    y=0    o---o--------o---------o--------o-P-o           P: gate, access=private, at x = 450
           @ loop at (0,0)                      and far off, at x = 800: a street of its own
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import numpy as np
from shapely import LineString, Point, Polygon

from geo.model import PROFILES, Mode, TravelProfile
from geo.network import StreetNetwork, build
from geo.schemas import GATE_TAGS

CRS = "EPSG:4544"
#: The corner of the toy city in its CRS, metres.
EAST, NORTH = 500_000.0, 3_260_000.0

_FOOT, _EBIKE = PROFILES["walk"].walk, PROFILES["ebike"].ride
assert _EBIKE is not None


def _at(mode: Mode, speed_mps: float) -> Mode:
    """Return the mode at another speed."""
    return Mode(mode.name, speed_mps, mode.highways, mode.access_tags, mode.refused, mode.oneway)


#: On foot at 1 m/s; on the vehicle at 4 m/s, pushing and walking at 1 m/s.
TOY_PROFILES = {
    "walk": TravelProfile("walk", "步行", "Walking", _at(_FOOT, 1.0)),
    "ebike": TravelProfile(
        "ebike",
        "电动车",
        "E-bike",
        _at(_FOOT, 1.0),
        _at(_EBIKE, 4.0),
        PROFILES["ebike"].push_highways,
    ),
}

_ACCESS_TEXTS = ("access", "foot", "bicycle", "vehicle", "motor_vehicle", "wheelchair")
EDGE_TEXTS = ("highway", "name", "oneway", "oneway_bicycle", *_ACCESS_TEXTS, "service")
NODE_TEXTS = GATE_TAGS


@dataclass(frozen=True)
class Toy:
    """Hold the frames of a small city in :data:`CRS`."""

    nodes: gpd.GeoDataFrame
    edges: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame

    def gated(self, gates: Mapping[int, Mapping[str, str]]) -> Toy:
        """Return the city with other tags at some nodes (by row); what they had is gone."""
        nodes = self.nodes.copy()
        for row, tags in gates.items():
            nodes.loc[row, list(NODE_TEXTS)] = [tags.get(key, "") for key in NODE_TEXTS]
        return Toy(nodes, self.edges, self.barriers)

    def network(self, profiles: dict[str, TravelProfile] = TOY_PROFILES) -> StreetNetwork:
        """Return the network of the frames."""
        return build(self.nodes, self.edges, profiles)


def xy(*points: tuple[float, float]) -> np.ndarray:
    """Return positions given in toy metres in the CRS, shape (n, 2)."""
    return np.array(points, float).reshape(-1, 2) + np.array([EAST, NORTH])


def junction(i: int, j: int) -> int:
    """Return the row of a junction in the nodes frame."""
    return 6 * j + i


def node_frame(places: list[tuple[float, float]], tags: dict[int, dict[str, str]]):
    """Return a ``nodes`` frame of places in toy metres; ``tags`` by row."""
    rows = [
        {"osm_id": 1000 + k} | dict.fromkeys(NODE_TEXTS, "") | tags.get(k, {})
        for k in range(len(places))
    ]
    points = [Point(*place) for place in xy(*places)]
    return gpd.GeoDataFrame(rows, geometry=points, crs=CRS)


def edge_frame(streets: list[tuple[int, int, list[tuple[float, float]], dict]]):
    """Return an ``edges`` frame of streets (from node, to node, vertices in toy metres, tags)."""
    rows, lines = [], []
    for k, (u, v, vertices, tags) in enumerate(streets):
        line = LineString(xy(*vertices))
        blank: dict[str, object] = dict.fromkeys(EDGE_TEXTS, "")
        blank |= {
            "u": u,
            "v": v,
            "length_m": line.length,
            "way_id": 100 + k,
            "highway": "residential",
            "bridge": False,
            "tunnel": False,
            "layer": 0,
        }
        rows.append(blank | tags)
        lines.append(line)
    frame = gpd.GeoDataFrame(rows, geometry=lines, crs=CRS)
    return frame.astype(
        {
            "u": "int32",
            "v": "int32",
            "way_id": "int64",
            "layer": "int16",
            "bridge": bool,
            "tunnel": bool,
            "length_m": "float64",
        }
    )


_VERTICAL = {  # from junction → tags, where they are not plain
    (0, 2): {"bridge": True, "layer": 1},
    (5, 2): {"tunnel": True, "layer": -1},
    (2, 4): {"highway": "steps"},
    (3, 4): {"highway": "footway"},
    (4, 4): {"highway": "cycleway"},
}
_NO_VERTICAL = {(1, 2), (2, 2), (3, 2), (4, 2)}


@cache
def toy() -> Toy:
    """Return the toy city of the picture above."""
    places = [(100.0 * i, 100.0 * j) for j in range(6) for i in range(6)]
    gate, private, pier_mid, pier_end, far_a, far_b = range(36, 42)
    places += [(50, 400), (450, 0), (550, 500), (600, 500), (800, 100), (800, 200)]
    tags = {
        gate: {"barrier": "gate", "bicycle": "no"},
        private: {"barrier": "gate", "access": "private"},
    }
    streets = []

    def street(u: int, v: int, tags: dict, *between: tuple[float, float]) -> None:
        streets.append((u, v, [places[u], *between, places[v]], tags))

    for j in range(6):
        for i in range(5):
            here, east = junction(i, j), junction(i + 1, j)
            split = {(0, 4): gate, (4, 0): private}.get((i, j))
            own: dict[str, object] = {"name": f"H{j}"}
            if j == 1:
                own |= {"oneway": "yes", "oneway_bicycle": "no" if i == 4 else ""}
            for u, v in [(here, split), (split, east)] if split else [(here, east)]:
                street(u, v, own)
    for j in range(5):
        for i in range(6):
            if (i, j) not in _NO_VERTICAL:
                own = {"name": f"V{i}"} | _VERTICAL.get((i, j), {})
                street(junction(i, j), junction(i, j + 1), own)
    # 20 m east, 100 m north, 20 m west: the parallel street of 140 m.
    street(junction(5, 1), junction(5, 2), {"name": "Bend"}, (520, 100), (520, 200))
    street(junction(0, 0), junction(0, 0), {"name": "Loop"}, (-50, 0), (-50, -50), (0, -50))
    street(junction(5, 5), pier_mid, {"name": "Pier", "bridge": True, "highway": "footway"})
    street(pier_mid, pier_end, {"name": "Pier", "bridge": True, "highway": "footway"})
    street(far_a, far_b, {"name": "Far"})
    river = Polygon(xy((-50, 230), (550, 230), (550, 270), (-50, 270)))
    barriers = gpd.GeoDataFrame({"kind": ["water"], "name": ["River"]}, geometry=[river], crs=CRS)
    return Toy(node_frame(places, tags), edge_frame(streets), barriers)
