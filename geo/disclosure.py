"""Keep small counts of people out of what the public reads: one rule for every answer and file.

Counts of 1–9 people could tell of a household, so a *public edition* shows “<10” instead, and

- withholds further counts where a small one could be got back by adding and subtracting: within
  a cell (people = covered + not covered) and along the hierarchy (a cell is the sum of the cells
  below it), audited against an attacker who knows every other figure exactly
  (:mod:`geo.suppression`);
- rounds all other counts of people to the nearest ten, shares follow from the rounded counts, so
  that two questions that differ by a few people do not give them away by their difference;
- gives no class, no cause and no share of a cell whose counts are withheld.

Counts are estimates; what rounds to 0 … 9 and is not nothing is small. Zero stays zero. Ground,
times and numbers of stations are no counts of people and stay exact. A planner's own edition is
``internal`` and exact. What this does not protect from stands on the method page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import coverage, grid, suppression
from geo.model import NONE_SHARE
from geo.suppression import QUANTUM, Counts, Flags, Floats, Tree

Edition = Literal["internal", "public"]
EDITIONS: tuple[Edition, ...] = ("internal", "public")

#: How a small count is shown.
SMALL = "<10"
#: How a count is marked that is withheld only because others could be got back from it.
WITHHELD = "withheld"
#: Why a cell has no class, beside the reasons of :mod:`geo.coverage`.
REASON = "suppressed"
#: Values of the column ``suppressed`` of :func:`public_cells`: which of the counts is small.
MARKS = ("", "people<10", "covered<10", "uncovered<10", WITHHELD)

STEP = 10
_LEAST = 9.5  # rounds to ten people
_TOP = _LEAST - QUANTUM
_NEED = (1.0, 9.0)


def is_small(counts: Any) -> Any:
    """Return which counts of people are small; unknown ones (NaN) are not."""
    values = np.asarray(counts, dtype=float)
    return (values > 0) & (values < _LEAST)


def rounded(counts: Any) -> Floats:
    """Return counts rounded to the nearest ten, small ones as NaN."""
    values = np.asarray(counts, dtype=float)
    return np.where(is_small(values), np.nan, np.floor(values / STEP + 0.5) * STEP)


def public_count(count: float | None) -> float | None:
    """Return one count that adds up with nothing else as the public may read it; ``None`` small."""
    if count is None or not np.isfinite(count) or is_small(count):
        return None
    return float(rounded(count))


def public_split(counts: Any, total: float | None = None) -> tuple[Floats, NDArray[Any]]:
    """Return counts that add up to a total as the public may read them, and the mark of each.

    Marks are ``""``, :data:`SMALL` or :data:`WITHHELD`. What the counts leave of the total is taken
    as never told; without a total, it is their sum. Unknown counts (NaN) stay unknown.
    """
    values = np.asarray(counts, dtype=float)
    if not len(values) or np.isnan(values).any():
        return values, np.full(len(values), "", dtype=object)
    whole = float(values.sum()) if total is None else max(float(total), float(values.sum()))
    parent = np.array([-1, *[0] * (len(values) + 1)])
    marks = _guarded(parent, np.concatenate([[whole], values, [whole - values.sum()]]), rest=True)
    return np.where(marks[1:-1] == "", rounded(values), np.nan), marks[1:-1]


def _guarded(parent: NDArray[np.int64], values: Floats, *, rest: bool = False) -> NDArray[Any]:
    """Return the marks of counts in a tree; with a ``rest`` the last one is never told."""
    told = is_small(values)
    told[-1] &= not rest
    hidden = told.copy()
    hidden[-1] |= rest and values[-1] > 0
    hidden, told = suppression.guard(Tree(parent), _people_counts(values, hidden, told))
    return np.select([hidden & told, hidden], [SMALL, WITHHELD], "").astype(object)


def _city_marks(people: Mapping[str, Any], lost: Mapping[str, float | None]) -> dict[str, str]:
    """Return the mark of the total, of the covered people and of every class of the others."""
    names = ["total", "covered", "others", *lost]
    if people["total"] is None:
        return dict.fromkeys(names, "")
    of_others = [float(value or 0.0) for value in lost.values()]
    others = float(people["total"]) - float(people["covered"])
    values = np.array([people["total"], people["covered"], others, *of_others])
    parent = np.array([-1, 0, 0, *[2] * len(lost)])
    return dict(zip(names, _guarded(parent, values).tolist(), strict=True))


def _people_counts(values: Floats, hidden: Flags, told: Flags) -> Counts:
    small = is_small(values)
    return Counts(
        values=values,
        hidden=hidden,
        told=told,
        low=np.full(len(values), QUANTUM),
        high=np.full(len(values), _TOP),
        most=np.full(len(values), float(values.max(initial=0.0))),
        need_low=np.where(small, _NEED[0], np.nan),
        need_high=np.where(small, _NEED[1], np.nan),
        cost=values,
    )


def public_cells(cells: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of all cells as the public may read them, with the column ``suppressed``.

    ``cells`` holds ``code`` and ``parent`` of every cell of every level, ``figures`` (aligned)
    some columns of :func:`geo.coverage.cell_figures`, and may hold ``uncovered``. Counts that are
    withheld become null; ``suppressed`` says why, one of :data:`MARKS`: the small count, or
    ``withheld`` where only others are protected. Where nobody is known all stays as it is.
    """
    out = figures.copy()
    people, covered = (out[name].to_numpy(dtype=float) for name in ("people", "covered"))
    if np.isnan(people).all():
        out["suppressed"] = ""
        return out
    mark, no_people = _marks(cells, people, covered)
    no_covered = mark != ""
    _put(out, "people", np.where(no_people, np.nan, rounded(people)))
    _put(out, "covered", np.where(no_covered, np.nan, rounded(covered)))
    _put(out, "uncovered", np.where(no_covered, np.nan, rounded(people - covered)))
    for name in ("people_judged", "ring_covered"):  # further counts of the same few people
        _put(out, name, np.full(len(out), np.nan))
    known = ~no_covered & (out["null_reason"].to_numpy() == "")
    share = np.full(len(out), np.nan)
    np.divide(rounded(covered), rounded(people), out=share, where=known & (people > 0))
    _put(out, "share", np.minimum(share, 1.0))
    surely = _surely(mark, people)
    _put(out, "class", np.where(no_covered, surely, out["class"].to_numpy()))
    reason = out["null_reason"].to_numpy()
    _put(out, "null_reason", np.where(no_covered & (surely == ""), REASON, reason))
    if "reason" in out:
        _put(out, "reason", np.where(no_covered, "", out["reason"].to_numpy()))
    out["suppressed"] = mark
    return out


def _put(frame: pd.DataFrame, name: str, values: NDArray[Any]) -> None:
    if name in frame:
        frame[name] = values


def _surely(mark: NDArray[Any], people: Floats) -> NDArray[Any]:
    """Return the class that follows from what is told anyway, "" where it would tell more."""
    rounded_down = np.maximum(rounded(people) - STEP / 2, 0.0)
    few = NONE_SHARE * rounded_down >= _LEAST
    return np.select([few & (mark == "covered<10"), few & (mark == "uncovered<10")],
                     ["none", "full"], "")  # fmt: skip


def _marks(cells: pd.DataFrame, people: Floats, covered: Floats) -> tuple[NDArray[Any], Flags]:
    """Return the mark of every cell, and where even its people are withheld."""
    parent = grid.parent_rows(cells).astype(np.int64)
    top = parent < 0
    tree = Tree(np.append(np.where(top, len(parent), parent), -1))
    whole = np.append(people, people[top].sum())
    reached = np.append(covered, covered[top].sum())
    small = is_small(whole)
    no_people, told = suppression.guard(tree, _people_counts(whole, small, small))
    # Of the rows without people nothing else is said either.
    few, rest = is_small(reached), is_small(whole - reached)
    no_covered, told_covered = suppression.guard(
        tree, _covered_counts(whole, reached, no_people)
    )  # fmt: skip
    mark = np.select(
        [no_people & told, no_people, told_covered & few, told_covered & rest, no_covered],
        ["people<10", WITHHELD, "covered<10", "uncovered<10", WITHHELD],
        "",
    )
    return mark[:-1], no_people[:-1]


def _covered_counts(people: Floats, covered: Floats, no_people: Flags) -> Counts:
    """Return the covered people of a city whose people are known, as an attacker may know them.

    Moving one covered person from here to there moves one who is not covered the other way, so
    one column protects both.
    """
    few, rest = is_small(covered), is_small(people - covered)
    both = few & rest  # a range of the one would narrow the other
    needs = np.array([
        np.where(few, _NEED[0], np.inf), np.where(rest, people - _NEED[1], np.inf),
        np.where(few, np.minimum(_NEED[1], people), -np.inf),
        np.where(rest, people - _NEED[0], -np.inf),
    ])  # fmt: skip
    need_low, need_high = needs[:2].min(axis=0), needs[2:].max(axis=0)
    handful = is_small(people)  # who is told to be few, or nobody, wholly on one side
    need_low = np.where(handful, np.where(both, QUANTUM, np.nan), need_low)
    need_high = np.where(handful, np.where(both, people - QUANTUM, np.nan), need_high)
    return Counts(
        values=covered,
        hidden=few | rest | (no_people & (people > 0)),
        told=(few ^ rest) & ~no_people,
        low=np.where(few, QUANTUM, np.maximum(people - _TOP, 0.0)),
        high=np.where(few, np.minimum(_TOP, people), np.maximum(people - QUANTUM, 0.0)),
        most=people,
        need_low=np.maximum(need_low, 0.0),
        need_high=np.minimum(need_high, people),
        cost=np.where(covered < people, covered, covered + people.max(initial=0.0)),
    )


def public_headline(headline: Mapping[str, Any]) -> dict[str, Any]:
    """Return :func:`geo.study.headline` as the public may read it, with a mapping ``suppressed``.

    It names every count that is null for being small (:data:`SMALL`) or for protecting a small
    one (:data:`WITHHELD`): ``covered`` of the people, or a class of ``uncovered``.
    """
    marks = _city_marks(headline["people"], headline["uncovered"])
    lost = {name: _shown(count, marks[name]) for name, count in headline["uncovered"].items()}
    return dict(headline) | {
        "people": _people(headline["people"], marks),
        "uncovered": lost,
        "suppressed": {name: mark for name, mark in marks.items() if mark and name != "others"},
    }


def public_summary(
    summary: Mapping[str, Any], cells: gpd.GeoDataFrame, figures: pd.DataFrame
) -> dict[str, Any]:
    """Return :func:`geo.study.summary` as the public may read it, with a mapping ``suppressed``.

    ``figures`` are the city's public cells (:func:`public_cells`): the numbers of cells by class
    are those that the public can count itself.
    """
    uncovered = {name: dict(row) for name, row in summary["uncovered"].items()}
    told = public_headline(
        {"people": summary["people"], "uncovered": {k: v["people"] for k, v in uncovered.items()}}
    )
    for name, row in uncovered.items():
        row["people"] = told["uncovered"][name]
        if name in told["suppressed"]:
            row["places"] = None  # so many places as people, nearly
    ring = dict(summary["ring"])
    ring["people"] = _ring(ring["people"], told["suppressed"])
    return dict(summary) | {
        "people": told["people"],
        "ring": ring,
        "uncovered": uncovered,
        "levels": coverage.level_counts(cells, figures),
        "suppressed": told["suppressed"],
    }


def _people(people: Mapping[str, Any], marks: Mapping[str, str]) -> dict[str, Any]:
    """Return the people of a city and how many of them are covered."""
    if people["total"] is None:
        return dict(people)
    total, judged = public_count(people["total"]), public_count(people["judged"])
    if marks.get("outside"):
        judged = None
    covered = _shown(people["covered"], marks["covered"])
    return {
        "total": total,
        "judged": judged,
        "covered": covered,
        "share": _ratio(covered, total),
        "share_of_judged": _ratio(covered, judged),
        "reason": REASON if None in (total, judged, covered) else people["reason"],
    }


def _ring(people: Mapping[str, Any], marks: Mapping[str, str]) -> dict[str, Any]:
    """Return the people within the ring: both sides of the ring must not be small."""
    return _people(people, dict(marks) | _city_marks(people, {}))


def _shown(count: float | None, mark: str) -> float | None:
    return None if mark else public_count(count)


def _ratio(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else min(part / whole, 1.0)


def public_gaps(
    gaps: pd.DataFrame, uncovered: Mapping[str, float | None] | None = None
) -> pd.DataFrame:
    """Return the gaps as the public may read them, with the column ``suppressed``, ranked anew.

    ``uncovered`` are the people of each class in the whole city, of which the gaps are parts. The
    rank follows the rounded people, then the ground: it must not order what is withheld.
    """
    out = gaps.copy()
    out["suppressed"] = ""
    people = out["people"].to_numpy(dtype=float)
    if not len(out) or np.isnan(people).all():
        return out
    for name in out["class"].unique():
        mine = (out["class"] == name).to_numpy()
        shown, marks = public_split(people[mine], (uncovered or {}).get(str(name)))
        out.loc[mine, "people"], out.loc[mine, "suppressed"] = shown, marks
    order = np.lexsort((-out["area_m2"].to_numpy(dtype=float), -out["people"].fillna(0.0)))
    out = out.iloc[order].reset_index(drop=True)
    out["rank"] = np.arange(1, len(out) + 1)
    return out


def public_hours(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return :meth:`geo.week.Curve.to_json` as the public may read it.

    Curves by service go; an hour that is small on one side is null.
    """
    total, judged = told["people_total"], told["people_judged"]

    def count(covered: float | None) -> float | None:
        if covered is None or any(is_small([covered, judged - covered, total - covered])):
            return None
        return public_count(covered)

    return {
        **told,
        "covered": [count(covered) for covered in told["covered"]],
        "by_service": {},
        "ceiling": count(told["ceiling"]),
        "people_judged": public_count(judged),
        "people_total": public_count(total),
    }
