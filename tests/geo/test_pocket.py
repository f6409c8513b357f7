"""The pocket: its bytes, its projection, and streets that cost what the server's cost."""

from __future__ import annotations

import struct
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import crs, errors, openings, pocket, workspace
from geo.pocket import barriers, columns, container, days, projection
from tests.geo.toy_city import toy_city

DAY = date(2026, 11, 20)  # a Friday


# --- columns --------------------------------------------------------------------------------------
def test_numbers_are_seven_bits_a_byte():
    # 300 = 2 · 128 + 44: the low seven bits first, with the mark that more follow (44 + 128 = 172).
    assert columns.encode([300, 5], "count") == bytes([172, 2, 5])
    # Folded, −1 is 1, 1 is 2 and −2 is 3.
    assert columns.encode([-1, 1, -2], "signed") == bytes([1, 2, 3])
    # Steps 10, −3, 0 are folded to 20, 5, 0.
    assert columns.encode([10, 7, 7], "steps") == bytes([20, 5, 0])
    assert columns.encode([], "steps") == b""


@given(st.lists(st.integers(-(2**50), 2**50)), st.sampled_from(["signed", "steps"]))
def test_numbers_come_back(numbers: list[int], kind: columns.Kind):
    assert columns.decode(columns.encode(numbers, kind), kind).tolist() == numbers


@given(st.lists(st.integers(0, columns.LARGEST)))
def test_counts_come_back(numbers: list[int]):
    assert columns.decode(columns.encode(numbers, "count"), "count").tolist() == numbers


@pytest.mark.parametrize(("number", "kind"), [(-1, "count"), (2**53, "count"), (2**53, "signed")])
def test_numbers_that_a_phone_would_not_hold_are_refused(number: int, kind: columns.Kind):
    with pytest.raises(ValueError, match="outside 0"):
        columns.encode([number], kind)


def test_doubles_come_back_to_the_last_bit():
    numbers = [0.1, -1e300, 15 / 3.6]
    assert columns.decode(columns.encode(numbers, "real"), "real").tolist() == numbers


# --- container ------------------------------------------------------------------------------------
def packed() -> bytes:
    sections = [container.column("a", [1, 2], "count"), container.table("b", {"名": None})]
    return container.write({"city": "toy"}, sections)


def test_a_container_holds_what_was_put_in():
    head, sections = pocket.read(packed())
    assert head["city"] == "toy"
    assert sections["a"].tolist() == [1, 2]
    assert sections["b"] == {"名": None}


def test_no_damaged_byte_goes_unseen():
    whole = packed()
    for at in range(len(whole)):
        broken = bytearray(whole)
        broken[at] ^= 0x20
        with pytest.raises(pocket.PocketBroken):
            pocket.read(bytes(broken))


@pytest.mark.parametrize("content", [b"", b"PK", packed()[:-1], packed() + b"\0"])
def test_what_is_cut_off_or_something_else_is_refused(content: bytes):
    with pytest.raises(pocket.PocketBroken):
        pocket.read(content)


def test_another_format_is_named():
    other = bytearray(packed())
    struct.pack_into("<H", other, 4, pocket.FORMAT + 1)
    with pytest.raises(pocket.PocketBroken, match=f"format {pocket.FORMAT + 1}"):
        pocket.read(bytes(other))


# --- projection -----------------------------------------------------------------------------------
AREAS = {
    "Chongqing": ((106.4, 29.3, 106.7, 29.6), "EPSG:4545"),
    "Beijing, the whole municipality": ((115.4, 39.4, 117.5, 41.1), "EPSG:4548"),
    "Porto": ((-9.0, 40.8, -7.9, 41.6), "EPSG:32629"),
    "south of the equator": ((-43.8, -23.1, -43.0, -22.7), "EPSG:32723"),
}


@pytest.mark.parametrize("area", AREAS)
def test_the_polynomial_is_the_projection(area: str):
    bounds, metric = AREAS[area]
    fit = projection.fit(bounds, metric)
    assert fit.residual_m <= projection.RESIDUAL_M
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(bounds[0], bounds[2], 2000), rng.uniform(bounds[1], bounds[3], 2000)
    for got, wanted in zip(fit.project(lon, lat), crs.project(lon, lat, metric), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=0, atol=projection.RESIDUAL_M)


def test_a_continent_is_no_city():
    with pytest.raises(errors.CityNotSmooth, match="divide the area"):
        projection.fit((73.0, 3.0, 135.0, 54.0), "EPSG:4545")


def test_positions_of_openstreetmap_are_kept_exactly():
    rng = np.random.default_rng(2)
    lon = rng.integers(1_064_000_000, 1_067_000_000, 500)
    lat = rng.integers(293_000_000, 296_000_000, 500)
    xy = np.column_stack(crs.project(lon / 1e7, lat / 1e7, "EPSG:4545"))
    grid = projection.gridded(xy, "EPSG:4545")
    assert grid.parts == 10**7
    assert (grid.lon == lon).all() and (grid.lat == lat).all()


def test_other_positions_are_kept_to_nanometres():
    rng = np.random.default_rng(3)
    xy = rng.uniform((350_000, 3_250_000), (370_000, 3_270_000), (500, 2))
    grid = projection.gridded(xy, "EPSG:4545")
    assert grid.parts > 10**7
    back = np.column_stack(crs.project(*grid.degrees(), "EPSG:4545"))
    np.testing.assert_allclose(back, xy, rtol=0, atol=2e-8)


# --- streets --------------------------------------------------------------------------------------
class Read:
    """Rebuild the streets of a pocket as docs/pocket.md says, without the code that wrote them."""

    def __init__(self, content: bytes) -> None:
        self.head, self.section = pocket.read(content)
        s = self.section
        lon, lat = self._vertices()
        x, y = self._project(lon / self.head["parts"], lat / self.head["parts"])
        self.length = np.array(
            [
                sum(
                    ((x[i] - x[i - 1]) ** 2 + (y[i] - y[i - 1]) ** 2) ** 0.5
                    for i in range(first + 1, last)
                )
                for first, last in zip(self.start[:-1], self.start[1:], strict=True)
            ]
        )
        self.length[s["odd.edge"]] = s["odd.length_m"]
        self.x, self.y = x, y

    def _vertices(self) -> tuple[np.ndarray, np.ndarray]:
        s = self.section
        u, v, self.start = [], [], [0]
        lon, lat, k, last = [], [], 0, 0
        for step, across, inner in zip(s["edge.u"], s["edge.v"], s["edge.inner"], strict=True):
            u.append(last + step)
            v.append(u[-1] + across)
            last = v[-1]
            for out, axis in ((lon, "lon"), (lat, "lat")):
                out.append(s[f"node.{axis}"][u[-1]])
                for i in range(k, k + inner):
                    out.append(out[-1] + s[f"vertex.{axis}"][i])
                out.append(s[f"node.{axis}"][v[-1]])
            k += inner
            self.start.append(len(lon))
        self.u, self.v = np.array(u), np.array(v)
        return np.array(lon), np.array(lat)

    def _project(self, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ground = self.head["ground"]
        s = (lon - ground["centre"][0]) * ground["scale"][0]
        t = (lat - ground["centre"][1]) * ground["scale"][1]
        return tuple(  # type: ignore[return-value]
            sum(f * s**i * t**j for i, row in enumerate(ground[axis]) for j, f in enumerate(row))
            for axis in "xy"
        )

    def arcs(self, profile: str) -> set[tuple[int, int, int, int]]:
        """Return every way between nodes: from, to, milliseconds, edge (−1: leaving)."""
        first, n = 0, len(self.section["node.lon"])
        for found in self.head["profiles"]:
            if found["name"] == profile:
                break
            first += found["layers"]
        out = {(k, k + n, 0, -1) for k in range(n)} if found["layers"] == 2 else set()
        for layer in range(found["layers"]):
            blocked = set(self.section[f"blocked.{profile}.{layer}"].tolist())
            for edge, kind in enumerate(self.section["edge.kind"]):
                ends = int(self.u[edge]), int(self.v[edge])
                for tail, head, way in (
                    (*ends, "forward"),
                    (*ends[::-1], "backward"),
                ):
                    gait = self.section["kinds"][kind][way][first + layer]
                    if gait and tail != head and tail not in blocked:
                        ms = np.ceil(self.length[edge] / found["speeds"][gait] * 1000 - 1e-6)
                        out.add((tail + layer * n, head + layer * n, max(int(ms), 1), edge))
        return out


@cache
def toy_pocket() -> tuple[Any, Read]:
    data = toy_city(
        [(30, 0), (250, 305), (500, 500), (-400, -400)],
        hours=["Mo-Fr 08:00-20:00", "24/7", "Sa-Su 10:00-12:00", "by appointment"],
        closed=[2],
    )
    facts = [{"id": str(row)} for row in range(4)]
    return data, Read(pocket.make(data, DAY, facts, {"names": []}).content)


def server_arcs(data: Any, profile: str) -> set[tuple[int, int, int, int]]:
    graph = data.network.graphs[profile]
    reached = np.repeat(np.arange(graph.n_nodes), np.diff(graph.indptr))
    rows = zip(graph.arc_target, reached, graph.arc_ms, graph.arc_edge, strict=True)
    return {tuple(map(int, row)) for row in rows}


def cheapest(arcs: set[tuple[int, int, int, int]]) -> set[tuple[int, int, int, int]]:
    """Keep of parallel arcs the cheapest, then the lowest edge, as a graph does."""
    best: dict[tuple[int, int], tuple[int, int]] = {}
    for tail, head, ms, edge in arcs:
        best[tail, head] = min(best.get((tail, head), (ms, edge)), (ms, edge))
    return {(*ends, *least) for ends, least in best.items()}


@pytest.mark.parametrize("profile", ["walk", "ebike"])
def test_every_arc_of_the_toy_city_costs_what_it_costs_on_the_server(profile: str):
    data, read = toy_pocket()
    assert cheapest(read.arcs(profile)) == server_arcs(data, profile)


def test_every_arc_of_the_demonstration_costs_what_it_costs_on_the_server(
    demo_home, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("YIZHAN_HOME", str(demo_home))
    data = workspace.load("demo")
    made = pocket.make(data, DAY, [{}] * len(data.stations), {})
    read = Read(made.content)
    for profile in data.network.graphs:
        assert cheapest(read.arcs(profile)) == server_arcs(data, profile), profile
    assert len(made.content) < 400_000


@pytest.mark.parametrize("slug", ["nanshan", "haidian"])
def test_every_arc_of_a_real_city_costs_what_it_costs_on_the_server(
    real_home, slug: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("YIZHAN_HOME", str(real_home))
    data = workspace.load(slug)
    read = Read(pocket.make(data, DAY, [{}] * len(data.stations), {}).content)
    assert read.head["parts"] == 10**7  # OpenStreetMap's own
    for profile in data.network.graphs:
        assert cheapest(read.arcs(profile)) == server_arcs(data, profile), profile


def test_lengths_that_would_round_otherwise_are_written_out():
    # The blocks of the toy city are 100 m to the last bit, at 1 m/s exactly 100,000 ms: any error
    # above 1e-9 m upwards makes it 100,001. Positions are kept to nanometres only.
    data, read = toy_pocket()
    np.testing.assert_allclose(read.length, data.network.length_m, rtol=0, atol=1e-6)
    rounded = np.ceil(read.length * 1000 - 1e-6)
    assert (rounded == np.ceil(data.network.length_m * 1000 - 1e-6)).all()


# --- stations, hours, gates -----------------------------------------------------------------------
def test_stations_are_tied_as_on_the_server():
    data, read = toy_pocket()
    link = data.station_links["walk"]
    edge = read.section["link.walk.edge"]
    assert edge.tolist() == link.edge.tolist()
    assert edge[3] == -1  # 400 m from every street
    here = edge >= 0
    whole = data.network.length_m[edge[here]]
    assert read.section["link.walk.offset_m"][here].tolist() == link.offset_m[here].tolist()
    assert read.section["link.walk.leg_m"][here].tolist() == link.leg_m[here].tolist()
    rest = read.section["link.walk.rest_m"][here]
    assert rest.tolist() == (whole - link.offset_m[here]).tolist()
    assert read.section["station.open"].tolist() == [0, 1, 3]


def spans(read: Read, row: int) -> list[tuple[int, int, bool]]:
    s = read.section
    timetable = s["hours.timetable"][row]
    at = int(s["hours.spans"][:timetable].sum())
    out, minute = [], 0
    for k in range(at, at + int(s["hours.spans"][timetable])):
        first = minute + int(s["hours.minutes"][2 * k])
        minute = first + int(s["hours.minutes"][2 * k + 1])
        out.append((first, minute, bool(s["hours.open"][k])))
    return out


def test_opening_hours_of_fourteen_days():
    _, read = toy_pocket()
    # 2026-11-20 is a Friday: of the next fourteen days 0, 3…7 and 10…13 are from Monday to Friday.
    weekdays = [0, 3, 4, 5, 6, 7, 10, 11, 12, 13]
    assert spans(read, 0) == [(d * 1440 + 480, d * 1440 + 1200, True) for d in weekdays]
    assert spans(read, 1) == [(0, 14 * 1440, True)]
    assert spans(read, 2) == [(d * 1440 + 600, d * 1440 + 720, True) for d in (1, 2, 8, 9)]
    assert spans(read, 3) == [(0, 14 * 1440, False)]  # nobody can tell
    assert read.head["day"] == "2026-11-20"
    assert read.head["days"] == openings.DAYS == 14


def test_gates_refuse_in_their_spans_only():
    rows = [days.Refusal(7, 0, [(0, 360), (1320, 1800)]), days.Refusal(9, 1, [])]
    told = {s.name: s for s in days.gates({"ebike": rows}, [(7, "北门")])}
    read = {name: columns.decode(s.content, s.kind) for name, s in told.items() if s.kind != "json"}
    assert read["gate.ebike.node"].tolist() == [7, 9]
    assert read["gate.ebike.layer"].tolist() == [0, 1]
    assert read["gate.ebike.spans"].tolist() == [2, 0]
    # From 0, until 360; 960 minutes later again, for 480.
    assert read["gate.ebike.minutes"].tolist() == [0, 360, 960, 480]
    assert told["gate.names"].content.decode() == '[[7,"北门"]]'


def test_the_gates_of_a_city_refuse_by_the_hour_and_have_names():
    # The gate of H4 never lets the vehicle pass, and at night nobody on foot either.
    tags = {"barrier": "gate", "bicycle": "no", "foot_conditional": "no @ (22:00-06:00)"}
    data = toy_city([(0, 0)], gates={36: {"name": "北门", **tags}})
    _, sections = pocket.read(pocket.make(data, DAY, [{}], {}).content)
    node = int(np.flatnonzero(data.network.node_row == 36)[0])
    assert sections["gate.names"] == [[node, "北门"]]
    assert sections["gate.walk.node"].tolist() == [node]
    # Fourteen days: the first and the last night are cut by midnight, thirteen lie between.
    assert sections["gate.walk.spans"].tolist() == [15]
    minutes = sections["gate.walk.minutes"].tolist()
    assert minutes[:4] == [0, 360, 960, 480]  # till 06:00; 16 hours later again, for 8 hours
    assert minutes[-1] == 120
    # On the vehicle always, on foot at night.
    assert sections["gate.ebike.layer"].tolist() == [0, 1]
    assert sections["gate.ebike.spans"].tolist() == [1, 15]


# --- barriers -------------------------------------------------------------------------------------
def test_barriers_keep_their_rings():
    data, _ = toy_pocket()
    told = {
        s.name: columns.decode(s.content, s.kind)
        for s in barriers.sections(data.barriers, data.network.crs)
    }
    assert told["barrier.lines"].tolist() == [-1]  # one area of one ring
    assert told["barrier.vertices"].tolist() == [5]
    lon, lat = (told[f"barrier.{axis}"] / told["barrier.parts"][0] for axis in ("lon", "lat"))
    x, y = crs.project(lon, lat, data.network.crs)
    wanted = np.array(data.barriers.geometry.iloc[0].exterior.coords)
    np.testing.assert_allclose(np.column_stack([x, y]), wanted, rtol=0, atol=2e-8)


def test_a_city_without_barriers_has_empty_sections():
    data = toy_city([(0, 0)], barriers=False)
    head, sections = pocket.read(pocket.make(data, DAY, [{}], {}).content)
    assert head["city"] == "toy"
    assert len(sections["barrier.lines"]) == len(sections["barrier.lon"]) == 0


def test_a_city_without_stations_has_a_pocket():
    _, sections = pocket.read(pocket.make(toy_city([]), DAY, [], {}).content)
    assert sections["stations"] == []
    assert len(sections["hours.timetable"]) == 0


def test_a_pocket_with_newer_days_is_that_of_the_day():
    data, later = toy_city([(30, 0)], hours=["Mo-Fr 08:00-18:00"]), DAY + timedelta(days=3)
    head, sections = pocket.read(pocket.make(data, DAY, [{"id": "a"}], {}).content)
    newer, days = pocket.read(pocket.renewal(data, later).content)
    wanted, whole = pocket.read(pocket.make(data, later, [{"id": "a"}], {}).content)
    assert head | newer | {"sections": []} == wanted | {"sections": []}
    assert {**sections, **days}.keys() == whole.keys()
    for name, values in whole.items():
        assert np.array_equal((sections | days)[name], values), name


def test_the_same_city_and_day_give_the_same_bytes():
    data = toy_city([(30, 0)], hours=["24/7"])
    first = pocket.make(data, DAY, [{"id": "a"}], {}).content
    again = toy_city([(30, 0)], hours=["24/7"])
    assert pocket.make(again, DAY, [{"id": "a"}], {}).content == first
