"""Make handouts of toy cities, and read what stands on a page."""

from __future__ import annotations

from dataclasses import replace

import shapely

from geo import report, story
from geo.city import CityData
from geo.crs import project
from geo.handout import making, page, paper
from geo.handout.making import Handout
from geo.report.sheet import Sheet
from geo.story import Story
from tests.geo.toy_city import toy_city
from webmap import vendor

FONTS = report.Fonts(*vendor.LETTERS)
PEOPLE = [(100, 0, 100.0), (300, 0, 200.0), (500, 200, 400.0), (500, 500, 300.0)]
HOSTILE = "</script><img src=x onerror=alert(1)>\"'`${7*7}{share}$x^2$&amp;%\\"
LONG = "云渡长名社区第二片区" * 4

CITIES = {
    "people": lambda: toy_city([(0, 0)], PEOPLE),
    "no stations": lambda: toy_city([], PEOPLE),
    "all closed": lambda: toy_city([(0, 0)], PEOPLE, closed=[0]),
    "nobody known": lambda: toy_city([(0, 0)], None),
    "nobody lives there": lambda: toy_city([(0, 0)], []),
    "nothing": lambda: toy_city([], None, barriers=False),
    "all outside": lambda: toy_city([(0, 0)], [], outside=[(9000, 9000, 5.0)]),
    "one cell": lambda: one_cell(toy_city([(0, 0)], PEOPLE)),
    "long names": lambda: renamed(toy_city([(0, 0)], PEOPLE), LONG),
    "hostile names": lambda: renamed(toy_city([(0, 0)], PEOPLE), HOSTILE),
    "letters that no font has": lambda: renamed(toy_city([(0, 0)], PEOPLE), "🚏ༀ"),
}


def renamed(data: CityData, name: str) -> CityData:
    """Return a city all of whose names are this one."""
    facts = replace(data.city, name=name, attribution=name, synthetic=True)
    cells, stations = data.cells.assign(name=name), data.stations.assign(name=name)
    return replace(data, city=facts, cells=cells, stations=stations)


def one_cell(data: CityData) -> CityData:
    """Return a city with all its ground in one cell."""
    whole = data.cells.iloc[[0]].assign(geometry=[data.cells.union_all()], level=2, parent="")
    ground = data.ground.dissolve().assign(row=0)[["row", "ground_m2", "judged_m2", "geometry"]]
    pixels = replace(data.pixels, cell=(data.pixels.cell >= 0).astype("int32") - 1)
    return replace(data, cells=whole, ground=ground, units=data.units.assign(cell=0), pixels=pixels)


def handout(data: CityData, kept: Story | None = None, **more) -> Handout:
    """Return the handout of a city's story, the default one where no other is given."""
    edition = more.setdefault("edition", "internal")
    told = kept or story.default(data, edition)
    return making.told(story.cities(data, told), told, {}, **more)


def texts_of(sheet: Sheet) -> list[tuple[str, shapely.Polygon]]:
    """Return every text of a sheet with the box that its letters take, mm; edges left out."""
    out = []
    for artist in sheet.axes.texts:
        if artist.get_path_effects() or not artist.get_text():
            continue
        (x, y), text = artist.get_position(), artist.get_text()
        size = artist.get_fontsize()
        bold = artist.get_fontproperties().get_file() == str(sheet.fonts.bold)
        wide = sheet.advance(text, size, bold=bold)
        left = x - wide * {"left": 0.0, "center": 0.5, "right": 1.0}[artist.get_ha()]
        high = size * 25.4 / 72
        # Letters without what hangs over and under: between two lines there is always that.
        right = left + wide - 0.01
        out.append((text, shapely.box(left + 0.01, y - 0.72 * high, right, y + 0.08 * high)))
    return out


def pages(made: Handout, kind: paper.Paper) -> list[Sheet]:
    """Return all pages of a handout, drawn."""
    return [page.drawn(made, number, kind, FONTS) for number in range(1, len(made.views) + 1)]


def metric(data: CityData, camera: tuple[float, float, float, float]) -> list[float]:
    """Return west, south, east, north in metres of a camera in degrees."""
    west, south, east, north = camera
    x, y = project([west, east], [south, north], data.city.crs)
    return [x[0], y[0], x[1], y[1]]
