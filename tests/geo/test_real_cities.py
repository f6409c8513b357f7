"""The laws of the one truth on real cities, with seeded stations; sums, circles, water."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo import answers, build, certainty, equity, gaps, pixels, study, workspace
from geo.crs import unproject
from geo.model import PROFILES, Budget, Position
from geo.why import remedies, why

NANSHAN = "shenzhen/nanshan.osm.pbf"


@pytest.fixture(scope="module")
def cities(real_home):
    """Return Nanshan (no people) and Haidian (townships with people), loaded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(real_home))
        yield {slug: workspace.load(slug) for slug in ("nanshan", "haidian")}


@pytest.mark.parametrize("slug", ["nanshan", "haidian"])
@pytest.mark.parametrize("profile", PROFILES)
def test_the_drawn_circle_differs_only_beside_its_own_edge(cities, slug, profile):
    data, chosen = cities[slug], PROFILES[profile]
    result = study.run(data, chosen, Budget(minutes=15))
    circle = shapely.union_all(result.circles.geometry.to_numpy())
    shapely.prepare(circle)
    index = data.street_index(chosen)
    times = data.times(chosen)
    rng = np.random.default_rng(15)
    lattice = data.pixels.grid
    rows = rng.choice(len(data.pixels.index), 1_000, replace=False)
    jitter = rng.uniform(-0.5, 0.5, (1_000, 2)) * lattice.step_m
    places = lattice.centres(data.pixels.index[rows]) + jitter

    def in_time(spots):
        link = index.link(spots)
        return (link.edge >= 0) & (times.arrival(link).time_ms <= result.budget_ms)

    drawn, exact = shapely.contains_xy(circle, places[:, 0], places[:, 1]), in_time(places)
    differ = np.flatnonzero(drawn != exact)
    print(f"{slug} {profile}: drawn and exact differ at {len(differ) / 1_000:.2%} of 1,000 places")
    origin = np.array([lattice.x0, lattice.y0])
    step = lattice.step_m
    for place in places[differ]:
        low = origin + np.floor((place - origin) / step) * step
        corners = low + np.array([(0, 0), (step, 0), (0, step), (step, step)])
        assert len(set(in_time(corners)) | {in_time(place[None])[0]}) == 2


@pytest.mark.parametrize("profile", PROFILES)
def test_equity_and_certainty_agree_with_the_study_of_haidian(cities, profile):
    data, fifteen = cities["haidian"], Budget(minutes=15)
    told = study.run(data, PROFILES[profile], fifteen).to_json()
    found = equity.measure(data, PROFILES[profile], fifteen, level=2)
    assert found.overall.spread.covered == told["people"]["covered"]
    assert found.overall.spread.quantiles_s[2] == told["median_s"]
    assert sum(cell.spread.covered for cell in found.cells) <= told["people"]["covered"]
    assert found.kind_reason == equity.NO_KINDS  # townships have no types
    sure = certainty.assess(data, PROFILES[profile], fifteen)
    facts = certainty.summary(sure)
    assert facts["people"]["covered"] == told["people"]["covered"]
    assert facts["share_of_judged"] == pytest.approx(told["people"]["share_of_judged"])
    rows = dict(zip(sure.variations, sure.covered, strict=True))
    base = rows[certainty.BASE]
    assert not (rows[certainty.Variation("speed", 80)] & ~base).any()
    assert not (base & ~rows[certainty.Variation("speed", 120)]).any()


@pytest.mark.parametrize("profile", PROFILES)
def test_people_and_ground_add_up_in_haidian(cities, profile):
    data = cities["haidian"]
    for minutes in (5, 15):
        result = study.run(data, PROFILES[profile], Budget(minutes=minutes))
        summary = result.to_json()
        people, area = summary["people"], summary["area_m2"]
        lost = summary["uncovered"]
        assert people["total"] == 20_755_648  # the sum of the file's own column
        assert people["covered"] + sum(row["people"] for row in lost.values()) == people["total"]
        total = area["covered"] + sum(row["area_m2"] for row in lost.values())
        assert total == pytest.approx(area["total"], rel=1e-9)
        for level in (1, 2):
            rows = result.cells[data.cells["level"] == level]
            assert rows["people"].sum() + people_outside_cells(data) == people["total"]
            assert rows["covered_m2"].sum() == pytest.approx(area["covered"], rel=1e-9)
        covered = result.unit_class == gaps.COVERED
        distance, _ = gaps.nearest_in_line(data.units_xy, data.open_xy)
        radius = Budget(minutes=minutes).metres(PROFILES[profile])
        assert not (covered & (distance > radius)).any()


def people_outside_cells(data) -> float:
    return float(data.units["people"].to_numpy()[data.units["cell"].to_numpy() < 0].sum())


@pytest.mark.parametrize("slug", ["nanshan", "haidian"])
def test_no_access_leg_crosses_water(cities, slug):
    data = cities[slug]
    water = workspace_layer(data, "water")
    assert len(water) > 0
    held = pixels.rasterize(data.pixels.grid, water.geometry.to_numpy()).ravel()
    in_water = held[data.pixels.index] >= 0
    body = shapely.union_all(water.geometry.to_numpy()).buffer(-0.01)
    for profile in PROFILES.values():
        links = data.pixel_links(profile)
        assert in_water.sum() > 100
        # From the middle of water no leg leads ashore.
        assert (links.edge[in_water] < 0).all()
        rng = np.random.default_rng(3)
        near = np.flatnonzero(links.edge >= 0)
        some = rng.choice(near, min(3_000, len(near)), replace=False)
        centres = data.pixels.grid.centres(data.pixels.index[some])
        ends = data.street_index(profile).link(centres).xy
        legs = shapely.linestrings(np.stack([centres, ends], axis=1))
        assert not shapely.intersects(legs, body).any()


def workspace_layer(data, name):
    return answers.workspace.read_layer(data.city.slug, name, data.city.crs)


def test_cells_of_shenzhen_without_a_prj_are_degrees(real_data, tmp_path, monkeypatch):
    monkeypatch.setenv("YIZHAN_HOME", str(tmp_path))
    report = build.create(
        build.Request(
            "sz", "深圳", (real_data / NANSHAN,), areas=real_data / "shenzhen/grid500m.shp"
        )
    )
    assert report.counts["cells"] == 9_005
    assert any("grid500m" in note for note in report.notes)


@pytest.mark.parametrize("profile", ["walk", "ebike"])
def test_the_missing_link_is_the_best_of_all_pairs(cities, profile):
    """Twelve late places of Nanshan against every pair of street points, in slices."""
    data, chosen = cities["nanshan"], PROFILES[profile]
    budget_ms = Budget(minutes=6).milliseconds(chosen)
    finder, graph = remedies.finder(data, chosen), data.graph(chosen)
    rng = np.random.default_rng(8)
    spots = data.pixels.grid.centres(rng.choice(data.pixels.index, 3_000, replace=False))
    links = data.street_index(chosen).link(spots)
    time_ms = data.times(chosen).arrival(links).time_ms
    late = np.flatnonzero((links.edge >= 0) & (time_ms > budget_ms) & (time_ms < 2 * budget_ms))[
        :12
    ]
    assert len(late) == 12
    points = finder.points
    for row in late:
        here = links.take(np.array([row]))
        found = finder.find(here, spots[row], budget_ms)
        to_ms, from_ms = finder.times_to_points(here, budget_ms), finder.times_from_points
        best = np.inf
        for layer in range(graph.layers):
            a = np.flatnonzero(to_ms[layer] <= budget_ms)
            b = np.flatnonzero(from_ms[layer] <= budget_ms)
            for some in np.array_split(a, len(a) // 200 + 1):
                apart = np.hypot(*(points.xy[some, None] - points.xy[None, b]).T).T
                total = to_ms[layer, some][:, None] + from_ms[layer, b].astype(np.int64)
                fits = total + np.ceil(apart / graph.walk_mps * 1000 - 1e-6) <= budget_ms
                best = min(best, apart[fits].min(initial=np.inf))
        assert (np.inf if found is None else found.length_m) == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_place_of_haidian_is_told_the_cause_that_the_study_counts(cities, profile):
    data, chosen = cities["haidian"], PROFILES[profile]
    result = study.run(data, chosen, Budget(minutes=10))
    lon, lat = unproject(*data.units_xy.T, data.city.crs)
    west, south, east, north = data.city.bounds  # people farther away cannot be asked about
    near = np.flatnonzero((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north))
    rng = np.random.default_rng(5)
    some = [near[result.unit_class[near] == number][:5] for number in set(result.unit_class)]
    for row in np.concatenate([rng.choice(near, 60), *some]):
        found = why(data, chosen, result.budget, Position(float(lon[row]), float(lat[row])))
        number = result.unit_class[row]
        assert found.cause == (None if number < 0 else gaps.CLASSES[number])
        told = found.to_json()["place"]
        if told["missing_link"] is not None:
            assert told["missing_link"]["seconds"] <= 600
