"""Draw the map of a brief: what is served is calm, what is not served speaks.

From the ground up: cells by covered share, gaps hatched, water, streets, the edge of the circles,
stations by tier, names. The window shows where the city's streets are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo.city import CityData
from geo.crs import project
from geo.report import ground, names, signs, style
from geo.report.outlines import Window
from geo.report.sheet import Sheet
from geo.report.telling import Told
from geo.study import Study

Floats = NDArray[np.float64]
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Chart:
    """Hold what a map shows: what is told of a study, the ground under it, what was changed.

    ``basemap`` holds frames in the city's metric CRS, of which ``streets``, ``water`` and
    ``landmarks`` are drawn where they are there. ``changed`` are ids of
    stations, ``ways`` the links and gates that are new. So many of the worst gaps carry numbers.
    """

    told: Told
    basemap: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    changed: Collection[str] = ()
    ways: gpd.GeoDataFrame | None = None
    numbered: int = 3

    @property
    def study(self) -> Study:
        """Return the study itself: the city, its stations and circles."""
        return self.told.study

    def draw(self, sheet: Sheet, box: tuple[float, float, float, float]) -> Window:
        """Draw the map into a box of a sheet (left, top, width, height in mm)."""
        window = Window.around(whole(self.study.data), box)
        paper = sheet.box(*box, fill=style.GROUND, radius=2.4, order=0.5)
        cells = self.study.data.cells
        ground.cells(sheet, window, paper, cells, share_of(self.told))
        ground.gaps(sheet, window, paper, self.told.gaps)
        ground.water(sheet, window, paper, self.basemap.get("water"))
        ground.streets(sheet, window, paper, self.basemap.get("streets"))
        ground.edges(sheet, window, paper, self.study.circles.geometry.to_numpy())
        ground.ways(sheet, window, paper, self.ways)
        stations = signs.Posts.of(self.study, window, self.changed)
        taken = stations.draw(sheet, stations.size(len(stations.at)))
        taken += signs.badges(sheet, window, self.told.gaps.iloc[: self.numbered])
        taken.append(signs.scale_bar(sheet, window))
        taken.append(signs.north(sheet, window))
        wanted = names.labels(cells, self.basemap.get("landmarks"), window)
        names.write(sheet, window, wanted, taken)
        sheet.box(*box, edge=style.LINE, line=0.8, radius=2.4, order=9.0)
        return window

    def legend(self) -> list[str]:
        """Return the signs that this map shows, to be told beside it."""
        study = self.study
        stations, serving = study.data.stations, np.zeros(len(study.data.stations), bool)
        serving[study.stations] = True
        own = self.told.gaps["class"].isin(ground.OF_STATION)
        tiers = set(stations["tier"][serving])
        return [
            *(["gap"] if (~own).any() else []),
            *(["offer"] if own.any() else []),
            *(["circle"] if len(study.circles) else []),
            *(tier for tier in ("centre", "station", "point") if tier in tiers),
            *(["idle"] if not serving.all() else []),
            *(["changed"] if stations["id"].isin(list(self.changed)).any() else []),
            *(["way"] if self.ways is not None and len(self.ways) else []),
        ]


def whole(data: CityData) -> Bounds:
    """Return the cells of a city where nearly all its streets are, metric, with a narrow rim."""
    city, cells = data.city, data.cells
    west, south, east, north = city.view
    lon, lat = np.array([west, east, west, east]), np.array([south, south, north, north])
    x, y = project(lon, lat, city.crs)
    bounds = np.array([x.min(), y.min(), x.max(), y.max()])
    if len(cells):
        around = cells.total_bounds
        both = np.append(np.maximum(bounds, around)[:2], np.minimum(bounds, around)[2:])
        bounds = both if (both[2:] > both[:2]).all() else bounds
    rim = 0.02 * float(np.max(bounds[2:] - bounds[:2]))
    west, south, east, north = bounds.tolist()
    return west - rim, south - rim, east + rim, north + rim


def share_of(told: Told) -> Floats:
    """Return what colours each cell: the covered share of people, of ground if unknown."""
    name = "ground_share" if told.study.data.units is None else "share"
    return told.cells[name].to_numpy(float)
