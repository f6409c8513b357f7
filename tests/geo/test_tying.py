"""An import ties each kind of place by itself as a finder of its own ties it, set by set."""

from __future__ import annotations

import numpy as np
import pytest

from geo import ground
from geo.barriers import BarrierIndex
from geo.model import JUDGED_WITHIN_M
from geo.progress import silent
from geo.tying import tie
from tests.geo.toy import CRS, toy
from tests.geo.toy_city import toy_city

PEOPLE = [(400, 200, 10.0), (300, -260, 70.0), (40, 250, 2.0), (10, 90, 1.0)]


@pytest.mark.parametrize("barriers", [True, False])
def test_the_toy_city_is_tied_as_an_import_ties_it(barriers):
    """All of its cities share one table of pixels, and their places are linked by its finders."""
    city = toy_city([(0, 0), (520, 450), (100, 240)], PEOPLE, barriers=barriers)
    pixels, units, stations = tie(
        ground.zone(toy().edges, JUDGED_WITHIN_M, CRS),
        city.ground,
        city.units,
        city.stations,
        city.network,
        BarrierIndex(city.barriers) if barriers else None,
        silent,
    )
    assert pixels.grid == city.pixels.grid
    assert np.array_equal(pixels.index, city.pixels.index)
    assert np.array_equal(pixels.cell, city.pixels.cell)
    for part in ("edge", "offset_m", "leg_m"):
        mine, theirs = getattr(pixels, part), getattr(city.pixels, part)
        assert mine and mine.keys() == theirs.keys()
        for name in mine:
            np.testing.assert_array_equal(mine[name], theirs[name])  # not a number = no access
    for mine, theirs in ((units, city.unit_links), (stations, city.station_links)):
        assert mine and mine.keys() == theirs.keys()
        for name in mine:
            for part in ("edge", "offset_m", "leg_m", "xy"):
                np.testing.assert_array_equal(
                    getattr(mine[name], part), getattr(theirs[name], part)
                )
