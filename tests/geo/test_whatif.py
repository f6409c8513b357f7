"""What changes of stations would do, at once: by hand on the toy city, against whole studies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import meetings, reach, scenario, study, workspace
from geo.crs import unproject
from geo.errors import InputError
from geo.model import PROFILES, Budget, Need, Position
from geo.scenario import whatif
from geo.scenario.changes import (
    AddLink,
    AddServices,
    CloseStation,
    DropServices,
    Enlarge,
    MoveStation,
    OpenGate,
    OpenSite,
    RemoveLink,
    SetHours,
    SetStatus,
    ShutGate,
)
from tests.geo.toy import CRS, TOY_PROFILES, xy
from tests.geo.toy_city import toy_city

WALK = TOY_PROFILES["walk"]
FOUR = Budget(minutes=4)
# Seconds from the places to a station at (0, 0): 100, 300, 700. To one at (500, 0), since the gate
# at (450, 0) lets nobody pass: 600 by V1, H1 and V5; 400 by V3, H1 and V5; 200 by V5.
PEOPLE = [(100, 0, 1.0), (300, 0, 2.0), (500, 200, 4.0)]
FIGURES = ["people", "covered", "share", "class", "null_reason"]


def at(x: float, y: float) -> Position:
    """Return toy metres as a position."""
    lon, lat = unproject(*xy((x, y)).T, CRS)
    return Position(float(lon[0]), float(lat[0]))


def by_code(data, outcome) -> dict[str, tuple[float, float, str]]:
    """Return people, covered and class of the changed cells by code."""
    cells = outcome.cells
    codes = data.cells["code"].to_numpy()[cells["row"]]
    rows = zip(codes, cells["people"], cells["covered"], cells["class"], strict=True)
    return {code: tuple(row) for code, *row in rows}


def same_as_study(data, profile, budget, need, changes) -> None:
    """Insist that a board says what the study of the changed city says, to the last bit."""
    told = whatif.outcome(data, profile, budget, need, changes)
    before = study.run(data, profile, budget, need)
    after = study.run(scenario.apply(data, changes), profile, budget, need)
    headline = study.headline(after)
    assert told.people == headline["people"]
    assert told.stations == headline["stations"]
    covered = before.unit_class == -1, after.unit_class == -1
    people = data.units["people"].to_numpy()
    assert told.gained == people[~covered[0] & covered[1]].sum()
    assert told.lost == people[covered[0] & ~covered[1]].sum()
    # Laid over the figures of before, those of the changed cells give the figures of after.
    laid = before.shares[FIGURES].copy().reset_index(drop=True)
    changed = told.rows
    laid.iloc[changed] = told.cells[FIGURES].to_numpy()
    wanted = after.shares[FIGURES].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        laid.astype(wanted.dtypes.to_dict()), wanted, check_exact=True, rtol=0, atol=0
    )
    differs = before.shares["covered"].to_numpy() != after.shares["covered"].to_numpy()
    assert np.flatnonzero(differs).tolist() == changed.tolist()


def test_a_new_station_a_closed_one_and_a_moved_one_are_counted_by_hand():
    """Four minutes: s0 at (0, 0) serves the one person at 100 s. (300, 0) lies on the border of
    the halves and belongs to the western, first; (500, 200) is in the eastern half, south.
    """
    data = toy_city([(0, 0)], PEOPLE)
    board = whatif.board(data, WALK, FOUR)
    assert board.people["covered"] == 1.0
    opened = board.after([OpenSite("n", at(500, 0), "n")])
    assert (opened.people["covered"], opened.gained, opened.lost) == (5.0, 4.0, 0.0)
    assert (opened.people["share"], opened.stations) == (5 / 7, 2)
    assert by_code(data, opened) == {"e": (4.0, 4.0, "full"), "es": (4.0, 4.0, "full")}
    closed = board.after([CloseStation("s0")])
    assert (closed.people["covered"], closed.gained, closed.lost) == (0.0, 0.0, 1.0)
    assert by_code(data, closed) == {"w": (3.0, 0.0, "none"), "ws": (3.0, 0.0, "none")}
    # At (200, 0) the first place is 100 s away, the second 100 s, the third 500 s.
    moved = board.after([MoveStation("s0", at(200, 0))])
    assert (moved.people["covered"], moved.gained, moved.lost) == (3.0, 2.0, 0.0)
    assert by_code(data, moved) == {"w": (3.0, 3.0, "full"), "ws": (3.0, 3.0, "full")}
    # At (500, 0) it covers the third instead of the first.
    away = board.after([MoveStation("s0", at(500, 0))])
    assert (away.people["covered"], away.gained, away.lost) == (4.0, 4.0, 1.0)
    assert set(by_code(data, away)) == {"w", "ws", "e", "es"}
    assert board.people["covered"] == 1.0


def test_hours_and_services_count_at_the_instant():
    """At 10:00 a station that opens at 10:03 serves those who have four minutes, not who have two;
    one that closes at 10:01 serves nobody 100 s away.
    """
    data = toy_city([(0, 0)], PEOPLE, hours=["08:00-18:00"], services=["rest"])
    need = Need(("rest",), datetime(2026, 11, 20, 10, 0))
    board = whatif.board(data, WALK, FOUR, need)
    for hours, covered in (("10:03-18:00", 1.0), ("08:00-10:01", 0.0), ("08:00-10:02", 1.0)):
        assert board.after([SetHours("s0", hours)]).people["covered"] == covered
    short = whatif.board(data, WALK, Budget(minutes=2), need)
    assert short.after([SetHours("s0", "10:03-18:00")]).people["covered"] == 0.0
    assert board.after([DropServices("s0", ("rest",))]).people["covered"] == 0.0
    assert board.after([SetHours("s0", "")]).people["covered"] == 0.0
    back = [DropServices("s0", ("rest",)), AddServices("s0", ("rest", "water"))]
    assert board.after(back).people == board.people


def test_changes_of_one_new_station_compose():
    data = toy_city([(0, 0)], PEOPLE)
    board = whatif.board(data, WALK, FOUR)
    steps = [OpenSite("n", at(500, 0), "n"), MoveStation("n", at(200, 0)), CloseStation("n")]
    assert [board.after(steps[:n]).people["covered"] for n in range(4)] == [1.0, 5.0, 3.0, 1.0]
    undone = board.after(steps)
    assert (undone.people, len(undone.rows), undone.gained, undone.lost) == (board.people, 0, 0, 0)
    again = board.after([*steps, SetStatus("n", "open")])
    assert again.people["covered"] == 3.0


def test_a_new_link_and_a_station_behind_it_are_counted_by_hand():
    """Over the river at x = 200 is 100 m; without a link (200, 300) is 500 m from (200, 200), round
    by the bridge at x = 0. With it (300, 300) is 200 m away, and after the station has moved there
    (200, 300) is 100 m away, (200, 200) 200 m.
    """
    data = toy_city([(200, 200)], [(200, 300, 1.0), (300, 300, 2.0), (200, 200, 4.0)])
    link = AddLink("L", (at(200, 200), at(200, 300)))
    told = whatif.outcome(data, WALK, FOUR, changes=[link])
    assert (told.people["covered"], told.gained, told.lost) == (7.0, 3.0, 0.0)
    # (200, 300) lies in the north-western leaf, (300, 300) on the border, which is western, too.
    assert by_code(data, told)["wn"] == (3.0, 3.0, "full")
    assert by_code(data, told)["w"] == (7.0, 7.0, "full")
    moved = [link, MoveStation("s0", at(300, 300))]
    told = whatif.outcome(data, WALK, FOUR, changes=moved)
    assert (told.people["covered"], told.gained, told.lost) == (7.0, 3.0, 0.0)
    away = [link, CloseStation("s0")]
    told = whatif.outcome(data, WALK, FOUR, changes=away)
    assert (told.people["covered"], told.gained, told.lost, told.stations) == (0.0, 0.0, 4.0, 0)
    undone = whatif.outcome(data, WALK, FOUR, changes=[link, RemoveLink("L")])
    assert (undone.gained, undone.lost, len(undone.rows)) == (0.0, 0.0, 0)


def test_a_station_that_comes_back_after_a_new_link_stands_where_it_stood():
    """A person exactly four minutes away is covered again: no nanometre is lost on the way."""
    data = toy_city([(0, 0)], [(240, 0, 1.0)])
    link = AddLink("L", (at(200, 200), at(200, 300)))
    changes = [MoveStation("s0", at(0, 300)), link, MoveStation("s0", at(0, 0))]
    same_as_study(data, WALK, FOUR, Need(), changes)
    told = whatif.outcome(data, WALK, FOUR, changes=changes)
    assert (told.people["covered"], told.gained, told.lost) == (1.0, 0.0, 0.0)


def test_what_changes_nothing_says_so():
    data = toy_city([(0, 0), (0, 0)], PEOPLE)
    board = whatif.board(data, WALK, FOUR)
    for changes in ([], [SetStatus("s0", "open")], [CloseStation("s1")]):
        told = board.after(changes)
        assert (told.people, told.gained, told.lost, len(told.cells)) == (board.people, 0, 0, 0)
    assert board.after([CloseStation("s1")]).stations == 1


def test_faults_are_those_of_a_scenario():
    data = toy_city([(0, 0)], PEOPLE)
    changes = [
        CloseStation("nowhere"),
        OpenSite("s0", at(0, 0), "again"),
        OpenSite("far", Position(120.0, 30.0), "far"),
        OpenSite("field", at(300, -260), "260 m from every street"),
        SetHours("s0", "always, I hope"),
        Enlarge("s0", 3),
    ]
    with pytest.raises(InputError) as applied:
        scenario.apply(data, changes)
    with pytest.raises(InputError) as told:
        whatif.board(data, WALK, FOUR).after(changes)
    assert told.value.faults == applied.value.faults
    assert len(told.value.faults) == 6
    # Changes of streets that cannot be made hide nothing of what is wrong behind them.
    mixed = [changes[0], RemoveLink("none"), *changes[1:]]
    with pytest.raises(InputError) as applied:
        scenario.apply(data, mixed)
    with pytest.raises(InputError) as told:
        whatif.outcome(data, WALK, FOUR, changes=mixed)
    assert told.value.faults == applied.value.faults
    assert len(told.value.faults) == 7


def test_where_nobody_is_known_people_are_null_with_the_reason():
    data = toy_city([(0, 0)], None)
    told = whatif.outcome(data, WALK, FOUR, changes=[OpenSite("n", at(500, 0), "n")])
    opened = scenario.apply(data, [OpenSite("n", at(500, 0), "n")])
    assert told.people == study.headline(study.run(opened, WALK, FOUR))["people"]
    assert told.people["reason"] == "no demand file"
    assert (told.gained, told.lost, len(told.cells), told.stations) == (None, None, 0, 2)
    with pytest.raises(InputError):
        whatif.board(data, WALK, FOUR).after([CloseStation("nowhere")])


def test_a_city_without_stations_or_people_has_figures():
    bare = toy_city([], PEOPLE)
    opened = [OpenSite("n", at(500, 0), "n")]
    same_as_study(bare, WALK, FOUR, Need(), opened)
    same_as_study(toy_city([(0, 0)], []), WALK, FOUR, Need(), opened)
    same_as_study(toy_city([(0, 0)], [], outside=[(900, 0, 2)]), WALK, FOUR, Need(), opened)


def test_a_board_is_kept_with_its_city():
    data = toy_city([(0, 0)], PEOPLE)
    assert whatif.board(data, WALK, FOUR) is whatif.board(data, WALK, FOUR)
    changed = scenario.apply(data, [CloseStation("s0")])
    assert whatif.board(changed, WALK, FOUR).people["covered"] == 0.0
    assert changed.finder(WALK) is data.finder(WALK)


@pytest.fixture(scope="module")
def city():
    """Return the toy city with people everywhere, some outside, and stations of all kinds."""
    rng = np.random.default_rng(41)
    spots = [(*rng.uniform(-60, 560, 2), float(rng.integers(1, 4000)) / 1024) for _ in range(150)]
    city = toy_city(
        [(0, 0), (0, 500), (300, 500), (480, 120), (250, 10)],
        spots,
        outside=[(520, 300, 3.5), (100, 90, 2.0)],
        closed=[4],
        services=["rest;water", "rest", "water", "", "rest"],
        hours=["Mo-Su 08:00-18:00", "24/7", "", "Mo-Fr 09:58-10:03", "24/7"],
        seats=[4, 4, 4, 4, 4],
    )
    planned = city.stations["status"].where(city.stations["id"] != "s2", "planned")
    return city.with_stations(city.stations.assign(status=planned), city.station_links)


IDS = st.sampled_from(["s0", "s1", "s2", "s3", "s4", "n", "m"])
PLACE = st.builds(at, st.integers(-8, 56).map(lambda k: 10.0 * k), st.integers(-5, 11).map(float))
HOURS = st.sampled_from(["", "24/7", "Mo-Su 10:01-10:02", "Mo-Su 08:00-10:03", "Mo-Su 22:00-23:00"])
SERVICES = st.sampled_from([("rest",), ("water", "charging"), ("rest", "water")])
EDIT = st.one_of(
    st.builds(OpenSite, IDS, PLACE, st.just("new"), SERVICES, HOURS),
    st.builds(AddServices, IDS, SERVICES),
    st.builds(DropServices, IDS, SERVICES),
    st.builds(SetHours, IDS, HOURS),
    st.builds(Enlarge, IDS, st.integers(-2, 2)),
    st.builds(CloseStation, IDS),
    st.builds(SetStatus, IDS, st.sampled_from(["open", "closed", "planned"])),
    st.builds(MoveStation, IDS, PLACE),
)
STREETS = st.sampled_from(
    [
        AddLink("L", (at(200, 200), at(200, 300))),
        AddLink("K", (at(310, 100), at(420, 310)), profiles=("walk",)),
        RemoveLink("L"),
        OpenGate("g", at(450, 0)),
        ShutGate("g"),
    ]
)
NEEDS = st.sampled_from(
    [
        Need(),
        Need(("water",)),
        Need((), datetime(2026, 11, 20, 10, 0)),
        Need(("rest",), datetime(2026, 11, 20, 17, 58)),
    ]
)
BUDGETS = st.sampled_from([Budget(minutes=m) for m in (2, 4, 8)])


def possible(data, edits) -> list:
    """Return the edits that can be made one after the other; the others are refused alike."""
    made: list = []
    for edit in edits:
        tried = [*made, edit]
        refused = _faults(scenario.apply, data, tried)
        told = partial(whatif.outcome, changes=tried)
        assert _faults(told, data, WALK, FOUR) == refused
        made = made if refused else tried
    return made


def _faults(work, *given) -> tuple:
    """Return what is wrong with what a piece of work was given."""
    try:
        work(*given)
    except InputError as error:
        return tuple(error.faults)
    return ()


@settings(max_examples=60)
@given(
    edits=st.lists(EDIT, max_size=6),
    profile=st.sampled_from(sorted(TOY_PROFILES)),
    budget=BUDGETS,
    need=NEEDS,
)
def test_any_edits_give_the_figures_of_the_changed_city(city, edits, profile, budget, need):
    edits = possible(city, edits)
    same_as_study(city, TOY_PROFILES[profile], budget, need, edits)


@settings(max_examples=30)
@given(
    edits=st.lists(EDIT | STREETS, max_size=5),
    profile=st.sampled_from(sorted(TOY_PROFILES)),
    need=NEEDS,
)
def test_edits_of_streets_and_stations_give_the_figures_of_the_changed_city(
    city, edits, profile, need
):
    edits = possible(city, edits)
    same_as_study(city, TOY_PROFILES[profile], FOUR, need, edits)


@settings(max_examples=40)
@given(edits=st.lists(EDIT, max_size=6), need=NEEDS, budget=BUDGETS)
def test_edits_that_are_undone_give_the_first_figures(city, edits, need, budget):
    """Taken from the list one by one, or answered by their inverses: the first figures again."""
    edits = possible(city, edits)
    board = whatif.board(city, WALK, budget, need)
    on_the_way = [board.after(edits[:n]) for n in range(len(edits) + 1)]
    for n, told in reversed(list(enumerate(on_the_way))):
        assert board.after(edits[:n]).people == told.people
        pd.testing.assert_frame_equal(board.after(edits[:n]).cells, told.cells)
    taken_back = board.after([*edits, *scenario.undo(city, edits)])
    assert taken_back.people == board.people
    assert (taken_back.gained, taken_back.lost, len(taken_back.cells)) == (0.0, 0.0, 0)


def test_many_threads_may_ask_one_board(city):
    """Each has its own edits, and each gets the answer that it gets alone."""
    board = whatif.board(city, TOY_PROFILES["ebike"], FOUR)
    asked = [[MoveStation("s0", at(10.0 * k, 300))] for k in range(40)]
    alone = [board.after(edits) for edits in asked]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(board.after, asked * 5))
    for one, other in zip(alone * 5, together, strict=True):
        assert (one.people, one.gained, one.lost) == (other.people, other.gained, other.lost)
        assert np.array_equal(one.rows, other.rows)


@pytest.mark.parametrize("profile", TOY_PROFILES)
def test_without_compiled_kernels_the_outcome_is_the_same(city, profile, monkeypatch):
    edits = [MoveStation("s0", at(200, 300)), CloseStation("s1"), OpenSite("n", at(90, 400), "n")]
    question = (city, TOY_PROFILES[profile], Budget(minutes=5))
    compiled = whatif.Board(*question).after(edits)
    monkeypatch.setattr(meetings, "COMPILED", False)
    monkeypatch.setattr(reach, "COMPILED", False)
    plain = whatif.Board(*question).after(edits)
    assert (plain.people, plain.gained, plain.lost) == (
        compiled.people,
        compiled.gained,
        compiled.lost,
    )
    pd.testing.assert_frame_equal(plain.cells, compiled.cells)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_city_from_files_gives_the_figures_of_its_studies(tiny_home, monkeypatch, profile):
    monkeypatch.setenv("YIZHAN_HOME", str(tiny_home))
    data = workspace.load("tiny")
    rng = np.random.default_rng(42)
    west, south, east, north = data.city.view
    own = data.stations["id"].tolist()
    for need in (Need(), Need(at=datetime(2026, 11, 20, 22, 30))):
        for number in range(4):
            spots = [Position(*rng.uniform((west, south), (east, north))) for _ in range(3)]
            edits = possible(
                data,
                [
                    OpenSite("n", spots[0], "n", opening_hours="24/7"),
                    MoveStation(own[number % len(own)], spots[1]),
                    SetHours(own[-1], "24/7"),
                    CloseStation(own[0]),
                    MoveStation("n", spots[2]),
                ],
            )
            same_as_study(data, PROFILES[profile], Budget(minutes=5), need, edits)
