"""Make the brief of a city and a question: run the study, and that of today beside a scenario's."""

from __future__ import annotations

from collections.abc import Sequence

from geo import answers, study, workspace
from geo.capacity import Crowd
from geo.city import ANYTIME, CityData
from geo.disclosure import Edition
from geo.manifest import Scenario
from geo.model import Budget, Need, TravelProfile
from geo.progress import Progress, silent
from geo.report.chart import Chart
from geo.report.comparison import stations_of, ways_of
from geo.report.content import Brief, brief
from geo.report.telling import Told, told
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
    progress: Progress = silent,
) -> tuple[Brief, Chart]:
    """Return what the brief of a city says, and its map.

    ``data`` is a city of the workspace, after the changes of the ``scenario`` if there is one; the
    other arguments are those of :func:`geo.report.content.brief`.
    """
    slug, done = data.city.slug, 0
    steps = 3 if scenario is None else 5

    def begin(label: str) -> None:
        nonlocal done
        progress(label, done, steps)
        done += 1

    def found(city: CityData, sort: str) -> Told:
        begin(f"计算{sort}覆盖")
        result = study.run(city, profile, budget, need, crowd)
        summary = result.to_json(answers.provenance(slug))
        begin(f"解释{sort}缺口")
        return told(result, summary, edition)

    if scenario is None:
        now, before = found(data, ""), None
    else:
        now, before = found(data, "方案的"), found(workspace.load(slug), "现状的")
    begin("整理底图与文字")
    basemap = {name: workspace.read_layer(slug, name, data.city.crs) for name in _LAYERS}
    says = brief(
        now,
        lang=lang,
        scenario=scenario,
        before=before,
        standards=standards,
        landmarks=basemap["landmarks"],
        map_approval=map_approval,
    )
    ways = ways_of(scenario, data.city.crs)
    progress("整理底图与文字", steps, steps)
    return says, Chart(now, basemap, stations_of(scenario), ways, numbered=len(says.gaps))
