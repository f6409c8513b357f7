"""Draw the map of a view: its layers over the streets, never another meaning for a colour.

Covered shares have the same five classes on every page, 0–20–40–60–80–100 %. In grey print, where
the light classes come close, dots and fine lines tell them apart; gaps are hatched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import works
from geo.city import CityData
from geo.crs import project
from geo.handout.words import say
from geo.report import chart, ground, names, rows, signs, style, words
from geo.report.chart import Bounds, Floats
from geo.report.ground import Pattern
from geo.report.outlines import Window
from geo.report.sheet import Sheet
from geo.report.subject import Subject
from geo.report.telling import Told
from geo.report.words import Lang
from geo.story import Shown, View

#: The pattern of each class of covered share, 0–20 % first: upright lines, to be told from ground
#: without a share; dots; level lines, far apart and close; none, where the colour is darkest.
PATTERNS: tuple[Pattern | None, ...] = (
    Pattern("|||", "#d8cbac", 0.35),
    Pattern("....", "#7fb0aa", 0.0),
    Pattern("---", "#7fb0aa", 0.35),
    Pattern("-------", "#6fa39e", 0.35),
    None,
)
#: A camera that shows less ground than this is one that was set by mistake, metres.
LEAST_GROUND_M = 200.0
#: A station that stands farther than this from where it stood was moved, metres.
_MOVED_M = 1.0
#: How far from its place a name may stand, mm, the nearest first.
_NEAR = tuple(
    sorted(
        ((dx, dy) for dx in (0.0, -6.0, 6.0, -12.0, 12.0) for dy in (0.0, -4.0, 4.0, -8.0, 8.0)),
        key=lambda spot: (abs(spot[0]) * 0.8 + abs(spot[1]), spot),
    )
)
_WIDEST_NAME_MM = 30.0
#: Signs have their full size on a map so wide and high, mm.
_PAGE_MM = 140.0
#: Pieces and holes of circles smaller than such a square are not drawn, mm.
_CRUMB_MM = 1.3
#: Behind a map that shows no cells, so that its streets are seen.
_FAINT = 0.14


@dataclass(frozen=True, eq=False)
class Scene:
    """Hold one map: what is told, the layers to draw, the ground to show, what is new there.

    ``numbered`` are the ranks of the gaps that carry their numbers.
    """

    told: Told
    layers: tuple[str, ...]
    bounds: Bounds
    lang: Lang
    basemap: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    ways: gpd.GeoDataFrame | None = None
    numbered: tuple[int, ...] = ()

    def draw(
        self,
        sheet: Sheet,
        box: tuple[float, float, float, float],
        *,
        k: float = 1.0,
        tag: str = "",
        radius: float = 2.4,
    ) -> Window:
        """Draw the map into a box of a sheet (left, top, width, height in mm), with a tag in it.

        ``k`` makes signs and names larger.
        """
        study, data = self.told.study, self.told.study.data
        window = Window.around(self.bounds, box)
        paper = sheet.box(*box, fill=style.GROUND, radius=radius, order=0.5)
        shown = set(self.layers)
        if "cells" in shown:
            ground.cells(sheet, window, paper, data.cells, chart.share_of(self.told), PATTERNS)
        if "gaps" in shown:
            ground.gaps(sheet, window, paper, self.told.gaps)
        if not shown & {"cells", "gaps"}:
            ground.whole(sheet, window, paper, data.cells)
        ground.water(sheet, window, paper, self.basemap.get("water"))
        ground.streets(sheet, window, paper, self.basemap.get("streets"))
        if self._bordered:
            ground.borders(sheet, window, paper, data.cells)
        if "circles" in shown:
            self._circles(sheet, window, paper, study.circles)
        if "ring" in shown:
            ring = study.ring.geometry.to_numpy()
            ground.edges(sheet, window, paper, ring, line=1.0, dashes=signs.RING_DASHES, order=3.2)
        taken = [signs.scale_bar(sheet, window, k), signs.north(sheet, window, k)]
        if tag:
            taken.append(_tag(sheet, window, tag, k))
        avoid = np.empty((0, 2))
        if "stations" in shown:
            ground.ways(sheet, window, paper, self.ways)
            posts = signs.Posts.of(study, window, self.changed)
            size = posts.size(int(posts.inside.sum())) * _smaller(window) * k
            taken += posts.draw(sheet, size, discs=True)
            avoid = posts.at[posts.inside]
        if "gaps" in shown:
            worst = self.told.gaps[self.told.gaps["rank"].isin(self.numbered)]
            taken += signs.badges(sheet, window, worst, taken, discs=True)
        self._names(sheet, window, k, taken, avoid)
        sheet.box(*box, edge=style.LINE, line=0.8, radius=radius, order=9.0)
        return window

    def legend(self) -> list[tuple[str, str]]:
        """Return the signs that this map shows beside the ramp, each with its words."""
        study, shown = self.told.study, set(self.layers)
        serving = np.zeros(len(study.data.stations), bool)
        serving[study.stations] = True
        stations = study.data.stations
        tiers = set(stations["tier"][serving]) if "stations" in shown else set()
        own = self.told.gaps["class"].isin(ground.OF_STATION)
        drawn = {
            "blank": "cells" in shown and bool(np.isnan(chart.share_of(self.told)).any()),
            "gap": "gaps" in shown and bool((~own).any()),
            "offer": "gaps" in shown and bool(own.any()),
            "circle": "circles" in shown and len(study.circles) > 0,
            "ring": "ring" in shown and len(study.ring) > 0,
            "border": self._bordered,
            **{tier: tier in tiers for tier in ("centre", "station", "point")},
            "idle": "stations" in shown and not serving.all(),
            "changed": "stations" in shown and bool(stations["id"].isin(self.changed).any()),
            "way": "stations" in shown and self.ways is not None and len(self.ways) > 0,
        }
        return [(key, self._word(key)) for key, there in drawn.items() if there]

    def _word(self, key: str) -> str:
        if key == "blank" and self.told.edition == "public":
            return say("blank_public", self.lang)
        if key in ("blank", "ring", "circle"):
            return say(key, self.lang)
        if key == "border":
            top = min(self.told.study.data.city.levels, key=lambda level: level.level)
            title = words.of((top.title_zh, top.title_en.lower()), self.lang)
            return say(key, self.lang, level=title)
        return words.say(f"legend_{key}", self.lang)

    @property
    def _bordered(self) -> bool:
        """Return whether borders are drawn: what is told must not depend on the map's size."""
        window = Window.around(self.bounds, (0.0, 0.0, 1.2 * _PAGE_MM, _PAGE_MM))
        return ground.has_borders(self.told.study.data.cells, window)

    def _circles(self, sheet: Sheet, window: Window, paper: Any, circles: gpd.GeoDataFrame) -> None:
        """Draw the edge of the circles over a lighter line; over bare streets their ground, too."""
        shapes = _without_crumbs(circles.geometry.to_numpy(), window)
        filled = None if "cells" in self.layers else window.areas(shapes)
        if filled is not None:
            sheet.area(filled, fill=style.CIRCLE, alpha=_FAINT, clip=paper, order=2.95)
        outline = window.lines(shapes)
        if outline is not None:
            raster = ground.heavy(outline)
            sheet.area(outline, edge=style.PAPER, line=1.7, raster=raster, clip=paper, order=2.98)
        ground.edges(sheet, window, paper, shapes, line=0.8)

    def _new(self, window: Window) -> list[names.Label]:
        """Return the names of new stations, where stations are drawn."""
        if "stations" not in self.layers or not self.changed:
            return []
        stations = self.told.study.data.stations
        rows = np.flatnonzero(stations["id"].isin(self.changed))
        at = window.on_paper(self.told.study.data.stations_xy[rows])
        texts = stations["name"].iloc[rows]
        return [
            names.Label(name, x, y, 8.0, style.GOOD)
            for name, (x, y) in zip(texts, at.tolist(), strict=True)
        ]

    def _names(
        self, sheet: Sheet, window: Window, k: float, taken: list[shapely.Polygon], avoid: Floats
    ) -> None:
        """Write the names of what is new, and of areas or landmarks."""
        cells, landmarks = self.told.study.data.cells, self.basemap.get("landmarks")
        known = names.labels(cells, landmarks, window)
        # A landmark is a spot: its name must not stray.
        near = _NEAR if len(names.named_top(cells)) else names.NEAR[:5]
        for wanted, places in ((self._new(window), _NEAR), (known, near)):
            larger = [replace(label, size=label.size * k) for label in wanted]
            names.write(sheet, window, larger, taken, lines=2, widest=_WIDEST_NAME_MM * k,
                        near=places, avoid=avoid)  # fmt: skip


def _smaller(window: Window) -> float:
    """Return how much smaller than on a whole page signs are on a small map."""
    return float(np.clip(np.sqrt(window.width * window.height) / _PAGE_MM, 0.6, 1.0))


def _without_crumbs(shapes: NDArray[Any], window: Window) -> NDArray[Any]:
    """Return areas without the pieces and the holes that would be dots on paper."""
    least = (_CRUMB_MM * window.metres_per_mm) ** 2
    out = []
    for shape in shapely.get_parts(shapes):
        if shapely.area(shape) < least:
            continue
        holes = [ring for ring in shape.interiors if shapely.Polygon(ring).area >= least]
        out.append(shapely.Polygon(shape.exterior, holes))
    return np.array(out, dtype=object)


def _tag(sheet: Sheet, window: Window, text: str, k: float) -> shapely.Polygon:
    """Write what a map shows into its upper left corner, and return the room that it takes."""
    size = 9.0 * k
    text = sheet.clean(text, bold=True)
    text = sheet.fitted(text, size, window.width - 24.0 * k, bold=True)
    wide, high = sheet.advance(text, size, bold=True) + 5.0 * k, 6.2 * k
    x, y = window.left + 2.5 * k, window.top + 2.5 * k
    sheet.box(x, y, wide, high, fill=style.PAPER, edge=style.LINE, line=0.6, radius=1.6 * k,
              order=7.0)  # fmt: skip
    sheet.text(x + 2.5 * k, y + 4.3 * k, text, size, style.INK, bold=True)
    return shapely.box(x, y, x + wide, y + high)


def scenes(
    shown: Shown, today: CityData, basemap: Mapping[str, gpd.GeoDataFrame], lang: Lang
) -> tuple[Scene, ...]:
    """Return the maps of a view: one, or what is compared and then what is asked.

    ``today`` is the city as it is: what a scenario adds to it is pointed out.
    """
    view = shown.view
    bounds = bounds_of(view, today)
    listed = rows.worst_gaps(Subject(shown.after, lang), None)
    worst = tuple(gap.number for gap in listed)
    sides = [told for told in (shown.before, shown.after) if told is not None]
    out = []
    for told in sides:
        data = told.study.data
        out.append(
            Scene(
                told,
                view.layers,
                bounds,
                lang,
                basemap,
                changed_stations(today, data),
                new_ways(today, data),
                worst if told is shown.after else (),
            )
        )
    return tuple(out)


def bounds_of(view: View, data: CityData) -> Bounds:
    """Return the ground of a view, metric: that of its camera, else the whole city."""
    if view.camera is None:
        return chart.whole(data)
    west, south, east, north = view.camera
    lon, lat = np.array([west, east, west, east]), np.array([south, south, north, north])
    x, y = project(lon, lat, data.city.crs)
    more_x = max(0.0, LEAST_GROUND_M - float(np.ptp(x))) / 2
    more_y = max(0.0, LEAST_GROUND_M - float(np.ptp(y))) / 2
    return (
        float(x.min()) - more_x,
        float(y.min()) - more_y,
        float(x.max()) + more_x,
        float(y.max()) + more_y,
    )


def changed_stations(today: CityData, data: CityData) -> frozenset[str]:
    """Return the ids of stations that are new, stand elsewhere or offer something else."""
    if data is today or data.stations is today.stations:
        return frozenset()
    old, new = today.stations.set_index("id"), data.stations.set_index("id")
    both = new.index.intersection(old.index)
    moved = new.geometry.loc[both].distance(old.geometry.loc[both], align=False) > _MOVED_M
    told = ["status", "services", "opening_hours", "capacity", "tier"]
    now, before = (frame.loc[both, told].astype(object).fillna("") for frame in (new, old))
    other = (now != before).any(axis=1) | moved
    return frozenset([*new.index.difference(old.index), *both[other.to_numpy()]])


def new_ways(today: CityData, data: CityData) -> gpd.GeoDataFrame | None:
    """Return the links and gates that were added in thought, metric CRS; ``None`` without any."""
    known = {_name(work) for work in today.works}
    added = [work for work in data.works if _name(work) not in known]
    if not added:
        return None
    frames = [make(data.network, added) for make in (works.links_frame, works.gates_frame)]
    shapes = pd.concat([frame.geometry for frame in frames if len(frame)], ignore_index=True)
    return gpd.GeoDataFrame(geometry=shapes.to_numpy(), crs=data.city.crs)


def _name(work: works.Work) -> str:
    return work.link_id if isinstance(work, works.Link) else work.gate_id
