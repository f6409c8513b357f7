"""Draw the map of a brief: what is served is calm, what is not served speaks.

From the ground up: cells by covered share, gaps hatched, water, streets, the edge of the circles,
stations by tier, names. The window shows where the city's streets are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import project
from geo.report import style
from geo.report.outlines import Window, corners
from geo.report.sheet import Sheet
from geo.report.signs import mark, north, scale_bar
from geo.report.telling import Told
from geo.study import Study

#: A cell narrower than this on paper cannot be told from its neighbours, mm.
NARROWEST_CELL_MM = 2.6
#: More corners than these are drawn as dots, not as lines: the file stays small and quick to open.
MOST_CORNERS = 60_000
#: The thinnest streets are left out where so many would be drawn: they would be one grey.
MOST_EDGES = 25_000
#: More names than these are a list, not a map.
MOST_LABELS = 14
WIDEST_LABEL_MM = 36.0
#: Gaps by their causes that are the station's own, not the way's.
_OF_STATION = ("service_missing", "unknown_hours", "closed", "full")

Floats = NDArray[np.float64]


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
        window = Window.around(self._bounds(), box)
        paper = sheet.box(*box, fill=style.GROUND, radius=2.4, order=0.5)
        self._cells(sheet, window, paper)
        self._gaps(sheet, window, paper)
        self._water(sheet, window, paper)
        self._streets(sheet, window, paper)
        circles = window.lines(self.study.circles.geometry.to_numpy())
        if circles is not None:
            raster = corners(circles) > MOST_CORNERS
            sheet.area(circles, edge=style.CIRCLE, line=0.6, raster=raster, clip=paper, order=3.0)
        self._ways(sheet, window, paper)
        taken = self._stations(sheet, window, box)
        taken += self._badges(sheet, window)
        taken.append(scale_bar(sheet, window))
        taken.append(north(sheet, window))
        self._names(sheet, window, taken)
        sheet.box(*box, edge=style.LINE, line=0.8, radius=2.4, order=9.0)
        return window

    def legend(self) -> list[str]:
        """Return the signs that this map shows, to be told beside it."""
        study = self.study
        stations, serving = study.data.stations, np.zeros(len(study.data.stations), bool)
        serving[study.stations] = True
        own = self.told.gaps["class"].isin(_OF_STATION)
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

    def _bounds(self) -> tuple[float, float, float, float]:
        """Return the cells where nearly all streets are, metric, with a narrow rim."""
        city, cells = self.study.data.city, self.study.data.cells
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

    # --- ground --------------------------------------------------------------------------------

    def _cells(self, sheet: Sheet, window: Window, paper: Any) -> None:
        cells = self.study.data.cells
        rows, fine = self._level(window)
        shapes, share = cells.geometry.to_numpy()[rows], self._share()[rows]
        classes = np.clip(np.floor(np.nan_to_num(share, nan=-1) * 5), -1, 4)
        for number, colour in enumerate(style.SHARE):
            outline = window.areas(shapes[classes == number])
            if outline is not None:
                raster = corners(outline) > MOST_CORNERS
                sheet.area(outline, fill=colour, raster=raster, clip=paper, order=1.0)
        outline = window.lines(shapes) if fine else None
        if outline is not None:
            sheet.area(outline, edge=style.OUTLINE, line=0.3, clip=paper, order=1.6)

    def _share(self) -> Floats:
        """Return what colours each cell: the covered share of people, of ground if unknown."""
        name = "ground_share" if self.study.data.units is None else "share"
        return self.told.cells[name].to_numpy(float)

    def _level(self, window: Window) -> tuple[NDArray[np.int64], bool]:
        """Return the rows of the lowest level whose cells can be told apart, and whether they can.

        Where even the highest level is too fine, it is drawn without edges.
        """
        cells = self.study.data.cells
        levels = cells["level"].to_numpy()
        for level in sorted(set(levels.tolist()), reverse=True):
            rows = np.flatnonzero(levels == level)
            side_m = float(np.sqrt(np.median(cells.geometry.iloc[rows].area)))
            if side_m >= NARROWEST_CELL_MM * window.metres_per_mm:
                return rows, True
        return np.flatnonzero(levels == levels.min()) if len(levels) else np.empty(0, int), False

    def _gaps(self, sheet: Sheet, window: Window, paper: Any) -> None:
        gaps = self.told.gaps
        own = gaps["class"].isin(_OF_STATION).to_numpy()
        for mine, fill, hatch, lines in (
            (~own, style.GAP_FILL, style.GAP_HATCH, "/////"),
            (own, style.OFFER_FILL, style.OFFER_HATCH, "\\\\\\\\\\"),
        ):
            outline = window.areas(gaps.geometry.to_numpy()[mine])
            if outline is not None:
                raster = corners(outline) > MOST_CORNERS
                sheet.area(
                    outline,
                    fill=fill,
                    hatch=lines,
                    hatch_colour=hatch,
                    raster=raster,
                    clip=paper,
                    order=1.4,
                )

    def _water(self, sheet: Sheet, window: Window, paper: Any) -> None:
        water = self.basemap.get("water")
        outline = None if water is None else window.areas(water.geometry.to_numpy())
        if outline is not None:
            sheet.area(outline, fill=style.WATER, clip=paper, order=2.0)

    def _streets(self, sheet: Sheet, window: Window, paper: Any) -> None:
        streets = self.basemap.get("streets")
        if streets is None or streets.empty:
            return
        width = streets["highway"].map(style.STREET_WIDTHS).fillna(style.THINNEST_STREET).to_numpy()
        shapes = streets.geometry.to_numpy()
        west, south, east, north = window.ground
        seen = shapely.intersects(shapely.box(west, south, east, north), shapes)
        # Widths are those of a city 10 km wide; a whole region has thinner ones.
        thinner = float(np.clip(60.0 / window.metres_per_mm, 0.25, 1.0))
        for line in sorted(set(width.tolist())):
            mine = seen & (width == line)
            outline = window.lines(shapes[mine])
            if outline is None or (line < 0.8 and seen.sum() > MOST_EDGES):
                continue
            raster = corners(outline) > MOST_CORNERS
            if line > 1:
                sheet.area(
                    outline, edge=style.CASING, line=(line + 0.5) * thinner, raster=raster,
                    clip=paper, order=2.2,
                )  # fmt: skip
            sheet.area(
                outline, edge=style.PAPER, line=line * thinner, raster=raster, clip=paper,
                order=2.3 + line / 10,
            )  # fmt: skip

    def _ways(self, sheet: Sheet, window: Window, paper: Any) -> None:
        """Draw new links as lines, opened gates as rings, both in the colour of what is better."""
        if self.ways is None:
            return
        shapes = self.ways.geometry.to_numpy()
        points = shapely.get_dimensions(shapes) == 0
        outline = window.lines(shapes[~points])
        if outline is not None:
            sheet.area(outline, edge=style.PAPER, line=4.0, clip=paper, order=5.0)
            sheet.area(outline, edge=style.GOOD, line=2.4, clip=paper, order=5.1)
        at = shapely.get_coordinates(shapes[points])
        for x, y in window.on_paper(at[window.shows(at)]).tolist():
            sheet.box(x - 1.6, y - 1.6, 3.2, 3.2, fill=style.PAPER, edge=style.GOOD, line=1.6,
                      radius=1.6, order=5.2)  # fmt: skip

    # --- stations ------------------------------------------------------------------------------

    def _stations(
        self, sheet: Sheet, window: Window, box: tuple[float, float, float, float]
    ) -> list[shapely.Polygon]:
        """Draw the stations, those that serve last; return where centres stand, mm."""
        data = self.study.data
        at = window.on_paper(data.stations_xy)
        serving = np.zeros(len(at), bool)
        serving[self.study.stations] = True
        left, top, width, height = box
        x, y = at[:, 0], at[:, 1]
        inside = (x > left + 1) & (x < left + width - 1) & (y > top + 1) & (y < top + height - 1)
        tier = data.stations["tier"].to_numpy()
        changed = data.stations["id"].isin(list(self.changed)).to_numpy()
        # Many stations are drawn smaller, or they would hide the map.
        size = float(np.clip(2.4 * (60 / max(len(at), 1)) ** 0.2, 1.3, 2.4))
        taken = []
        for rows in (inside & ~serving, inside & serving):
            for name in ("point", "station", "centre"):
                for row in np.flatnonzero(rows & (tier == name)):
                    mark(
                        sheet, x[row], y[row], name, size,
                        serves=bool(serving[row]), changed=bool(changed[row]),
                    )  # fmt: skip
                    if name == "centre" or changed[row]:
                        taken.append(shapely.box(x[row] - 2, y[row] - 2, x[row] + 2, y[row] + 2))
        return taken

    def _badges(self, sheet: Sheet, window: Window) -> list[shapely.Polygon]:
        """Write the numbers of the worst gaps, and return where they stand."""
        taken = []
        for row in self.told.gaps.iloc[: self.numbered].itertuples():
            seen = shapely.clip_by_rect(row.geometry, *window.ground)
            if seen.is_empty:
                continue
            spot = shapely.get_coordinates(shapely.point_on_surface(seen))
            x, y = window.on_paper(spot)[0].tolist()
            sheet.box(x - 2.2, y - 2.2, 4.4, 4.4, fill=style.GAP_TEXT, edge=style.PAPER, line=0.8,
                      radius=2.2, order=7.0)  # fmt: skip
            sheet.text(x, y + 1.05, str(row.rank), 8, style.PAPER, bold=True, align="center",
                       order=7.2)  # fmt: skip
            taken.append(shapely.box(x - 2.4, y - 2.4, x + 2.4, y + 2.4))
        return taken

    # --- names ---------------------------------------------------------------------------------

    def _names(self, sheet: Sheet, window: Window, taken: list[shapely.Polygon]) -> None:
        """Write the names of the places, the largest first, wherever they do not collide."""
        frame = shapely.box(
            window.left + 1, window.top + 1, window.left + window.width - 1,
            window.top + window.height - 1,
        )  # fmt: skip
        written = 0
        for name, x, y, size in self._labels(window):
            name = sheet.fitted(sheet.clean(name, bold=True), size, WIDEST_LABEL_MM, bold=True)
            wide = sheet.advance(name, size, bold=True)
            high = size * 0.36
            for aside, down in ((0, 0), (0, -4), (0, 4), (-5, 0), (5, 0), (0, -8), (0, 8)):
                left, base = x + aside - wide / 2, y + down + high / 2
                room = shapely.box(left - 1, base - high - 0.8, left + wide + 1, base + 1)
                if frame.covers(room) and not any(room.intersects(other) for other in taken):
                    taken.append(room)
                    sheet.text(
                        left, base, name, size, style.INK, bold=True, halo=style.PAPER, order=8.0
                    )
                    written += 1
                    break
            if written >= MOST_LABELS:
                return

    def _labels(self, window: Window) -> list[tuple[str, float, float, float]]:
        """Return names, their places on paper and sizes: of cells with names, else of landmarks."""
        cells = self.study.data.cells
        named = named_top(cells)
        if len(named):
            named = named.iloc[np.argsort(-named.area.to_numpy(), kind="stable")[: MOST_LABELS * 2]]
            seen = shapely.clip_by_rect(named.geometry.to_numpy(), *window.ground)
            return _placed(window, named["name"].tolist(), seen, 9.0 if len(named) <= 8 else 7.5)
        marks = self.basemap.get("landmarks")
        if marks is None:
            return []
        marks = marks[marks["name"] != ""]
        kinds = ("city", "town", "suburb", "quarter", "village", "neighbourhood", "station")
        kind = pd.Categorical(marks["kind"], categories=kinds, ordered=True)
        marks = marks.assign(kind=kind).dropna(subset="kind").sort_values("kind", kind="stable")
        marks = marks.drop_duplicates("name").iloc[: MOST_LABELS * 3]
        return _placed(window, marks["name"].tolist(), marks.geometry.to_numpy(), 7.5)


def named_top(cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the cells of the highest level that have a name of their own."""
    own = (cells["name"] != "") & (cells["name"] != cells["code"])
    return cells[own & (cells["level"] == cells["level"].min())]


def _placed(
    window: Window, names: list[str], shapes: NDArray[Any], size: float
) -> list[tuple[str, float, float, float]]:
    keep = ~shapely.is_empty(shapes)
    at = window.on_paper(shapely.get_coordinates(shapely.point_on_surface(shapes[keep])))
    kept = [name for name, here in zip(names, keep, strict=True) if here]
    return [(name, x, y, size) for name, (x, y) in zip(kept, at.tolist(), strict=True)]
