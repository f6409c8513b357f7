"""Answer what changes would do to who is covered, while the planner is still drawing them."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field

from webmap import geojson, responses, variants
from webmap import whatif as outcomes
from webmap.api import models, questions

whatif = APIBlueprint("whatif", __name__, url_prefix="/api/cities/<slug>", tag="Scenarios")


class WhatIfIn(questions.Choice):
    """Ask what changes would do."""

    model_config = ConfigDict(extra="forbid")

    changes: list[Any] = models.CHANGES


class ChangedCells(BaseModel):
    """The cells of every level whose figures change, as parallel lists."""

    model_config = ConfigDict(populate_by_name=True)

    row: list[int] = Field(description="Row among all cells of the city, as tiles name it.")
    code: list[str]
    people: list[models.People]
    covered: list[models.People]
    share: list[models.Share] = Field(description="By ground where nobody is known.")
    class_: list[models.Class | None] = Field(alias="class")
    null_reason: list[str | None]


class WhatIfOut(BaseModel):
    """What changes would do, compared with the city, or the scenario, without them."""

    people: models.CoveredPeople = Field(description="The whole city after the changes.")
    gained: models.People = Field(description="People covered by the changes who were not before.")
    lost: models.People = Field(description="People covered before and no longer.")
    stations: int = Field(description="Stations that serve anybody after the changes.")
    seats_counted: Literal[False] = Field(
        description="Seats are not counted here, so `users_per_1000` is no question of it: who "
        "finds a seat is seen by keeping the changes as a scenario and asking `coverage`."
    )
    cells: ChangedCells


@whatif.before_request
def _allow_many_changes() -> None:
    request.max_content_length = max(request.max_content_length or 0, models.CHANGES_BYTES)


@whatif.post("/what-if")
@whatif.input(WhatIfIn)
@whatif.output(WhatIfOut)
@whatif.doc(responses={400: "The body is no JSON", 409: "The scenario's city was imported anew"})
def what_if(slug: str, json_data: WhatIfIn) -> Response:
    """Return who is covered after changes, and the cells that change.

    The changes are made on top of the `scenario`, or of the city as it is; what is gained, lost
    and changed is told compared with that. Nothing is kept. Every figure equals that of a study of
    the changed city that asks for no seats.
    """
    (profile, budget), need = json_data.chosen(), json_data.need()
    changes = variants.parsed(json_data.changes)
    city = variants.city(slug, json_data.scenario)
    told = outcomes.told(city, profile, budget, need, changes)
    return responses.private(geojson.encode(told | {"seats_counted": False}))
