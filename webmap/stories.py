"""Tell the views of stories, and have all that a meeting asks at hand before it begins.

What a view says follows from the view, the language, the edition, the city and the scenarios it
names; under a mark of these it is kept in memory and on the city's shelf (:mod:`webmap.shelf`),
beside the studies behind it.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

import geopandas as gpd
import numpy as np

from geo import story, workspace
from geo.disclosure import Edition
from geo.errors import CityError, GeoError
from geo.report import Lang
from geo.scenario.changes import plain
from geo.story import Asked, Story, View
from webmap import geojson, variants
from webmap.catalog import Catalog, LoadedCity
from webmap.config import LANGUAGES
from webmap.shelf import MOST_STUDIES
from webmap.store import scenarios, stories
from webmap.store.engine import Store
from webmap.store.errors import StoreFailed, StoryNotFound
from webmap.store.scenarios import Scenario
from webmap.store.stories import KeptStory

log = logging.getLogger("yizhan.catalog")

#: How the story of a city is called that nobody has edited.
DEFAULT = "default"


@dataclass(frozen=True)
class Opened:
    """Hold a story as this edition may tell it; ``kept`` is ``None`` for the default one."""

    story: Story
    kept: KeptStory | None

    @property
    def key(self) -> str:
        """Return what the story is called by programs."""
        return DEFAULT if self.kept is None else self.kept.id


def opened(city: LoadedCity, store: Store, key: str) -> Opened:
    """Return a story of a city; the public sees no views of scenarios.

    Raises :class:`~webmap.store.errors.StoryNotFound`, also where no view is left for the public.
    """
    kept = None if key == DEFAULT else stories.get(store, city.slug, key)
    found = visible(city, default(city, city.settings.edition) if kept is None else of(kept))
    if found is None:
        raise StoryNotFound(f"city {city.slug!r} has no story {key!r} for everybody")
    return Opened(found, kept)


def chosen(city: LoadedCity, store: Store, key: str, edition: Edition) -> Story:
    """Return a story whole, for planners who hand it out in an edition."""
    if key == DEFAULT:
        return default(city, edition)
    return of(stories.get(store, city.slug, key))


def of(kept: KeptStory) -> Story:
    """Return a kept story in the terms of the analysis."""
    return story.parsed({"name": kept.name, "views": list(kept.views)})


def visible(city: LoadedCity, found: Story) -> Story | None:
    """Return a story as the city's edition may tell it, ``None`` where nothing of it is left."""
    if not city.public:
        return found
    views = tuple(view for view in found.views if not _scenarios_of([view]))
    return replace(found, views=views, scenarios={}) if views else None


def _scenarios_of(views: Iterable[View]) -> set[str]:
    asked = (one for view in views for one in (view.asked, view.against) if one is not None)
    return {one.scenario for one in asked if one.scenario is not None}


def default(city: LoadedCity, edition: Edition) -> Story:
    """Return the story of a city without any editing; made once, and kept on the shelf."""

    def make() -> Story:
        name = f"{DEFAULT}-{edition}"
        text = city.shelf.text(name) if city.shelf is not None else None
        if text is not None:
            return story.parsed(json.loads(text))
        found = story.default(city.data, edition)
        city.shelve_text(name, geojson.encode(story.plain(found)))
        return found

    found: Story = city.data.keep(("default story", edition), make)
    return found


def told(city: LoadedCity, store: Store, view: View, lang: str) -> bytes:
    """Return what a view says, as JSON of ``told``, ``serving`` and ``changes``.

    ``serving`` are the ids of the stations that serve on either side of the divider; ``changes``
    those of the view's scenario, plain.

    Raises the errors of :func:`webmap.variants.after` for its scenarios.
    """
    mark = _mark(city, store, view, lang)

    def produce() -> bytes:
        kept = city.shelf.text(mark) if city.shelf is not None else None
        return _told(city, store, view, lang) if kept is None else kept

    return city.answers.get(f"told/{mark}", produce)


def carried(city: LoadedCity, store: Store, found: Story) -> Story:
    """Return a story with the scenarios that its views name, to be read elsewhere.

    One that is gone is left out: where the story is read, its views say so.
    """
    known = {kept.id: kept for kept in scenarios.listed(store, city.slug)}
    named = sorted(_scenarios_of(found.views) & known.keys())
    return replace(found, scenarios={key: (known[key].name, known[key].changes) for key in named})


def with_scenarios(views: Sequence[View], keys: dict[str, str]) -> tuple[View, ...]:
    """Return views that call their scenarios by other names."""

    def renamed(asked: Asked) -> Asked:
        return replace(asked, scenario=keys.get(asked.scenario or "", asked.scenario))

    return tuple(
        replace(
            view,
            asked=renamed(view.asked),
            against=None if view.against is None else renamed(view.against),
        )
        for view in views
    )


def _mark(city: LoadedCity, store: Store, view: View, lang: str) -> str:
    """Return a mark of all that decides what a view says; its shelf is that of the city."""
    kept = {key: _sign(city, store, key) for key in sorted(_scenarios_of([view]))}
    parts = [story.plain_view(view), lang, city.settings.edition, kept]
    return hashlib.sha256(geojson.encode(parts)).hexdigest()[:32]


def _sign(city: LoadedCity, store: Store, key: str) -> str:
    kept: Scenario | None = variants.named(city, store, key)
    return key if kept is None else f"{kept.id}.{kept.revision}"


def _told(city: LoadedCity, store: Store, view: View, lang: str) -> bytes:
    shown = story.shown(
        lambda key: variants.after(city, store, key).data, view, city.settings.edition
    )
    says = story.told(shown, cast(Lang, lang), landmarks(city))
    serving = {
        side: None if asked is None else _serving(city, store, asked)
        for side, asked in (("after", view.asked), ("before", view.against))
    }
    changes = variants.after(city, store, view.asked.scenario).changes
    return geojson.encode(
        {
            "told": says.to_json(),
            "serving": serving,
            "changes": [plain(change) for change in changes] if view.asked.scenario else None,
        }
    )


def landmarks(city: LoadedCity) -> gpd.GeoDataFrame | None:
    """Return what gaps are called by where cells have no names of their own, metric CRS."""
    found: gpd.GeoDataFrame | None = city.data.keep(
        ("landmarks",),
        lambda: workspace.read_layer(city.slug, "landmarks", city.data.city.crs),
    )
    return found


def _serving(city: LoadedCity, store: Store, asked: Asked) -> list[str] | None:
    """Return which stations serve, where hour or services are asked; else all that are open do."""
    if asked.need(city.data).plain:
        return None
    data = variants.after(city, store, asked.scenario).data
    profile, budget, need = asked.question(data)
    limit_ms = budget.milliseconds(profile)
    rows = np.flatnonzero(data.supply(need, limit_ms).serving(limit_ms))
    return [str(key) for key in data.stations["id"].iloc[rows]]


class Desk:
    """Make what the stories of all cities ask, in the background, before anybody asks it."""

    def __init__(self, known: Catalog, store: Store) -> None:
        self._known, self._store = known, store
        self._begun: dict[str, str] = {}

    def renew(self, slug: str) -> None:
        """Let the stories of a city be looked at again: one of them was written."""
        self._begun.pop(slug, None)

    def prepare(self) -> None:
        """Make what is missing, city by city; of many processes one makes it for all."""
        for city in self._known.cities.values():
            if self._begun.get(city.slug) == city.version or city.shelf is None:
                continue
            with city.shelf.alone() as ours:
                if not ours:  # the next look finds what the other has made
                    continue
                self._begun[city.slug] = city.version
                try:
                    self._fill(city)
                except CityError as gone:
                    log.info("%s is not prepared for meetings: %s", city.slug, gone)
                if self._known.stopping:
                    return
                city.shelf.sweep()

    def _fill(self, city: LoadedCity) -> None:
        asked: set[Asked] = set()
        for view in self._views(city):
            asked |= {one for one in (view.asked, view.against) if one is not None}
            if self._known.stopping or len(asked) > MOST_STUDIES:
                return
            try:
                self._ready(city, view)
            except GeoError as error:  # such as a scenario that is gone; the view says so itself
                log.info("a view of %s is not prepared: %s", city.slug, error)

    def _views(self, city: LoadedCity) -> Iterator[View]:
        """Yield the views of all stories, the default one's first, then as they were written."""
        yield from (visible(city, default(city, city.settings.edition)) or Story("", ())).views
        try:
            kept = stories.listed(self._store, city.slug)
        except StoreFailed as error:
            log.warning("the stories of %s are not prepared: %s", city.slug, error)
            return
        for one in kept:
            yield from (visible(city, of(one)) or Story("", ())).views

    def _ready(self, city: LoadedCity, view: View) -> None:
        for lang in LANGUAGES:
            text = told(city, self._store, view, lang)
            mark = _mark(city, self._store, view, lang)
            if city.shelf is not None and city.shelf.text(mark) is None:
                city.shelve_text(mark, text)
        for asked in (view.asked, view.against):
            if asked is not None:
                found = variants.after(city, self._store, asked.scenario)
                found.shelve(*asked.question(found.data))
