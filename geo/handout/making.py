"""Make a handout of a city's story: every view studied and told, and the ground under the maps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd

from geo import story as stories
from geo import workspace
from geo.city import CityData
from geo.disclosure import EDITIONS, Edition
from geo.errors import OptionError
from geo.progress import Progress, silent
from geo.report.content import LONGEST_APPROVAL
from geo.report.words import LANGS, Lang
from geo.story import CityOf, Shown, Story, ToldView

#: What lies under the maps.
LAYERS = ("streets", "water", "landmarks")


@dataclass(frozen=True, eq=False)
class Handout:
    """Hold a story as it is handed out: its views, told in one language for one edition.

    ``today`` is the city as it is; ``basemap`` holds ``streets``, ``water`` and ``landmarks`` in
    its metric CRS, where they are there. ``map_approval`` is printed as it is given.
    """

    name: str
    lang: Lang
    edition: Edition
    today: CityData
    views: tuple[tuple[Shown, ToldView], ...]
    basemap: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    map_approval: str = ""

    @property
    def city(self) -> str:
        """Return the name of the city."""
        return self.today.city.name

    @property
    def day(self) -> str | None:
        """Return the date of the data (ISO), ``None`` where it is not known."""
        return self.today.city.data_date


def of_story(
    city_of: CityOf,
    story: Story,
    *,
    lang: Lang = "zh",
    edition: Edition = "public",
    map_approval: str = "",
    progress: Progress = silent,
) -> Handout:
    """Return the handout of a story of a city of the workspace.

    Raises ``OptionError`` for a language, an edition or a map approval that there cannot be, and
    whatever :func:`geo.story.shown` raises for a view that cannot be shown.
    """
    today = city_of(None)
    slug, crs = today.city.slug, today.city.crs
    progress("整理底图", 0, len(story.views) + 1)
    basemap = {name: workspace.read_layer(slug, name, crs) for name in LAYERS}
    return told(
        city_of, story, basemap, lang=lang, edition=edition, map_approval=map_approval,
        progress=progress,
    )  # fmt: skip


def told(
    city_of: CityOf,
    story: Story,
    basemap: Mapping[str, gpd.GeoDataFrame],
    *,
    lang: Lang = "zh",
    edition: Edition = "public",
    map_approval: str = "",
    progress: Progress = silent,
) -> Handout:
    """Return the handout of a story over a given ground (metric CRS); see :func:`of_story`."""
    approval = checked(lang, edition, map_approval)
    views, whole = [], len(story.views) + 1
    for number, view in enumerate(story.views, start=1):
        progress(f"计算第 {number} 页", number, whole)
        shown = stories.shown(city_of, view, edition)
        views.append((shown, stories.told(shown, lang, basemap.get("landmarks"))))
    progress("计算", whole, whole)
    return Handout(story.name, lang, edition, city_of(None), tuple(views), basemap, approval)


def checked(lang: str, edition: str, map_approval: str) -> str:
    """Return the map approval without spaces around it; refuse what cannot be printed."""
    if lang not in LANGS:
        raise OptionError(f"there is no handout in {lang!r}; choose of {', '.join(LANGS)}")
    if edition not in EDITIONS:
        raise OptionError(f"there is no edition {edition!r}; choose of {', '.join(EDITIONS)}")
    approval = map_approval.strip()
    if len(approval) > LONGEST_APPROVAL:
        raise OptionError(
            f"a map approval of {len(approval)} characters; give at most {LONGEST_APPROVAL}"
        )
    return approval
