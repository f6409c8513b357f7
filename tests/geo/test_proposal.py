"""What is proposed on the toy city of ``toy.py``, counted by hand, by brute force and anew."""

from __future__ import annotations

import itertools
import json
import math
from datetime import datetime

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import scenario, study, workspace
from geo.crs import unproject
from geo.errors import OptionError
from geo.model import PROFILES, Budget, Need
from geo.proposal import Proposal, candidates, demand, plan, promise, propose, verify
from geo.proposal.actions import Costs
from geo.proposal.choosing import BY_TIME, Goal
from geo.proposal.measure import Measured
from geo.reach import UNREACHED
from geo.scenario.changes import AddServices, CloseStation, OpenSite, SetHours
from geo.sources.candidates import read_candidates
from geo.sources.stations import read_stations
from tests.geo.toy import CRS, TOY_PROFILES, xy
from tests.geo.toy_city import toy_city

WALK = TOY_PROFILES["walk"]
FIVE = Budget(minutes=5)
ANY = Need()
FRIDAY_LATE = datetime(2026, 11, 20, 22, 30)


def listed(data, *rows: tuple[float, float, dict]) -> candidates.Candidates:
    """Return sites ``(x, y, {column: value})`` at toy metres, named by letters from A."""
    at = xy(*((x, y) for x, y, _ in rows))
    lon, lat = unproject(at[:, 0], at[:, 1], CRS)
    names = [chr(ord("A") + k) for k in range(len(rows))]
    blank = {"services": "", "opening_hours": "", "capacity": math.nan, "cost": math.nan}
    table = [
        {"id": name, "name": name} | blank | own
        for name, (*_, own) in zip(names, rows, strict=True)
    ]
    found = gpd.GeoDataFrame(table, geometry=shapely.points(lon, lat), crs="EPSG:4326")
    return candidates.listed(data, WALK, found, "a list")


def chosen(found: Proposal) -> dict[str, tuple[str, float]]:
    """Return the plan as {id: (kind, gained)}."""
    rows = found.plan[["id", "kind", "gained"]].itertuples(index=False)
    return {own: (kind, gained) for own, kind, gained in rows}


# One station at (0, 0), 300 s. Places and their seconds to the sites:
#                     A (400, 200)   B (500, 500)   C (500, 350)
#   (400, 200)  10         0         400 by tunnel  250: 50 + 100 tunnel + 100
#   (400, 500)  20       500         100            250: 50 + 100 + 100 by V4's cycleway
#   (500, 500)   5       500           0            150
#   (0, 200)     7    covered already, 200 s from the station
PEOPLE = [(400, 200, 10.0), (400, 500, 20.0), (500, 500, 5.0), (0, 200, 7.0)]


@pytest.fixture(scope="module")
def city():
    return toy_city([(0, 0)], PEOPLE)


@pytest.fixture(scope="module")
def sites(city):
    return listed(
        city, (400, 200, {"cost": 1.0}), (500, 500, {"cost": 2.0}), (500, 350, {"cost": 4.0})
    )


@pytest.mark.parametrize(
    ("goal", "wanted", "cost"),
    [
        (Goal("mclp", sites=1), {"C": 35.0}, 4),
        (Goal("mclp", budget=1.0), {"A": 10.0}, 1),
        (Goal("mclp", budget=2.0), {"B": 25.0}, 2),
        # A and B gain what C gains, and cost 3; B gains 12.5 a unit, A 10.
        (Goal("mclp", budget=3.0), {"B": 25.0, "A": 10.0}, 3),
        (Goal("mclp", budget=99.0), {"B": 25.0, "A": 10.0}, 3),
        # 7 + 35 of 42 is all; 7 + 25 of 42 is 76.2 %, 7 + 10 is 40.5 %.
        (Goal("lscp", target=1.0), {"B": 25.0, "A": 10.0}, 3),
        (Goal("lscp", target=0.76), {"B": 25.0}, 2),
        (Goal("lscp", target=0.40), {"A": 10.0}, 1),
    ],
)
def test_the_plan_is_the_one_counted_by_hand(city, sites, goal, wanted, cost):
    found = propose(city, WALK, FIVE, ANY, goal, sites)
    gained = {own: gain for own, (_, gain) in chosen(found).items()}
    if goal.budget == 99.0:  # money enough for everything: only what it gains is certain
        assert sum(gained.values()) == 35.0
    else:
        assert gained == wanted
        assert found.plan["cost"].sum() == cost
    assert found.outcome.proven
    assert (found.covered_before, found.covered) == (7.0, 7.0 + sum(wanted.values()))
    assert verify(found).kept
    assert found.plan["covered"].iloc[-1] == found.covered
    assert found.plan["share"].iloc[-1] == pytest.approx(found.covered / 42.0)


def test_of_plans_as_cheap_one_that_reaches_more_is_proposed(city):
    """40 % of 42 are 16.8, of which 7 are covered: A, B and C each suffice, C reaches all 35."""
    alike = {"cost": 2.0}
    sites = listed(city, (400, 200, alike), (500, 500, alike), (500, 350, alike))
    found = propose(city, WALK, FIVE, ANY, Goal("lscp", target=0.40), sites)
    assert chosen(found) == {"C": ("open", 35.0)}
    assert (found.outcome.objective.after, found.outcome.gap) == (2.0, 0.0)
    assert found.outcome.proven
    assert verify(found).kept


def test_times_count_in_the_other_two_models(city, sites):
    """Now the seconds are: (400, 200) 600, (400, 500) 900, (500, 500) 1,000, (0, 200) 200.

    With A they are 0, 500, 500, 200; with B 400, 100, 0, 200; with C 250, 250, 150, 200 (as above).
    Times people: A 0 + 10,000 + 2,500 + 1,400, B 4,000 + 2,000 + 0 + 1,400 = 7,400, C 2,500 +
    5,000 + 750 + 1,400. The longest: A 500, B 400, C 250.
    """
    median = propose(city, WALK, FIVE, ANY, Goal("p-median", sites=1), sites)
    assert list(chosen(median)) == ["B"]
    sought = median.outcome.objective
    assert sought.name == "mean_s"
    assert sought.before == pytest.approx((6_000 + 18_000 + 5_000 + 1_400) / 42, abs=0.01)
    assert sought.after == sought.bound == pytest.approx(7_400 / 42, abs=0.01)
    assert verify(median).kept
    center = propose(city, WALK, FIVE, ANY, Goal("p-center", sites=1), sites)
    assert list(chosen(center)) == ["C"]
    sought = center.outcome.objective
    assert (sought.name, sought.before) == ("longest_s", pytest.approx(1_000, abs=0.01))
    assert sought.after == sought.bound == pytest.approx(250, abs=0.01)
    assert verify(center).kept


def test_the_facts_tell_the_plan_and_its_proof(city, sites):
    found = propose(city, WALK, FIVE, ANY, Goal("mclp", sites=1), sites)
    told = plan.facts(found, verify(found))
    json.dumps(told, allow_nan=False)
    share = pytest.approx(7 / 42)
    assert told["before"] == {"covered": 7.0, "judged": 42.0, "whole": 42.0, "share": share}
    assert told["promised"]["gained"] == told["recomputed"]["gained"] == 35.0
    assert told["promised"]["share"] == 1.0
    assert told["recomputed"]["kept"] is True
    assert told["uncoverable"] == {"places": 0, "weight": 0.0, "share": 0.0, "causes": {}}
    assert told["reason"] is None
    action = told["actions"][0]
    assert (action["id"], action["kind"], action["rank"], action["cost"]) == ("C", "open", 1, 4.0)
    # 300 m in a line reach none of them: the nearest, (400, 200), is 447 m away.
    assert action["mends"] == {"beyond_reach": 35.0}
    assert list(plan.layer(found).columns[:3]) == ["rank", "kind", "id"]


# Friday 22:30, water and charging needed, 300 s on foot.
#   s0 (0, 0)     water;charging, until 18:00     → longer hours
#   s1 (500, 0)   water, always                   → a service
#   s2 (0, 500)   rest, until 18:00               → both services and hours
#   s3 (500, 500) water;charging, hours unknown   → ask
#   s4 (200, 500) water;charging, until 22:33     → serves places up to 180 s away, less a ms
OFFERS = ["water;charging", "water", "rest", "water;charging", "water;charging"]
HOURS = ["08:00-18:00", "24/7", "08:00-18:00", "", "08:00-22:33"]
SPOTS = [(0, 0), (500, 0), (0, 500), (500, 500), (200, 500)]
BOTH = Need(("water", "charging"), FRIDAY_LATE)
# Seconds: (0, 100) to s0 100. (500, 100) to s1 100. (0, 450) to s2 50, to s4 250: too late there.
# (500, 450) to s3 50. (100, 500) to s4 100: covered.
LATE = [(0, 100, 1.0), (500, 100, 2.0), (0, 450, 4.0), (500, 450, 8.0), (100, 500, 16.0)]


@pytest.fixture(scope="module")
def late():
    return toy_city(SPOTS, LATE, services=OFFERS, hours=HOURS)


def none(data) -> candidates.Candidates:
    return candidates.given(data, WALK, [])


def test_stations_may_offer_more_or_be_open_longer(late):
    """(0, 450) is 50 s from s2, which lacks services and is closed, and 250 s from s4."""
    found = propose(late, WALK, FIVE, BOTH, Goal("mclp", sites=9), none(late))
    assert chosen(found)["s0"] == ("hours", 1.0)
    assert chosen(found)["s1"] == ("service", 2.0)
    assert sum(gain for _, gain in chosen(found).values()) == 7.0
    assert found.covered_before == 16.0
    assert verify(found).kept
    # Cheapest for 1 + 2 + 4: hours of s0 and s4, 3 each, a service of s1, 2; not 2 × 2 + 3 for s2.
    cheap = propose(late, WALK, FIVE, BOTH, Goal("lscp", target=23 / 31), none(late))
    assert {own: kind for own, (kind, _) in chosen(cheap).items()} == {
        "s0": "hours", "s1": "service", "s4": "hours"
    }  # fmt: skip
    assert cheap.plan["cost"].sum() == 8.0
    assert cheap.outcome.proven
    assert verify(cheap).kept


def test_both_at_once_are_one_action(late):
    """Without s4, only s2 is near (0, 450): two services at 2 and hours at 3 cost 7."""
    shut = scenario.apply(late, [CloseStation("s4")])
    found = propose(shut, WALK, FIVE, BOTH, Goal("mclp", budget=100.0), none(shut))
    rows = found.plan.set_index("id")
    assert (rows["kind"]["s2"], rows["cost"]["s2"]) == ("service+hours", 7.0)
    assert (rows["added"]["s2"], rows["opening_hours"]["s2"]) == ("water;charging", "24/7")
    assert set(found.changes) == {
        SetHours("s0", "24/7"),
        AddServices("s1", ("charging",)),
        AddServices("s2", ("water", "charging")),
        SetHours("s2", "24/7"),
    }
    assert verify(found).kept


def test_unknown_hours_are_to_be_asked_for_not_paid_for(late):
    found = propose(late, WALK, FIVE, BOTH, Goal("mclp", budget=100.0), none(late))
    assert "s3" not in chosen(found)
    told = plan.facts(found, verify(found))
    assert told["to_verify"] == {
        "count": 1,
        "stations": [{"id": "s3", "name": "Station 3", "gained": 8.0}],
    }
    # Nothing else reaches (500, 450): it is listed, with its cause.
    assert told["uncoverable"]["weight"] == 8.0
    assert list(told["uncoverable"]["causes"]) == ["unknown_hours"]


def test_a_site_of_its_own_offers_and_hours_pays_only_for_what_it_lacks(late):
    """A has nothing of its own: it opens with all, for 10. B has water until 18:00: 10 + 2 + 3."""
    spots = listed(
        late,
        (500, 450, {}),
        (500, 450, {"services": "water", "opening_hours": "08:00-18:00"}),
        (500, 450, {"services": "water", "cost": 1.0}),
    )
    found = propose(late, WALK, FIVE, BOTH, Goal("lscp", target=1.0), spots)
    # C costs 1 and a service, 3 in all.
    assert chosen(found)["C"] == ("open+service", 8.0)
    assert found.plan.set_index("id")["cost"]["C"] == 3.0
    kinds = found.possible.table.assign(
        id=found.possible.spots["id"].to_numpy()[found.possible.table["spot"]]
    )
    prices = {(row.id, row.kind): row.cost for row in kinds.itertuples() if row.id in "ABC"}
    assert prices == {
        ("A", "open"): 10.0,
        ("B", "open+service+hours"): 15.0,
        ("C", "open+service"): 3.0,
    }
    assert verify(found).kept


def test_longer_hours_may_be_named(late):
    """Until 22:35 the station serves who comes in 299.999 s, not who comes after 300: (300, 0)."""
    data = toy_city([(0, 0)], [(200, 0, 2.0), (300, 0, 1.0)], hours=["08:00-18:00"])
    asked = (WALK, FIVE, Need((), FRIDAY_LATE), Goal("mclp", sites=9))
    found = propose(data, *asked, none(data), longer="20:00-22:35")
    assert found.changes == (SetHours("s0", "20:00-22:35"),)
    assert found.outcome.gained == 2.0
    assert verify(found).kept
    always = propose(data, *asked, none(data))
    assert always.outcome.gained == 3.0
    assert verify(always).kept
    with pytest.raises(OptionError, match="cannot be read"):
        propose(late, WALK, FIVE, BOTH, Goal("mclp", sites=9), none(late), longer="at dusk")


def test_everything_that_ends_early_says_why(city, sites):
    def reason(data, goal, spots, need=ANY, budget=FIVE):
        found = propose(data, WALK, budget, need, goal, spots)
        told = plan.facts(found, verify(found))
        json.dumps(told, allow_nan=False)
        assert told["actions"] == [] or not told["reached"]
        return told["reason"]

    assert "costs 1" in reason(city, Goal("mclp", budget=0.0), sites)
    assert "no candidate is usable" in reason(city, Goal("mclp", sites=2), none(city))
    first = toy_city([], PEOPLE)
    shut = listed(first, (400, 200, {}))
    night = Need((), FRIDAY_LATE)
    day = propose(first, WALK, FIVE, night, Goal("mclp", sites=2), shut, longer="08:00-18:00")
    assert "no candidate would be open" in day.reason
    far = listed(city, (800, 150, {}))
    assert "reaches anybody" in reason(city, Goal("mclp", sites=2), far)
    only = listed(city, (400, 200, {}))
    # 7 + 10 of 42.
    assert "at most 40.48%" in reason(city, Goal("lscp", target=0.9), only)
    assert "16.67% are covered" in reason(city, Goal("lscp", target=0.1), sites)
    every = toy_city([(0, 0)], [(0, 100, 3.0)])
    assert "covered already" in reason(every, Goal("mclp", sites=2), listed(every, (0, 0, {})))
    nobody = toy_city([(0, 0)], [])
    assert "nobody" in reason(nobody, Goal("mclp", sites=2), listed(nobody, (0, 0, {})))


def test_the_longest_time_says_whom_it_leaves_out():
    """(300, −260) has no street within 250 m: its 70 people come nowhere, whatever is done."""
    data = toy_city([(0, 0)], [(300, -260, 70.0), (400, 0, 2.0)])
    asked = WALK, FIVE, ANY, Goal("p-center", sites=1), listed(data, (300, 0, {}))
    found = propose(data, *asked)
    told = plan.facts(found, verify(found))
    assert any("minutes: 70" in line for line in told["assumptions"])
    assert (told["objective"]["before"], told["objective"]["after"]) == (400.0, 100.0)


def test_a_target_out_of_reach_still_brings_the_most_that_can_be_had(city):
    found = propose(city, WALK, FIVE, ANY, Goal("lscp", target=0.9), listed(city, (400, 200, {})))
    assert not found.outcome.reached
    assert chosen(found) == {"A": ("open", 10.0)}
    assert verify(found).kept


def test_a_city_without_stations_gets_its_first():
    data = toy_city([], PEOPLE)
    found = propose(data, WALK, FIVE, ANY, Goal("mclp", sites=1), listed(data, (500, 350, {})))
    assert chosen(found) == {"A": ("open", 35.0)}
    assert verify(found).kept


def test_people_beyond_judgement_and_streets_are_not_promised_anything():
    """(300, −260) has no street within 250 m; (300, −600) is 600 m from all of them."""
    data = toy_city([(0, 0)], [(300, -260, 70.0), (400, 0, 2.0)], outside=[(300, -600, 80.0)])
    found = propose(data, WALK, FIVE, ANY, Goal("mclp", sites=1), listed(data, (300, 0, {})))
    assert found.outcome.gained == 2.0
    told = plan.uncoverable(found)
    assert told["weight"] == 70.0
    assert told["causes"] == {"no_street": {"places": 1, "weight": 70.0}}
    assert verify(found).kept


def test_ground_stands_for_people_where_nobody_is_known():
    """Points stand every 50 m: 2,500 m² each. The gain is a multiple of that, and recomputed."""
    data = toy_city([(0, 0)], None)
    found = propose(data, WALK, FIVE, ANY, Goal("mclp", sites=2), 20)
    assert found.demand.measure == "m2"
    assert set(found.demand.weight) == {2_500.0}
    assert found.outcome.gained > 0
    assert found.outcome.gained % 2_500.0 == 0
    assert verify(found).kept
    told = plan.facts(found, verify(found))
    assert any("50 m" in line for line in told["assumptions"])


@pytest.mark.parametrize(
    ("need", "goal"),
    [
        (ANY, Goal("mclp", sites=3)),
        (ANY, Goal("p-median", sites=2)),
        (Need(("toilet",), datetime(2026, 11, 20, 22, 30)), Goal("lscp", target=0.9)),
    ],
    ids=str,
)
def test_ground_is_promised_in_the_figure_of_the_headline(need, goal):
    """Points of 2,500 m² choose; before, promise and proof are the drawn m² of three studies."""
    data = toy_city([(0, 0)], None)
    found = propose(data, WALK, FIVE, need, goal, 20)
    verdict = verify(found)
    told = plan.facts(found, verdict)
    now, after = (each.to_json({})["area_m2"] for each in (found.before, verdict.after))
    assert told["before"]["covered"] == now["covered"]
    assert told["promised"]["covered"] == told["recomputed"]["covered"] == after["covered"]
    headline = "share_of_judged" if now["judged"] < 0.98 * now["total"] else "share"
    assert told["before"]["share"] == now[headline]
    assert told["promised"]["share"] == told["actions"][-1]["share"] == after[headline]
    assert told["recomputed"]["kept"] and told["recomputed"]["gained"] > 0
    # Each row is what a study with the rows up to it draws.
    for count, row in enumerate(told["actions"], start=1):
        changes = [c for k in found.outcome.actions[:count] for c in found.possible.changes(k)]
        part = study.run(scenario.apply(data, changes), WALK, FIVE, need)
        assert row["covered"] == pytest.approx(part.to_json({})["area_m2"]["covered"], rel=1e-9)
    assert sum(row["gained"] for row in told["actions"]) == pytest.approx(
        told["promised"]["gained"], rel=1e-9
    )


def test_a_target_that_points_meet_and_the_drawn_circle_does_not_is_told():
    goal, ground = Goal("lscp", target=0.79), {"total": 110.0, "judged": 100.0}
    assert "79.00% is met by points" in promise._drawn_short(goal, Measured((10, 78.9), **ground))
    assert promise._drawn_short(goal, Measured((10, 79.0), **ground)) == ""
    assert promise._drawn_short(Goal("mclp", sites=1), Measured((10, 78.9), **ground)) == ""


def test_shares_are_of_the_same_whole_as_the_headline():
    """1 of 200 people is beyond judgement: headlines speak of all; of 100 in 200, of the others."""
    for outside, whole in ((1.0, 200.0), (100.0, 100.0)):
        people = [(0, 200, 60.0), (500, 500, 140.0 - outside)]
        data = toy_city([(0, 0)], people, outside=[(300, -600, outside)])
        found = propose(data, WALK, FIVE, ANY, Goal("mclp", sites=1), listed(data, (500, 500, {})))
        told = plan.facts(found, verify(found))
        assert told["before"]["whole"] == whole
        assert told["before"]["share"] == 60.0 / whole
        assert told["actions"][-1]["share"] == told["recomputed"]["share"]


def test_street_junctions_are_the_candidates_when_there_is_no_list(city):
    found = propose(city, WALK, FIVE, ANY, Goal("lscp", target=1.0), 50)
    assert found.sites.origin.startswith("street junctions")
    assert found.covered == 42.0
    assert verify(found).kept
    assert all(isinstance(change, OpenSite) for change in found.changes)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"model": "p-medium"}, "p-median"),
        ({"model": "mclp"}, "how far to go"),
        ({"model": "mclp", "target": 0.5}, "takes budget or sites"),
        ({"model": "lscp", "budget": 5.0}, "takes target"),
        ({"model": "mclp", "budget": 5.0, "sites": 2}, "not budget and sites"),
        ({"model": "mclp", "budget": -1.0}, "≥ 0"),
        ({"model": "mclp", "budget": math.nan}, "≥ 0"),
        ({"model": "mclp", "budget": math.inf}, "≥ 0"),
        ({"model": "mclp", "sites": 0}, "1 or more"),
        ({"model": "lscp", "target": 0.0}, "up to 1"),
        ({"model": "lscp", "target": 85.0}, "up to 1"),
    ],
)
def test_a_goal_that_cannot_be_meant_is_refused(options, words):
    with pytest.raises(OptionError, match=words):
        Goal(**options)


def test_a_target_alone_means_the_cheapest_plan_for_it():
    assert Goal.of(None, None, None, 0.9).model == "lscp"
    assert Goal.of(None, 5.0, None, None).model == "mclp"


@pytest.mark.parametrize(
    "text",
    ["open", "open=", "open=x", "roof=3", "open=-1", "open=inf", "open=1e308", "open=1,open=2"],
)
def test_costs_that_cannot_be_meant_are_refused(text):
    with pytest.raises(OptionError, match="cost"):
        Costs.of(text)


def test_costs_are_read_and_keep_their_defaults():
    assert Costs.of("open=7, hours=0.5") == Costs(open=7.0, service=2.0, hours=0.5, enlarge=1.0)
    assert Costs.of(None) == Costs.of("") == Costs()


# --- brute force and laws ---------------------------------------------------------------------

JUNCTIONS = [(100.0 * i, 100.0 * j) for i in range(6) for j in range(6)]
PLACES = st.tuples(
    st.floats(-40, 540), st.floats(-40, 540), st.integers(1, 5_000).map(lambda n: n / 1024)
)
STATIONS = st.tuples(
    st.sampled_from(JUNCTIONS),
    st.sampled_from(["", "water", "charging", "water;charging"]),
    st.sampled_from(["", "24/7", "08:00-18:00", "08:00-22:33", "22:32-23:59"]),
)
NEEDS = st.sampled_from([ANY, Need(("water",)), Need((), FRIDAY_LATE), BOTH])


@st.composite
def questions(draw, most_sites: int):
    """Return a random city, its candidates and a need."""
    posts = draw(st.lists(STATIONS, max_size=3))
    people = draw(st.lists(PLACES, min_size=1, max_size=12))
    data = toy_city(
        [spot for spot, *_ in posts],
        people,
        services=[services for _, services, _ in posts],
        hours=[hours for *_, hours in posts],
    )
    rows = draw(st.lists(STATIONS, min_size=1, max_size=most_sites))
    spots = listed(
        data,
        *((x, y, {"services": offer, "opening_hours": hours}) for (x, y), offer, hours in rows),
    )
    return data, spots, draw(NEEDS)


def covered_by(data, need, changes) -> frozenset[int]:
    """Return the places that a study of the changed city calls covered."""
    after = study.run(scenario.apply(data, changes), WALK, FIVE, need)
    return frozenset(np.flatnonzero(demand.of_study(after).covered).tolist())


@settings(max_examples=25, deadline=None)
@given(question=questions(4), sites=st.integers(1, 3), budget=st.integers(0, 30))
def test_no_choice_of_actions_gains_more(question, sites, budget):
    """Every subset of at most ten actions is tried, each action studied by itself."""
    data, spots, need = question
    by_count = propose(data, WALK, FIVE, need, Goal("mclp", sites=sites), spots)
    by_cost = propose(data, WALK, FIVE, need, Goal("mclp", budget=float(budget)), spots)
    table, weight = by_count.possible.table, by_count.demand.weight
    before = covered_by(data, need, [])
    alone = [
        covered_by(data, need, by_count.possible.changes(k)) - before for k in range(len(table))
    ]
    useful = [k for k, places in enumerate(alone) if places][:10]
    best = {"count": 0.0, "cost": 0.0}
    for size in range(len(useful) + 1):
        for subset in itertools.combinations(useful, size):
            if table["spot"].iloc[list(subset)].duplicated().any():
                continue
            gain = math.fsum(weight[sorted(frozenset().union(*(alone[k] for k in subset)))])
            if size <= sites:
                best["count"] = max(best["count"], gain)
            if table["cost"].iloc[list(subset)].sum() <= budget:
                best["cost"] = max(best["cost"], gain)
    if len(useful) < 10:
        for found, most in ((by_count, best["count"]), (by_cost, best["cost"])):
            assert found.outcome.objective.bound >= found.covered_before + most - 1e-9
            assert found.outcome.gained <= most
            assert found.outcome.proven
            assert found.outcome.gained == most


@settings(max_examples=25, deadline=None)
@given(question=questions(4), sites=st.integers(1, 3), model=st.sampled_from(BY_TIME))
def test_no_choice_of_actions_makes_ways_shorter(question, sites, model):
    """Every subset is tried, each action studied by itself; beyond the horizon is no way at all."""
    data, spots, need = question
    found = propose(data, WALK, FIVE, need, Goal(model, sites=sites), spots)
    table, weight, horizon = found.possible.table, found.demand.weight, found.offers.horizon_ms

    def times(changes):
        after = study.run(scenario.apply(data, changes), WALK, FIVE, need)
        return np.where(after.times.units.time_ms > horizon, UNREACHED, after.times.units.time_ms)

    now = times([])
    alone = [times(found.possible.changes(k)) for k in range(len(table))]
    counted = np.min([now, *alone], axis=0) < UNREACHED

    def sought(subset):
        after = np.min([now, *(alone[k] for k in subset)], axis=0)
        if model == "p-median":
            return (weight * np.minimum(after, horizon)).sum() / weight.sum() / 1000
        return after[counted].max(initial=0) / 1000

    best = min(
        sought(subset)
        for size in range(min(sites, len(table)) + 1)
        for subset in itertools.combinations(range(len(table)), size)
        if not table["spot"].iloc[list(subset)].duplicated().any()
    )
    after = found.outcome.objective.after
    if model == "p-center" and (not counted.any() or best == UNREACHED / 1000):
        assert after is None
    else:
        assert after == pytest.approx(best, rel=1e-9)
        assert found.outcome.objective.bound == pytest.approx(best, rel=1e-5)
    assert verify(found).kept


@settings(max_examples=50, deadline=None)
@given(
    question=questions(8),
    goal=st.one_of(
        st.integers(1, 4).map(lambda n: Goal("mclp", sites=n)),
        st.integers(0, 60).map(lambda n: Goal("mclp", budget=float(n))),
        st.floats(0.05, 1.0).map(lambda share: Goal("lscp", target=share)),
        st.integers(1, 4).map(lambda n: Goal("p-median", sites=n)),
        st.integers(0, 60).map(lambda n: Goal("p-center", budget=float(n))),
    ),
)
def test_a_promise_is_kept_to_the_last_person(question, goal):
    data, spots, need = question
    found = propose(data, WALK, FIVE, need, goal, spots)
    verdict = verify(found)
    assert (verdict.gained, verdict.lost) == (found.outcome.gained, 0.0)
    assert verdict.kept
    assert not found.possible.table["spot"].iloc[list(found.outcome.actions)].duplicated().any()
    if goal.budget is not None:
        assert found.plan["cost"].sum() <= goal.budget
    if goal.sites is not None:
        assert len(found.plan) <= goal.sites
    if goal.target is not None and found.outcome.reached:
        judged = found.demand.total(found.demand.judged)
        assert found.covered >= goal.target * judged * (1 - 1e-9)
    json.dumps(plan.facts(found, verdict), allow_nan=False)


# --- real cities --------------------------------------------------------------------------------

HAIDIAN = "beijing/haidian.osm.pbf"


@pytest.fixture(scope="module")
def real(real_home, real_data):
    """Return Haidian (people; its banks are closed, its post offices not) and Nanshan (nobody)."""
    banks, _ = read_stations("osm:amenity=bank", osm_paths=[real_data / HAIDIAN])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(real_home))
        haidian = workspace.load("haidian")
        closed = [CloseStation(key) for key in haidian.stations["id"] if key in set(banks["id"])]
        assert 0 < len(closed) < len(haidian.stations)
        yield {"haidian": scenario.apply(haidian, closed), "nanshan": workspace.load("nanshan")}


@pytest.mark.parametrize(
    "goal", [Goal("mclp", sites=5), Goal("lscp", target=0.3), Goal("p-median", sites=5)], ids=str
)
def test_banks_of_a_real_city_keep_their_promise(real, real_data, goal):
    """The file has twenty banks; five of them gain as many people as the solver can prove."""
    data = real["haidian"]
    found, _ = read_candidates(real_data / HAIDIAN, where={"amenity": ["bank"]})
    sites = candidates.listed(data, PROFILES["walk"], found, "banks")
    assert len(sites) + len(sites.left_out) == 20
    result = propose(data, PROFILES["walk"], Budget(minutes=15), ANY, goal, sites)
    assert len(result.plan) > 0
    assert result.outcome.gained > 0
    assert result.outcome.proven
    assert verify(result).kept


def test_ground_of_a_real_city_keeps_its_promise(real):
    data = real["nanshan"]
    result = propose(data, PROFILES["ebike"], Budget(minutes=5), ANY, Goal("mclp", sites=3), 200)
    assert result.demand.measure == "m2"
    assert result.outcome.gained > 0
    assert verify(result).kept
