"""Make the brief of a city and a question: run the study, and that of today beside a scenario's."""

from __future__ import annotations

from collections.abc import Sequence

from geo import answers, study, workspace
from geo.capacity import Crowd
from geo.city import ANYTIME, CityData
from geo.manifest import Scenario
from geo.model import Budget, Need, TravelProfile
from geo.report.chart import Chart
from geo.report.comparison import stations_of
from geo.report.content import Brief, Edition, brief
from geo.report.words import Lang
from geo.requirements.rules import Requirements

#: What lies under the map of a brief.
_LAYERS = ("streets", "water", "landmarks")


def of_city(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    need: Need = ANYTIME,
    crowd: Crowd | None = None,
    *,
    scenario: Scenario | None = None,
    lang: Lang = "zh",
    edition: Edition = "internal",
    standards: Sequence[Requirements] = (),
    map_approval: str = "",
) -> tuple[Brief, Chart]:
    """Return what the brief of a city says, and its map.

    ``data`` is a city of the workspace, after the changes of the ``scenario`` if there is one; the
    other arguments are those of :func:`geo.report.content.brief`.
    """
    slug = data.city.slug
    result = study.run(data, profile, budget, need, crowd)
    before = None
    if scenario is not None:
        before = answers.summary(workspace.load(slug), profile, budget, need, crowd)
    basemap = {name: workspace.read_layer(slug, name, data.city.crs) for name in _LAYERS}
    told = brief(
        result,
        result.to_json(answers.provenance(slug)),
        lang=lang,
        edition=edition,
        scenario=scenario,
        before=before,
        standards=standards,
        landmarks=basemap["landmarks"],
        map_approval=map_approval,
    )
    return told, Chart(result, basemap, stations_of(scenario), numbered=len(told.gaps))
