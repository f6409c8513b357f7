"""Find the missing link of a whole gap: a bridge, and how many people it would bring in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo import gaps, study
from geo.city import ANYTIME, CityData
from geo.errors import OptionError
from geo.model import Budget, Need, TravelProfile
from geo.study import Study
from geo.why import phrases, remedies
from geo.why.missing import ASKED, MissingLink
from geo.why.remedies import Gain


@dataclass(frozen=True, eq=False)
class GapLink:
    """Hold the link that mends a ranked gap, and whom it brings in time: in the gap, in the city.

    ``gap`` is the row of :attr:`geo.study.Study.gaps`. ``people`` are those of the gap, ``None``
    where nobody is known; ``area_m2`` the ground of the gap that is in time with the link, to a
    pixel. Without a link ``reason`` is a key of :data:`geo.why.phrases.NO_LINK`.
    """

    data: CityData
    gap: dict[str, Any]
    gain: Gain | None = None
    people: float | None = None
    area_m2: float | None = None
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the answer as plain values; positions in WGS84 degrees."""
        told = {key: self.gap[key] for key in ("rank", "class", "code", "name", "area_m2")}
        people = self.gap["people"]
        return told | {
            "people": None if np.isnan(people) else float(people),
            "barrier": self.gap["barrier"] or None,
            "reason": phrases.NO_LINK[self.reason]._asdict() if self.reason else None,
            "people_in_gap": self.people,
            "area_in_gap_m2": self.area_m2,
            "missing_link": None if self.gain is None else self.gain.to_json(self.data),
        }


def gap_link(
    data: CityData, profile: TravelProfile, budget: Budget, rank: int, need: Need = ANYTIME
) -> GapLink:
    """Return the link for the gap of that rank, found for its fullest place.

    Where nobody is known it is found for the middle of the gap. An unknown rank raises
    :class:`~geo.errors.OptionError`.
    """
    result = study.kept(data, profile, budget, need)
    count = len(result.gaps)
    if not 1 <= rank <= count:
        raise OptionError(
            f"there is no gap {rank}; give 1 to {count}"
            if count
            else f"there is no gap {rank}: nothing is left uncovered"
        )
    gap = {key: _plain(value) for key, value in result.gaps.iloc[rank - 1].items()}
    if gap["class"] not in remedies.MENDED_BY_LINK:
        return GapLink(data, gap, reason="class")
    return _by_ground(result, gap) if data.units is None else _by_people(result, gap)


def prepare(data: CityData, profile: TravelProfile, budget: Budget) -> None:
    """Compute what the first link of a question needs and all others share: a second or two."""
    found = study.kept(data, profile, budget).gaps
    if found["class"].isin(remedies.MENDED_BY_LINK).any():
        remedies.finder(data, profile)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _by_people(result: Study, gap: dict[str, Any]) -> GapLink:
    """Return the link for the fullest place of a gap."""
    data, profile = result.data, result.profile
    assert data.units is not None
    late = np.flatnonzero(result.unit_class == gaps.CLASSES.index(gap["class"]))
    people = data.units["people"].to_numpy()[late]
    places = gaps.points_frame(
        data.units_xy[late], data.city.crs, people=people, **{"class": gap["class"]}
    )
    pairs = gaps.in_gaps(places, result.gaps)
    inside = pairs.index[pairs["index_gap"] == gap["rank"] - 1].to_numpy()
    rows = late[inside]
    if not len(rows):
        return GapLink(data, gap, reason="nobody")
    links = data.links_of_units(profile).take(rows)
    finder = remedies.finder(data, profile, result.need.at)
    mending = finder.mend(links, data.units_xy[rows], people[inside], result.budget_ms)
    if mending is None:
        return GapLink(data, gap, reason="beyond")
    gain = remedies.gain(data, profile, result.budget_ms, mending.link, result.need.at)
    return GapLink(data, gap, gain, mending.people, _ground(result, gap, mending.link)[1])


def _by_ground(result: Study, gap: dict[str, Any]) -> GapLink:
    """Return the link for the middle of a gap where nobody is known."""
    data, profile = result.data, result.profile
    rows, _ = _ground(result, gap)
    xy = data.pixels.grid.centres(data.pixels.index[rows])
    middle = shapely.get_coordinates(gap["geometry"].representative_point())[0]
    xy = xy[np.argsort(np.hypot(*(xy - middle).T), kind="stable")[:ASKED]]
    links = data.street_index(profile).link(xy)
    finder = remedies.finder(data, profile, result.need.at)
    mending = finder.mend(links, xy, np.ones(len(xy)), result.budget_ms)
    if mending is None:
        return GapLink(data, gap, reason="beyond")
    gain = remedies.gain(data, profile, result.budget_ms, mending.link, result.need.at)
    return GapLink(data, gap, gain, None, _ground(result, gap, mending.link)[1])


def _ground(
    result: Study, gap: dict[str, Any], link: MissingLink | None = None
) -> tuple[np.ndarray, float]:
    """Return the pixels of a gap, and the m² of those that a link brings in time."""
    data, table = result.data, result.data.pixels
    rows = table.inside(table.grid.window(gap["geometry"].bounds))
    rows = rows[result.pixel_class[rows] == gaps.CLASSES.index(gap["class"])]
    xy = table.grid.centres(table.index[rows])
    rows = rows[shapely.contains_xy(gap["geometry"], xy[:, 0], xy[:, 1])]
    if link is None:
        return rows, 0.0
    finder = remedies.finder(data, result.profile, result.need.at)
    links = data.pixel_links(result.profile, rows)
    helped = finder.times_over(link, links, result.budget_ms) <= result.budget_ms
    return rows, float(helped.sum()) * table.grid.step_m**2
