"""Keep the cities in memory: each loaded once, loaded again when its folder was written anew.

Everything that costs time and does not depend on a request happens here: the arrays are mapped,
the facts are gathered and the Folium maps of all pages are rendered. A request only reads. A
change is loaded beside the old city and then takes its place in one assignment, so that a request
sees one whole city, the old one or the new one.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask import current_app

from geo import answers, manifest, scenario, story, study, workspace
from geo.answers import LiveStudy, StoredStudy
from geo.capacity import Crowd
from geo.city import ANYTIME, CityData
from geo.errors import CityBroken, CityError, CityNotFound, StorageFailed
from geo.memory import Memory
from geo.model import PROFILES, Budget, Need, TravelProfile
from geo.scenario.changes import Change, parsed, plain
from geo.why import mending
from webmap import disclosed
from webmap import facts as city_facts
from webmap.config import PAGES, Settings
from webmap.disclosed import PublicStudy
from webmap.facts import TileFile
from webmap.finished import Answers
from webmap.shelf import Shelf

if TYPE_CHECKING:
    from webmap.maps.page import PageParts

log = logging.getLogger("yizhan.catalog")

#: Folder of a city in which its shelf stands.
MEETINGS = "meetings"

AnyStudy = StoredStudy | LiveStudy | PublicStudy


@dataclass(frozen=True, eq=False)
class LoadedCity:
    """Hold one version of a city, ready to answer: its data, facts, tiles and page parts.

    ``mark`` follows from the files that were imported alone
    (:func:`geo.manifest.base_of`), so it survives a copy of the folder, which ``version`` does not;
    ``imported`` is the instant of the import, ISO 8601. With ``changes``, this is the city after
    they are made in thought, and ``variant`` marks them. ``shelf`` holds what meetings ask, where
    that is kept.
    """

    slug: str
    version: str
    data: CityData
    facts: Mapping[str, Any]
    tiles: Mapping[str, TileFile]
    parts: Mapping[str, PageParts]
    answers: Answers
    settings: Settings
    mark: str
    imported: str
    changes: tuple[Change, ...] = ()
    variant: str = ""
    shelf: Shelf | None = None
    _studies: OrderedDict[tuple[str, str, str, Crowd | None], AnyStudy] = field(
        default_factory=OrderedDict
    )
    _computing: threading.Lock = field(default_factory=threading.Lock)
    _changed: Memory = field(default_factory=Memory)

    def study(
        self,
        profile: TravelProfile,
        budget: Budget,
        need: Need = ANYTIME,
        crowd: Crowd | None = None,
    ) -> AnyStudy:
        """Return the study of a question; one thread at a time begins a new one."""
        key = (profile.name, budget.key, need.key, crowd)
        with self._computing:
            if key not in self._studies:
                self._studies[key] = self._study(profile, budget, need, crowd)
                while len(self._studies) > self.settings.study_cache:
                    self._studies.popitem(last=False)
            self._studies.move_to_end(key)
            return self._studies[key]

    def _study(
        self, profile: TravelProfile, budget: Budget, need: Need, crowd: Crowd | None
    ) -> AnyStudy:
        exact = self._exact(profile, budget, need, crowd)
        return PublicStudy(self.data, exact) if self.public else exact

    def _exact(
        self, profile: TravelProfile, budget: Budget, need: Need, crowd: Crowd | None
    ) -> StoredStudy | LiveStudy:
        if self.shelf is not None and crowd is None and (self.changes or not need.plain):
            shelved = self.shelf.find(self.variant, self.data, profile, budget, need)
            if shelved is not None:
                return shelved
        if not self.changes:
            return answers.answer(self.data, profile, budget, need, crowd)
        # What else is kept on the disk tells of the city as it is.
        if crowd is None:
            return LiveStudy(study.kept(self.data, profile, budget, need))
        return LiveStudy(study.run(self.data, profile, budget, need, crowd))

    def shelve(self, profile: TravelProfile, budget: Budget, need: Need) -> None:
        """Have the study of a question at hand from now on, also after the next start.

        Where the disk refuses, it is in memory for as long as others leave it there.
        """
        if self.shelf is not None and (self.changes or not need.plain):
            try:
                self.shelf.keep(self.variant, self.data, profile, budget, need)
            except StorageFailed as error:
                log.warning("a study for meetings is not kept: %s", error)
        self.study(profile, budget, need)

    def shelve_text(self, mark: str, content: bytes) -> None:
        """Keep a text for meetings; where the disk refuses, it is made again when it is wanted."""
        if self.shelf is not None:
            try:
                self.shelf.keep_text(mark, content)
            except StorageFailed as error:
                log.warning("a text for meetings is not kept: %s", error)

    def layer(
        self, name: str, profile: TravelProfile, budget: Budget, need: Need, crowd: Crowd | None
    ) -> bytes:
        """Return a drawn layer of a study as GeoJSON text; what is not read as a file is kept."""
        found = self.study(profile, budget, need, crowd)
        if isinstance(found, StoredStudy):
            return found.layer(name)
        key = f"layer/{name}/{profile.name}/{budget.key}/{need.key}/{crowd}"
        return self.answers.get(key, lambda: found.layer(name))

    @property
    def public(self) -> bool:
        """Return whether answers leave for the public, small counts withheld."""
        return self.settings.edition == "public"

    def changed(self, changes: Sequence[Change]) -> LoadedCity:
        """Return the city after these changes; the last few are kept, and go when the city does.

        Each is made by one thread, while others wait only for that one. Raises
        :class:`~geo.errors.InputError` with everything that cannot be done.
        """
        if not changes:
            return self
        rows = [plain(change) for change in changes]
        text = json.dumps(rows, ensure_ascii=True, sort_keys=True)
        mark = hashlib.sha256(text.encode()).hexdigest()[:20]
        made: LoadedCity = self._changed.keep_recent(
            ("changed", mark),
            lambda: self._after(scenario.apply(self.data, changes), tuple(changes), mark),
        )
        return made

    def proposed(self) -> LoadedCity:
        """Return the city with what the tool itself proposes for it; kept as long as the city."""
        made: LoadedCity = self._changed.keep(("proposed",), self._proposed)
        return made

    def _proposed(self) -> LoadedCity:
        text = None if self.shelf is None else self.shelf.text(story.PROPOSAL)
        if text is not None:
            changes = parsed(json.loads(text))
            return self._after(scenario.apply(self.data, changes), changes, story.PROPOSAL)
        found = story.proposed(self.data)
        if not found.changes:
            return self
        self.shelve_text(story.PROPOSAL, json.dumps([plain(one) for one in found.changes]).encode())
        return self._after(found.city, found.changes, story.PROPOSAL)

    def _after(self, data: CityData, changes: tuple[Change, ...], mark: str) -> LoadedCity:
        settings, version = self.settings, f"{self.version}.{mark}"
        counts = {"stations": len(data.stations), "stations_open": len(data.open_rows)}
        return replace(
            self,
            version=version,
            data=data,
            facts=MappingProxyType({**self.facts, **counts, "version": version}),
            answers=Answers(settings.answer_cache_bytes // settings.variant_cache),
            changes=self.changes + changes,
            variant=f"{self.variant}.{mark}".removeprefix("."),
            _studies=OrderedDict(),
            _computing=threading.Lock(),
            _changed=Memory(recent=settings.variant_cache),
        )


class Catalog:
    """Know all cities of the workspace, by their short name."""

    def __init__(self, settings: Settings, software: str = "") -> None:
        """Begin without any city; ``software`` marks what computes (see :mod:`webmap.shelf`)."""
        self._settings, self._software = settings, software
        self._cities: Mapping[str, LoadedCity] = MappingProxyType({})
        self._broken: Mapping[str, str] = MappingProxyType({})
        self._refreshing = threading.Lock()
        self._prepared: dict[str, str] = {}
        self._also: list[Callable[[], None]] = []
        self._stop = threading.Event()

    @property
    def cities(self) -> Mapping[str, LoadedCity]:
        """Return the cities that can be shown, by short name; the mapping itself never changes."""
        return self._cities

    def city(self, slug: str) -> LoadedCity:
        """Return a city, or raise :class:`~geo.errors.CityError` saying why it cannot be shown."""
        cities, broken = self._cities, self._broken
        if slug in cities:
            return cities[slug]
        if slug in broken:
            raise CityBroken(f"the folder of city {slug!r} is not whole; the server's log says why")
        known = ", ".join(cities) or "none"
        raise CityNotFound(f"no city is called {slug!r}; there are: {known}")

    def refresh(self, progress: Callable[[str], None] | None = None) -> bool:
        """Load what is new or changed, forget what is gone; return whether anything changed.

        ``progress`` hears the short name of each city before it is loaded. A city that cannot be
        loaded is remembered with its error; if an older version of it is loaded, that stays.
        """
        with self._refreshing:
            old, cities, broken = self._cities, {}, {}
            for slug in workspace.slugs():
                try:
                    version = workspace.version(slug)
                except CityNotFound:  # removed since it was listed
                    continue
                if slug in old and old[slug].version == version:
                    cities[slug] = old[slug]
                    continue
                loaded = None
                if self._broken.get(slug) != version:
                    if progress is not None:
                        progress(slug)
                    loaded = self._try(slug, version)
                if loaded is None:
                    broken[slug] = version
                    loaded = old.get(slug)
                if loaded is not None:
                    cities[slug] = loaded
            changed = cities != dict(old) or broken != dict(self._broken)
            self._cities, self._broken = MappingProxyType(cities), MappingProxyType(broken)
            return changed

    def _try(self, slug: str, version: str) -> LoadedCity | None:
        """Load a city, or say in the log why not: one broken folder must not hide the others."""
        try:
            return self._load(slug, version)
        except Exception as error:
            log.warning("city %s cannot be shown: %s: %s", slug, type(error).__name__, error)
            return None

    def _load(self, slug: str, version: str) -> LoadedCity:
        data = workspace.load(slug)
        tiles = city_facts.open_tiles(slug)
        known = city_facts.of_city(data, version, tiles)
        if self._settings.edition == "public":
            known = disclosed.facts(known)
        return LoadedCity(
            slug=slug,
            version=version,
            data=data,
            facts=MappingProxyType(known),
            tiles=MappingProxyType(tiles),
            parts=_parts(known),
            answers=Answers(self._settings.answer_cache_bytes),
            settings=self._settings,
            mark=manifest.base_of(slug).version,
            imported=str(workspace.manifest(slug)["created"]),
            shelf=Shelf(workspace.folder(slug) / MEETINGS / f"{self._software}-{version}"),
            _changed=Memory(recent=self._settings.variant_cache),
        )

    def watch(self) -> threading.Thread:
        """Begin to look for changes in the background, until :meth:`stop`; once per process."""
        thread = threading.Thread(target=self._poll, name="yizhan-catalog", daemon=True)
        thread.start()
        return thread

    def also(self, prepare: Callable[[], None]) -> None:
        """Let the look-out prepare something else, too, each time that it has looked."""
        self._also.append(prepare)

    def stop(self) -> None:
        """End the background look-out."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Return whether the look-out shall end, and with it what it prepares."""
        return self._stop.is_set()

    def prepare(self) -> None:
        """Compute what the first link across a gap needs, so that a planner need not wait for it.

        For the question that the planner's page begins with; in a large city whoever asks waits.
        """
        for city in self._cities.values():
            if self._stop.is_set() or city.public:
                return
            if self._prepared.get(city.slug) == city.version:
                continue
            self._prepared[city.slug] = city.version
            if len(city.data.pixels.index) <= answers.LARGE_CITY_PIXELS:
                mending.prepare(city.data, PROFILES["walk"], Budget(minutes=15))

    def _poll(self) -> None:
        while not self._stop.wait(self._settings.poll_s):
            try:
                self.refresh()
                for prepare in self._also:
                    prepare()
                self.prepare()
            except Exception as error:  # the look-out must outlive a passing fault of the disk
                log.error("looking for changed cities failed: %s", type(error).__name__)


class CityRenewed(CityError):
    """A city was written anew while it answered; the next request sees the new one."""


def why_gone(slug: str) -> CityError:
    """Return why a file of a loaded city is no longer there: it was removed, or written anew."""
    try:
        workspace.version(slug)
    except CityNotFound as gone:
        return gone
    return CityRenewed(f"city {slug!r} was written anew in the middle of the answer")


def current() -> Catalog:
    """Return the catalogue of the running application."""
    catalog: Catalog = current_app.extensions["yizhan"]
    return catalog


def _parts(known: Mapping[str, Any]) -> Mapping[str, PageParts]:
    """Render the map of every page, taken apart."""
    # Imported here: a process that does one job of a city draws no page and needs no Folium.
    from webmap.maps import atlas
    from webmap.maps.page import parts

    return MappingProxyType({page: parts(atlas.build(known, page)) for page in PAGES})
