"""Study what a view asks: the city of its question, and that of the other side of the divider."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from geo import report, scenario, study
from geo.city import CityData
from geo.disclosure import Edition
from geo.errors import OptionError
from geo.errors import shown as cut
from geo.report.telling import Told
from geo.scenario import changes as kinds
from geo.story import proposing
from geo.story.proposing import Proposed
from geo.story.views import PROPOSAL, Asked, Story, View

#: Gives the city of a scenario: ``None`` as it is, :data:`~geo.story.views.PROPOSAL`, or a name.
CityOf = Callable[[str | None], CityData]


@dataclass(frozen=True, eq=False)
class Shown:
    """Hold a view with what may be told of its question, and of what it is compared with.

    ``proposal`` is what the tool proposes, where the view shows that; ``reason`` says in both
    languages why there is nothing to show, "" where there is.
    """

    view: View
    after: Told
    before: Told | None = None
    proposal: Proposed | None = None

    @property
    def reason(self) -> str:
        """Return why nothing is proposed, "" where something is, or where nobody asks."""
        return "" if self.proposal is None else self.proposal.reason


def shown(city: CityOf, view: View, edition: Edition = "internal") -> Shown:
    """Return a view with its studies, which are kept with their cities."""
    against = view.against
    return Shown(
        view,
        answered(city(view.asked.scenario), view.asked, edition),
        None if against is None else answered(city(against.scenario), against, edition),
        proposing.proposed(city(None)) if view.asked.scenario == PROPOSAL else None,
    )


def answered(data: CityData, asked: Asked, edition: Edition) -> Told:
    """Return what an edition may tell of the answer to a question, kept while it is recent."""
    profile, budget, need = asked.question(data)

    def make() -> Told:
        found = study.kept(data, profile, budget, need)
        return report.told(found, found.to_json(), edition)

    told: Told = data.keep_recent(("told", profile.name, budget, need, edition), make)
    return told


def cities(data: CityData, story: Story | None = None) -> CityOf:
    """Return what gives the cities of a story that carries its scenarios along.

    Raises :class:`~geo.errors.OptionError` for a scenario that it does not carry, and
    :class:`~geo.errors.InputError` for changes that cannot be made in this city.
    """
    carried = {} if story is None else story.scenarios

    def city(name: str | None) -> CityData:
        if name is None:
            return data
        if name == PROPOSAL:
            return proposing.proposed(data).city
        if name not in carried:
            known = ", ".join([PROPOSAL, *carried])
            raise OptionError(f"the story has no scenario {cut(name)}; it has {known}")
        _, rows = carried[name]
        changes = kinds.parsed(rows, f"scenarios.{name}")
        made: CityData = data.keep_recent(
            ("story city", changes), lambda: scenario.apply(data, changes)
        )
        return made

    return city
