"""List the causes, the worst gaps and the areas that miss most, as rows of figures."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.report import words
from geo.report.numbers import Figure, key_of, less
from geo.report.subject import Subject, share_figure
from geo.report.words import Lang, say

#: So many causes, gaps and areas have room on one page.
MOST_CAUSES, MOST_GAPS, MOST_AREAS = 6, 3, 6
#: A landmark farther than this from a nameless gap does not say where it is, metres.
NEAR_LANDMARK_M = 1_500.0


@dataclass(frozen=True)
class Bar:
    """Hold one cause with the number that it explains; ``part`` (0–1) is the length of its bar."""

    title: str
    figure: Figure
    part: float


@dataclass(frozen=True)
class Gap:
    """Hold one gap: where it is, why it is one, and how many people or how much ground."""

    number: int
    place: str
    cause: str
    figure: Figure


@dataclass(frozen=True)
class Area:
    """Hold one row of the table of areas; ``part`` is the covered share, ``None`` unknown."""

    name: str
    total: Figure
    covered: Figure
    left: Figure
    share: Figure
    part: float | None


def causes(subject: Subject) -> tuple[tuple[Bar, ...], int]:
    """Return the causes that weigh most, the heaviest first, and how many more there are."""
    table, marks = subject.summary["uncovered"], subject.told.suppressed
    weights = {name: row[subject.root] for name, row in table.items()}
    if subject.partly:
        weights.pop("outside", None)  # told beside the number that they are left out of
    named = [name for name, weight in weights.items() if weight is None or weight > 0]
    if not subject.by_people or subject.of("total") is None:
        marks = {}
    named = [name for name in named if weights[name] is not None or name in marks]
    order = sorted(named, key=lambda name: -(weights[name] or 0.0))
    most = max((weights[name] or 0.0 for name in order), default=0.0) or 1.0
    bars = tuple(
        Bar(
            words.title(words.CAUSES, name, subject.lang),
            subject.amount(
                weights[name], key_of("uncovered", name, subject.root), marks.get(name, "")
            ),
            (weights[name] or 0.0) / most,
        )
        for name in order[:MOST_CAUSES]
    )
    return bars, max(0, len(order) - MOST_CAUSES)


def worst_gaps(subject: Subject, landmarks: gpd.GeoDataFrame | None) -> tuple[Gap, ...]:
    """Return the worst gaps, with the name of the cell or of a landmark near by."""
    found = subject.told.gaps
    if subject.by_people:
        found = found[found["people"].fillna(0.0) > 0]
    out = []
    for _, row in found.iloc[:MOST_GAPS].iterrows():
        barrier = words.title(words.BARRIERS, row["barrier"], subject.lang)
        cause = words.title(words.CAUSES, row["class"], subject.lang)
        if barrier:
            cause = words.of(words.SEVERED_BY, subject.lang).format(name=barrier)
        value = row[subject.root]
        key = key_of("gaps", row["rank"], subject.root)
        place = row["name"] if row["name"] != row["code"] else ""
        place = place or _nearest_name(row["geometry"], landmarks, subject.lang)
        place = place or say("nameless", subject.lang, rank=row["rank"])
        out.append(Gap(int(row["rank"]), place, cause, subject.amount(value, key)))
    return tuple(out)


def _nearest_name(shape: shapely.Geometry, landmarks: gpd.GeoDataFrame | None, lang: Lang) -> str:
    """Return the nearest landmark's name in words, "" where none is near."""
    if landmarks is None or landmarks.empty:
        return ""
    named = landmarks[landmarks["name"] != ""]
    if named.empty:
        return ""
    distance = shapely.distance(named.geometry.to_numpy(), shapely.point_on_surface(shape))
    nearest = int(np.argmin(distance))
    if distance[nearest] > NEAR_LANDMARK_M:
        return ""
    return say("near", lang, name=named["name"].iloc[nearest])


def areas(subject: Subject, most: int = MOST_AREAS) -> tuple[str, tuple[Area, ...], int]:
    """Return the title and so many rows of the areas that miss most, and how many more there are.

    Areas are the cells of the highest level with names; cells without are no areas to people.
    """
    study, lang = subject.study, subject.lang
    cells = study.data.cells
    named = (cells["name"] != "") & (cells["name"] != cells["code"])
    top = cells["level"] == cells["level"].min()
    rows = np.flatnonzero((named & top).to_numpy())
    figures = subject.told.cells
    if subject.by_people:
        total, covered, share = "people", "covered", "share"
        left = figures["uncovered"].to_numpy(float)
    else:
        total, covered, share = "ground_m2", "covered_m2", "ground_share"
        left = (figures[total] - figures[covered]).to_numpy(float).clip(min=0.0)
    rows = rows[np.argsort(-np.nan_to_num(left[rows]), kind="stable")]
    out = []
    for row in rows[:most]:
        code, told = cells["code"].iloc[row], figures.iloc[row]
        keys = {name: key_of("cells", code, name) for name in (total, covered, share)}
        gone = key_of("cells", code, "uncovered")
        if not subject.by_people:
            gone = less(keys[total], keys[covered])
        mark = told["suppressed"]
        part = share_figure(told[share], keys[share])
        out.append(
            Area(
                cells["name"].iloc[row],
                subject.amount(told[total], keys[total], mark if mark == "people<10" else ""),
                subject.amount(told[covered], keys[covered], mark if mark == "covered<10" else ""),
                subject.amount(left[row], gone, mark if mark == "uncovered<10" else ""),
                part,
                part.value,
            )
        )
    level = min(study.data.city.levels, key=lambda each: each.level)
    name = words.of((level.title_zh, level.title_en.lower()), lang)
    return say("areas", lang, level=name), tuple(out), max(0, len(rows) - most)
