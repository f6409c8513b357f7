"""Name the gates of the compounds, say when their guards turn riders away, and let stations in.

As in life, many compounds let e-bikes in by day only, some close their side gate at night, and some
stations stand behind a gate that no rider may ride through.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import shapely
from shapely import Point

from yundu.compounds import Built, Compound
from yundu.geometry import XY
from yundu.network import Graph
from yundu.stations import Station

#: Sides of a compound, anticlockwise from the east.
_SIDES = "东北西南"
_NUMERALS = "一二三四五六七八九"
#: No e-bikes by night; the number of compounds of homes that say so, out of all that let them in.
_NIGHT = "no @ (22:00-06:00)"
_NIGHT_SHARE = 0.45
#: Hours of side gates, and how many of them keep hours.
_SIDE_HOURS = ("06:00-22:00", "05:30-23:00")
_SIDE_SHARE = 0.22
#: So many stations stand behind gates: where e-bikes never come in, and where only by day.
INSIDE = (3, 3)
#: A station moves in when it stands so near to a gate, in metres.
_NEAR_M = 260.0
#: The example subdistrict comes first in the list, and stays as it is known.
_STAY = 11


def watch(built: Built, rng: Random) -> None:
    """Name all gates by the side on which they lie, and give some of them hours."""
    for compound in built.compounds:
        tags = [built.gates[gate] for gate in compound.gates]
        for own, name in zip(tags, _names(compound), strict=True):
            own["name"] = name
        lets_in = [own for own in tags if own.get("bicycle") in ("yes", "dismount")]
        home = compound.block.use in ("gated", "tower")
        if lets_in and home and rng.random() < _NIGHT_SHARE:
            for own in lets_in:
                own["bicycle:conditional"] = _NIGHT
        # The main gate is open to people on foot at every hour.
        for own in tags[1:]:
            if own.get("foot") == "yes" and rng.random() < _SIDE_SHARE:
                own["opening_hours"] = rng.choice(_SIDE_HOURS)


def _names(compound: Compound) -> list[str]:
    """Return 北门, 东门, … for the gates of a compound; a second one of a side is 东二门."""
    centre = compound.wall.centroid
    sides = [
        _SIDES[round(math.atan2(y - centre.y, x - centre.x) / (math.pi / 2)) % 4]
        for x, y in compound.gates
    ]
    seen: Counter[str] = Counter()
    names = []
    for side in sides:
        seen[side] += 1
        names.append(f"{side}{'' if seen[side] == 1 else _NUMERALS[seen[side] - 1]}门")
    return names


def let_in(posts: Sequence[Station], built: Built, streets: Graph) -> list[Station]:
    """Return the stations, of which some have moved into a compound near them."""
    lanes = streets.lines[streets.flags(lambda stroke: stroke.quarter == "lane")]
    tree = shapely.STRtree(lanes)
    out = list(posts)
    moved: set[int] = set()
    for wanted, count in zip((_never, _by_day), INSIDE, strict=True):
        offers = []
        for number, compound in enumerate(built.compounds):
            gates = [gate for gate in compound.gates if gate in built.gates]
            if not all(wanted(built.gates[gate]) for gate in gates):
                continue
            for row, post in enumerate(out[_STAY:], _STAY):
                if post.tier == "点" and post.status == "开放":
                    near = min(gates, key=lambda gate: math.dist(gate, (post.x, post.y)))
                    apart = math.dist(near, (post.x, post.y))
                    if apart < _NEAR_M:
                        offers.append((apart, row, number, near))
        chosen: set[int] = set()
        for _, row, number, gate in sorted(offers):
            if len(chosen) == count or row in moved or number in chosen:
                continue
            compound = built.compounds[number]
            inner = [
                k for k in sorted(tree.query(compound.wall)) if compound.wall.contains(lanes[k])
            ]
            if not inner:
                continue
            line = min((lanes[k] for k in inner), key=lambda lane: lane.distance(Point(gate)))
            out[row] = _moved(out[row], compound, line, gate)
            moved.add(row)
            chosen.add(number)
    return out


def _never(gate: dict[str, str]) -> bool:
    """Return whether riders must leave the e-bike at this gate, at every hour."""
    return gate.get("bicycle") == "no" or gate.get("access") == "private"


def _by_day(gate: dict[str, str]) -> bool:
    """Return whether riders must leave the e-bike at this gate by night at least."""
    return _never(gate) or "bicycle:conditional" in gate


def _moved(post: Station, compound: Compound, lane: shapely.LineString, gate: XY) -> Station:
    """Return a station beside a lane, some 30 m behind a gate, with the compound in its name."""
    first = lane.project(Point(gate))
    at = first + 30.0 if first + 30.0 < lane.length else max(first - 30.0, lane.length / 2)
    a, b = lane.interpolate(at - 1.0), lane.interpolate(at + 1.0)
    middle, length = lane.interpolate(at), math.dist((a.x, a.y), (b.x, b.y)) or 1.0
    name = compound.block.name
    return replace(
        post,
        name=f"{name}物业爱心驿站",
        hours="24/7",  # as long as the guard is awake
        x=round(middle.x - 4.0 * (b.y - a.y) / length, 1),
        y=round(middle.y + 4.0 * (b.x - a.x) / length, 1),
        address=f"{name}内",
        host="物业服务中心",
    )
