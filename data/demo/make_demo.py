"""Make the input files of the demonstration city: ``python data/demo/make_demo.py [--out DIR]``.

The city is invented from one seed; the files are the same to the byte on every run. They enter the
product through the same importer as real ones.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from random import Random

import shapely
from shapely import Polygon
from yundu import (
    blocks,
    buildings,
    cells,
    compounds,
    fabric,
    guards,
    network,
    people,
    pictures,
    plan,
    stations,
    streets,
    survey,
    terrain,
    write,
)
from yundu.geometry import spline
from yundu.names import Names


def _rng(part: str) -> Random:
    """Return a generator of its own for every part, so that a change in one moves no other."""
    return Random(f"{plan.SEED}/{part}")


def make(out: Path) -> dict[str, int]:
    """Write all files to a folder and return what was counted."""
    out.mkdir(parents=True, exist_ok=True)
    names = Names(_rng("names"))
    ground = terrain.make()
    centre_lines, cuts = streets.make(ground, names, _rng("streets"))
    ground_use = blocks.make(centre_lines, cuts, ground, _rng("blocks"))
    built_streets = fabric.make(centre_lines, cuts, ground, _rng("fabric"))
    barred = shapely.union_all([cuts.railway, cuts.spur, cuts.motorway, ground.river])
    built = compounds.make(ground_use, built_streets, barred, _rng("compounds"))
    guards.watch(built, _rng("guards"))
    whole = network.largest(network.merged(built_streets, built.lanes))
    houses = _houses(ground_use, built, whole)

    ring = Polygon(spline(plan.ROADS[0].points, 24, True))
    tops: list[list[int]] = [[], [], [], []]
    for row, block in enumerate(ground_use):
        tops[cells.subdistrict_of(block, ground, ring, 4510)].append(row)
    roots = cells.grow(ground_use, centre_lines, tops, _rng("cells"))
    cells.settle(roots)
    cells.number(roots)
    people.christen(roots, ground_use, names)
    estates = people.settle(roots, ground_use, _rng("people"))
    people.typify(roots, estates)
    posts = stations.make(whole, [wall for wall, _ in built.walls], barred, roots, _rng("stations"))
    posts = guards.let_in(posts, built, whole)
    pictures.add(posts, out / "photos", _rng("pictures"))

    osm = write.OsmFile()
    ways = survey.streets(osm, whole, network.join(fabric.sandbar_paths(ground)))
    survey.barriers(osm, built, whole)
    survey.rails(osm, cuts, whole, ground)
    survey.water(osm, ground)
    survey.land(osm, ground_use, ground)
    survey.houses(osm, houses)
    survey.places(osm, roots, ground_use, ground, _rng("places"))
    osm.save(out / "streets.osm.pbf")
    write.areas(roots, out / "areas.gpkg")
    write.demand(estates, out / "demand.gpkg")
    write.stations(posts, out / "stations.csv")
    counts = {"cells": len(cells.walk(roots)), "compounds": len(estates),
              "people": sum(estate.people for estate in estates), "stations": len(posts),
              "street_ways": ways, "buildings": len(houses), "walls": len(built.walls),
              "gates": len(built.gates)}  # fmt: skip
    write.meta(out / "meta.json", counts)
    return counts


def _houses(ground_use: list[blocks.Block], built: compounds.Built, whole: network.Graph,
            ) -> list[buildings.Building]:  # fmt: skip
    """Return the buildings of all blocks, off the lanes, and the scattered farm houses."""
    rng = _rng("buildings")
    space = [shapely.buffer(stroke.line, 4.5) for stroke in built.lanes]
    tree = shapely.STRtree(space)
    houses = []
    for block in ground_use:
        near = shapely.union_all([space[row] for row in sorted(tree.query(block.face))])
        houses += buildings.of_block(block, near, rng)
    return houses + buildings.hamlets(ground_use, shapely.union_all(whole.lines), rng)


def main() -> None:
    """Read the command line and make the city."""
    parser = argparse.ArgumentParser(description=__doc__)
    here = Path(__file__).resolve().parent
    parser.add_argument("--out", type=Path, default=here / "out", help="folder for the files")
    options = parser.parse_args()
    start = time.perf_counter()
    counts = make(options.out)
    for path in sorted(path for path in options.out.rglob("*") if path.is_file()):
        print(f"{path.name:20} {path.stat().st_size / 1e6:6.2f} MB")
    print(", ".join(f"{name} {value:,}" for name, value in counts.items()))
    print(f"{plan.CITY_ZH}: {plan.NOTE} ({time.perf_counter() - start:.1f} s)")


if __name__ == "__main__":
    main()
