"""Say what a scenario changes: the share before and after, people gained, and what was done."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import shapely

from geo.city import CityData
from geo.crs import WGS84, to_metric
from geo.manifest import Scenario
from geo.model import SERVICES
from geo.report import words
from geo.report.numbers import (
    Figure,
    Line,
    count,
    filled,
    less,
    square_km,
    today,
)
from geo.report.subject import Subject, share_figure
from geo.report.telling import Told
from geo.report.words import Lang, say
from geo.scenario import changes as kinds
from geo.scenario.changes import Change

#: So many changes are told one by one.
MOST_CHANGES = 6


@dataclass(frozen=True)
class Comparison:
    """Hold the share before and after, the gain in words, and what was changed."""

    before: Figure
    after: Figure
    gain: Line
    better: bool
    title: str
    changes: tuple[str, ...]


def told(now: Told, before: Told, scenario: Scenario, lang: Lang) -> Comparison:
    """Return the comparison of a scenario's city with the city as it is."""
    subject = Subject(now, lang)
    root, part = subject.root, subject.part
    share, covered = subject.key(part), subject.key("covered")
    after, early = now.summary[root], before.summary[root]
    gain, better = _gain(
        root, early["covered"], after["covered"], less(covered, today(covered)), lang
    )
    number = len(scenario.changes)
    listed = [
        change_in_words(change, now.study.data, lang) for change in scenario.changes[:MOST_CHANGES]
    ]
    if number > MOST_CHANGES:
        listed.append(say("more_changes", lang, n=number - MOST_CHANGES))
    return Comparison(
        share_figure(early[part], today(share)),
        share_figure(after[part], share),
        gain,
        better,
        say("change" if number == 1 else "changes", lang, n=number),
        tuple(listed),
    )


def _gain(
    root: str, before: float | None, after: float | None, key: str, lang: Lang
) -> tuple[Line, bool]:
    """Return what was gained in words, and whether it is no loss; nothing where it is withheld."""
    if before is None or after is None:
        return (), True
    gained = float(after) - float(before)
    shown = (square_km if root == "area_m2" else count)(abs(gained))
    if not shown.strip("0."):
        return (say("no_change", lang),), True
    kind = f"{'gain' if gained > 0 else 'loss'}_{'ground' if root == 'area_m2' else 'people'}"
    return filled(words.of(words.WORDS[kind], lang), {"n": Figure(shown, gained, key)}), gained > 0


def change_in_words(change: Change, data: CityData, lang: Lang) -> str:
    """Return one change in words; stations by their names, what has none by its id."""
    facts = kinds.plain(change)
    known = dict(zip(data.stations["id"], data.stations["name"], strict=True))
    name = next(
        (str(facts[key]) for key in ("station", "link", "gate") if key in facts), facts["kind"]
    )
    facts["name"] = facts.get("name") or known.get(name) or name
    if "services" in facts:
        titles = (words.title(SERVICES, key, lang).lower() for key in facts["services"])
        facts["services"] = say("and", lang).join(titles)
    if "status" in facts:
        facts["status"] = words.title(words.STATUSES, facts["status"], lang)
    facts.setdefault("opening_hours", "?")
    return words.of(words.CHANGES[facts["kind"]], lang).format(**facts)


def stations_of(scenario: Scenario | None) -> frozenset[str]:
    """Return the ids of the stations that a scenario changes."""
    plain = [] if scenario is None else [kinds.plain(change) for change in scenario.changes]
    return frozenset(str(facts["station"]) for facts in plain if "station" in facts)


def ways_of(scenario: Scenario | None, crs: str) -> gpd.GeoDataFrame:
    """Return the links and gates that a scenario adds, metric CRS: lines and points."""
    plain = [] if scenario is None else [kinds.plain(change) for change in scenario.changes]
    shapes = [shapely.LineString(facts["line"]) for facts in plain if facts["kind"] == "link"]
    shapes += [shapely.Point(facts["position"]) for facts in plain if facts["kind"] == "gate"]
    frame = gpd.GeoDataFrame(geometry=shapes, crs=WGS84)
    return to_metric(frame, crs)
