"""Record the city as a mapper would: streets, water, green, houses, walls, rails and names."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely import LineString, Point, Polygon
from shapely.ops import substring

from yundu import plan
from yundu.blocks import Block
from yundu.buildings import Building
from yundu.cells import Cell
from yundu.compounds import Built
from yundu.geometry import XY, lines, polygons
from yundu.network import Graph
from yundu.streets import Lines
from yundu.terrain import Terrain
from yundu.write import OsmFile, street_ways

#: OSM tags of the ground, by use.
_GROUND: dict[str, dict[str, str]] = {
    "park": {"leisure": "park"},
    "lakeside": {"leisure": "park"},
    "embankment": {"landuse": "grass"},
    "verge": {"landuse": "grass"},
    "meadow": {"landuse": "meadow"},
    "farm": {"landuse": "farmland"},
    "hamlet": {"landuse": "farmland"},
    "village": {"landuse": "orchard"},
    "forest": {"landuse": "forest"},
    "school": {"amenity": "school"},
    "campus": {"amenity": "university"},
    "hospital": {"amenity": "hospital"},
    "gated": {"landuse": "residential"},
    "tower": {"landuse": "residential"},
    "commerce": {"landuse": "commercial"},
    "industry": {"landuse": "industrial"},
    "square": {"place": "square"},
    "station": {"landuse": "railway"},
    "island": {"landuse": "meadow"},
}
_NAMED = {
    "park",
    "lakeside",
    "school",
    "campus",
    "hospital",
    "square",
    "gated",
    "tower",
    "industry",
}
_SHOPS = (
    ("amenity", "bank", "云渡农商银行"),
    ("shop", "convenience", "便民超市"),
    ("amenity", "fast_food", "小面馆"),
    ("amenity", "pharmacy", "同心药房"),
    ("amenity", "cafe", "江边咖啡"),
    ("shop", "supermarket", "万家超市"),
)


def streets(osm: OsmFile, *graphs: Graph) -> int:
    """Record the streets and return how many ways they are."""
    count = 0
    for graph in graphs:
        for path, tags in street_ways(graph):
            osm.way(path, tags)
            count += 1
    return count


def barriers(osm: OsmFile, built: Built, graph: Graph) -> None:
    """Record walls with their gates; a gate without a street has gone with its lane."""
    ends = {
        (round(x, 2), round(y, 2))
        for x, y in graph.node_xy[np.unique(np.concatenate([graph.u, graph.v]))]
    }
    for wall, tags in built.walls:
        osm.way(wall.coords, tags)
    for at, tags in built.gates.items():
        if at in ends:
            osm.node(*at, tags)


def water(osm: OsmFile, ground: Terrain) -> None:
    """Record the river around its island, its course, and the lakes."""
    river = Polygon(ground.river.exterior, [ground.sandbar.exterior])
    osm.area(river, {"natural": "water", "water": "river", "name": plan.RIVER_NAME})
    for name, shape in ground.lakes.items():
        osm.area(shape, {"natural": "water", "water": "lake", "name": name})


def land(osm: OsmFile, blocks: Sequence[Block], ground: Terrain) -> None:
    """Record what the ground of the blocks is used for."""
    for block in blocks:
        tags = _GROUND.get(block.use)
        if block.use == "farm" and round(block.face.centroid.x) % 5 < 2:
            tags = {"landuse": "orchard"}
        if tags is None:
            continue
        more = {"name": block.name} if block.name and block.use in _NAMED else {}
        if block.use == "forest":
            more = {"name": plan.HILL_NAME} if ground.hill.contains(block.face.centroid) else {}
        for part in polygons(block.ground.simplify(0.5)):
            osm.area(Polygon(part.exterior), {**tags, **more})


def houses(osm: OsmFile, buildings: Sequence[Building]) -> None:
    """Record the buildings."""
    for house in buildings:
        osm.area(house.shape, {"building": house.kind, "building:levels": str(house.levels)})


def rails(osm: OsmFile, cuts: Lines, graph: Graph, ground: Terrain) -> None:
    """Record railways: bridges over the river and main roads, crossings on the level elsewhere."""
    used = np.unique(np.concatenate([graph.u, graph.v]))
    tree = cKDTree(graph.node_xy[used])
    for line, name, usage in (
        (cuts.railway, plan.RAILWAY_NAME, "main"),
        (cuts.spur, plan.SPUR_NAME, "industrial"),
    ):
        meets = [
            (point, graph.strokes[graph.stroke[row]].tags.get("name", ""))
            for row in np.flatnonzero(shapely.intersects(graph.lines, line))
            for point in shapely.get_parts(graph.lines[row].intersection(line))
        ]
        zones = [ground.river.buffer(20)]
        level: dict[XY, float] = {}
        for point, street in meets:
            if street in plan.LEVEL_CROSSINGS:
                x, y = graph.node_xy[used[tree.query((point.x, point.y))[1]]]
                level[float(x), float(y)] = line.project(Point(x, y))
            else:
                zones.append(point.buffer(24))
        over = shapely.union_all(zones)
        for at in level:
            osm.node(*at, {"railway": "level_crossing"})
        whole = _through(line, level)
        tags = {"railway": "rail", "name": name, "usage": usage, "gauge": "1435"}
        for part in lines(whole.difference(over)):
            osm.way(part.coords, tags)
        for part in lines(whole.intersection(over)):
            osm.way(part.coords, {**tags, "bridge": "yes", "layer": "2"})
    _yard(osm, cuts)


def _through(line: LineString, level: dict[XY, float]) -> LineString:
    """Return the line with a vertex at every level crossing."""
    stops = [(line.project(Point(xy)), xy) for xy in line.coords]
    stops += [(at, xy) for xy, at in level.items()]
    return LineString([xy for _, xy in sorted(stops)])


def _yard(osm: OsmFile, cuts: Lines) -> None:
    """Record the station: sidings, platform, house and name."""
    middle = cuts.railway.project(Point(plan.STATION_AT))
    for shift in (9.0, -9.0, 18.0):
        siding = substring(cuts.railway, middle - 420, middle + 360).parallel_offset(shift, "left")
        osm.way(siding.coords, {"railway": "rail", "service": "siding"}, "yard")
    x, y = plan.STATION_AT
    osm.area(
        shapely.box(x - 75, y - 2, x + 75, y + 36),
        {"building": "train_station", "name": "云渡站", "building:levels": "2"},
    )
    osm.node(
        x, y + 50, {"railway": "station", "name": "云渡站", "public_transport": "station"}, "place"
    )


def places(
    osm: OsmFile,
    roots: Sequence[Cell],
    blocks: Sequence[Block],
    ground: Terrain,
    rng: Random,
) -> None:
    """Record the names of quarters and sights, and shops as points."""
    osm.node(4400, 3850, {"place": "city", "name": plan.CITY_ZH, "note": plan.NOTE}, "place")
    for root in roots:
        at = shapely.union_all([c.shape for c in root.children]).representative_point()
        osm.node(at.x, at.y, {"place": "suburb", "name": root.name}, "place")
        for community in root.children:
            at = max(polygons(community.shape), key=lambda p: p.area).representative_point()
            name = community.name.removesuffix("社区")
            osm.node(at.x, at.y, {"place": "neighbourhood", "name": name}, "place")
    x, y = plan.SUMMIT
    osm.node(x + 6, y + 6, {"tourism": "attraction", "name": "云岭阁"}, "place")
    osm.node(x + 40, y - 60, {"natural": "peak", "name": plan.HILL_NAME, "ele": "386"}, "place")
    middle = ground.sandbar.centroid
    osm.node(middle.x, middle.y, {"place": "islet", "name": "江心洲"}, "place")
    for block in blocks:
        if block.use not in ("commerce", "office", "old") or rng.random() > 0.7:
            continue
        for _ in range(rng.randint(1, 3)):
            key, value, name = rng.choice(_SHOPS)
            along = block.ground.exterior.interpolate(rng.random(), normalized=True)
            osm.node(
                along.x, along.y, {key: value, "name": f"{name}{rng.randint(1, 99)}号店"}, "place"
            )
