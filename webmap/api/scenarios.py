"""Keep the planner's scenarios: list, make, write, delete them, and carry them to a new import."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import Response, request, url_for
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from geo import manifest
from geo.printable import printable
from geo.scenario import changes as plain_changes
from webmap import catalog, geojson, responses, variants
from webmap.api import models, questions
from webmap.store import engine
from webmap.store import scenarios as kept
from webmap.store.scenarios import Scenario

scenarios = APIBlueprint(
    "scenarios", __name__, url_prefix="/api/cities/<slug>/scenarios", tag="Scenarios"
)

_CONFLICTS = {
    404: "There is no such city or scenario",
    409: "Somebody else has changed it (`current`), the name is taken (`proposal`), or the city "
    "was imported anew (`base_date`, `city_date`)",
    507: "The disk is full",
    503: "What is kept cannot be read or written",
}


def _named(text: str) -> str:
    """Return a name without what steers a terminal or turns a line; refuse one that is empty."""
    name = printable(text).strip()
    if not name:
        raise ValueError("give a name")
    return name


Name = Annotated[str, AfterValidator(_named)]
_UNIQUE = "Unique in the city."
_NOTE = "What else is to be remembered."
_LONGEST_NOTE = 4000
_REVISION = Field(ge=1, strict=True, description="The revision that was seen last.")


class ScenarioIn(BaseModel):
    """Make a scenario."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(max_length=kept.LONGEST_NAME, description=_UNIQUE, examples=["北岸两站"])
    note: str = Field("", max_length=_LONGEST_NOTE, description=_NOTE)
    changes: list[Any] = Field(
        default_factory=list, max_length=models.MOST_CHANGES, description=models.CHANGES.description
    )


class ScenarioPut(BaseModel):
    """Write a scenario; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    revision: int = _REVISION
    name: Name | None = Field(None, max_length=kept.LONGEST_NAME, description=_UNIQUE)
    note: str | None = Field(None, max_length=_LONGEST_NOTE, description=_NOTE)
    changes: list[Any] | None = Field(
        None, max_length=models.MOST_CHANGES, description=models.CHANGES.description
    )


class RevisionChoice(BaseModel):
    """Say what was seen last."""

    revision: int | None = Field(
        None, ge=1, description="Only if the scenario is still at this revision."
    )


class RebaseIn(BaseModel):
    """Carry a scenario over to the city as it was imported anew."""

    model_config = ConfigDict(extra="forbid")

    revision: int = _REVISION
    drop: bool = Field(
        False,
        description="False: only tell what no longer fits. True: carry the scenario over without "
        "what no longer fits.",
    )


class ScenarioHead(BaseModel):
    """What is known of a scenario apart from its changes."""

    id: str
    name: str
    note: str
    revision: int = Field(description="Counts up with every write.")
    base_version: str = Field(description="Version of the city that it was made for.")
    base_date: str = Field(
        description="When that one was imported, ISO 8601, UTC; empty = not known (from a file)."
    )
    outdated: bool = Field(
        description="True: the city was imported anew since; see `rebase`. Until then nothing is "
        "computed with this scenario."
    )
    created: str = Field(description="ISO 8601, UTC.")
    updated: str = Field(description="ISO 8601, UTC.")


class ListedScenario(ScenarioHead):
    """A scenario in the list."""

    count: int = Field(description="Number of changes.")


class ScenarioList(BaseModel):
    """All scenarios of a city, the one that was written last first."""

    scenarios: list[ListedScenario]


class ScenarioOut(ScenarioHead):
    """A scenario."""

    changes: list[dict[str, Any]] = Field(description="As they were given, in their order.")


class FaultOut(BaseModel):
    """One thing that is wrong, where, and how to mend it."""

    where: str
    seen: str
    remedy: str


class Unfit(BaseModel):
    """A change that cannot be made in the city as it was imported anew."""

    number: int = Field(description="Its place among the changes, 1 = first.")
    change: dict[str, Any]
    faults: list[FaultOut]


class RebaseOut(BaseModel):
    """What fits the city as it is now."""

    rebased: bool = Field(description="Whether the scenario was carried over.")
    base_date: str = Field(description="Import that the scenario was made for.")
    city_date: str = Field(description="Import that the city has now.")
    fits: int = Field(description="Changes that fit.")
    unfit: list[Unfit] = Field(description="Changes that no longer fit.")
    scenario: ScenarioOut


class Manifest(BaseModel):
    """A scenario as a file that can be run again elsewhere (`yizhan scenario run`)."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["yizhan-scenario/1"]
    name: str
    note: str
    city: dict[str, Any] = Field(description="Slug, name, version, and the inputs' hashes.")
    question: dict[str, Any] = Field(description="Profile, budget, need and crowd.")
    changes: list[Any] = models.CHANGES
    software: dict[str, str]


@scenarios.before_request
def _allow_many_changes() -> None:
    request.max_content_length = max(request.max_content_length or 0, models.CHANGES_BYTES)


def _json(scenario: Scenario) -> dict[str, Any]:
    return scenario.to_json() | {"outdated": variants.outdated(scenario)}


def _written(scenario: Scenario, status: int = 200) -> Response:
    response = responses.private(geojson.encode(_json(scenario)))
    response.status_code = status
    if status == 201:
        response.headers["Location"] = url_for(
            "scenarios.one_scenario", slug=scenario.city, scenario_id=scenario.id
        )
    return response


@scenarios.get("")
@scenarios.output(ScenarioList)
def list_scenarios(slug: str) -> Response:
    """Return all scenarios of a city, the one that was written last first."""
    city = catalog.current().city(slug)
    rows = []
    for scenario in kept.listed(engine.current(), city.slug):
        row = _json(scenario)
        rows.append(row | {"count": len(row.pop("changes"))})
    content = geojson.encode({"scenarios": rows})
    return responses.body(hashlib.sha256(content).hexdigest()[:20], lambda: content)


@scenarios.post("")
@scenarios.input(ScenarioIn)
@scenarios.output(ScenarioOut, status_code=201)
@scenarios.doc(responses=_CONFLICTS)
def make_scenario(slug: str, json_data: ScenarioIn) -> Response:
    """Make a scenario for the city as it is now; its changes must be possible there."""
    city = variants.renewed(slug)
    rows = _checked(city, json_data.changes)
    version = variants.version(city)
    store = engine.current()
    made = kept.add(store, slug, version, json_data.name, json_data.note, rows)
    return _written(made, 201)


def _checked(city: catalog.LoadedCity, rows: list[Any]) -> list[dict[str, Any]]:
    """Return the changes in their plain form, or refuse those that cannot be made in the city."""
    changes = variants.parsed(rows)
    variants.changed(city, changes)
    return [plain_changes.plain(change) for change in changes]


@scenarios.get("/<scenario_id>")
@scenarios.output(ScenarioOut)
@scenarios.doc(responses={404: _CONFLICTS[404], 503: _CONFLICTS[503]})
def one_scenario(slug: str, scenario_id: str) -> Response:
    """Return a scenario with its changes."""
    scenario = kept.get(engine.current(), catalog.current().city(slug).slug, scenario_id)
    row = _json(scenario)
    stamp = f"{scenario.id}.{scenario.revision}.{row['outdated']}"
    return responses.body(stamp, lambda: geojson.encode(row))


@scenarios.put("/<scenario_id>")
@scenarios.input(ScenarioPut)
@scenarios.output(ScenarioOut)
@scenarios.doc(responses=_CONFLICTS)
def write_scenario(slug: str, scenario_id: str, json_data: ScenarioPut) -> Response:
    """Write a scenario; nobody's work is overwritten.

    `revision` is the one that was seen last. If the scenario has been changed since, nothing is
    written, and the problem (409) holds its state as `current`.
    """
    store = engine.current()
    old = kept.get(store, catalog.current().city(slug).slug, scenario_id)
    rows = None
    if json_data.changes is not None and json_data.revision == old.revision:
        rows = _checked(variants.base_of(old), json_data.changes)
    made = kept.write(
        store,
        slug,
        scenario_id,
        json_data.revision,
        name=json_data.name,
        note=json_data.note,
        changes=rows,
    )
    return _written(made)


@scenarios.delete("/<scenario_id>")
@scenarios.input(RevisionChoice, location="query")
@scenarios.output({}, status_code=204)
@scenarios.doc(responses=_CONFLICTS)
def delete_scenario(slug: str, scenario_id: str, query_data: RevisionChoice) -> Response:
    """Delete a scenario, if wanted only while nobody else has changed it."""
    city = catalog.current().city(slug)
    kept.remove(engine.current(), city.slug, scenario_id, query_data.revision)
    return Response(status=204)


@scenarios.post("/<scenario_id>/rebase")
@scenarios.input(RebaseIn)
@scenarios.output(RebaseOut)
@scenarios.doc(responses=_CONFLICTS)
def rebase_scenario(slug: str, scenario_id: str, json_data: RebaseIn) -> Response:
    """Tell which changes fit the city as it was imported anew, and carry the scenario over.

    Without `drop` nothing is written.
    """
    store, city = engine.current(), variants.renewed(slug)
    scenario = kept.get(store, slug, scenario_id)
    changes, base_date = scenario.changes, scenario.base.date
    fits, refused = variants.fitting(city.data, changes)
    if json_data.drop:
        version = variants.version(city)
        scenario = kept.write(
            store, slug, scenario_id, json_data.revision, changes=fits, base=version
        )
    told = {
        "rebased": json_data.drop,
        "base_date": base_date,
        "city_date": city.imported,
        "fits": len(fits),
        "unfit": [unfit | {"change": changes[unfit["number"] - 1]} for unfit in refused],
        "scenario": _json(scenario),
    }
    return responses.private(geojson.encode(told))


@scenarios.get("/<scenario_id>/manifest")
@scenarios.input(questions.CrowdChoice, location="query")
@scenarios.output(Manifest)
@scenarios.doc(responses=_CONFLICTS)
def scenario_manifest(slug: str, scenario_id: str, query_data: questions.CrowdChoice) -> Response:
    """Return a scenario and a question as a file that `yizhan scenario run` runs again."""
    scenario = kept.get(engine.current(), catalog.current().city(slug).slug, scenario_id)
    variants.base_of(scenario)
    question = manifest.Question(*query_data.study())
    changes = variants.parsed(scenario.changes)
    made = manifest.of(slug, scenario.name, question, changes, scenario.note)
    response = responses.private(geojson.encode(manifest.to_json(made)))
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-scenario.json"'
    return response


@scenarios.post("/import")
@scenarios.input(Manifest)
@scenarios.output(ScenarioOut, status_code=201)
@scenarios.doc(responses=_CONFLICTS)
def import_scenario(slug: str, json_data: Manifest) -> Response:
    """Keep the scenario of a file; a name that is taken gets a number.

    If the file was made for another import of the city, the scenario is `outdated` from the first
    and waits for its `rebase`.
    """
    city = variants.renewed(slug)
    with variants.refusing():
        made = manifest.parsed(json_data.model_dump(), "file")
    changes = [plain_changes.plain(change) for change in made.changes]
    version = kept.CityVersion(made.base.version, "")
    if made.base.version == city.mark:
        version, changes = variants.version(city), _checked(city, changes)
    scenario = kept.add(
        engine.current(),
        slug,
        version,
        made.name[: kept.LONGEST_NAME].rstrip(),
        made.note,
        changes,
        numbered=True,
    )
    return _written(scenario, 201)
