"""Answer about stories that are still being written: nothing of it is kept."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from geo import story
from geo.report import Lang
from webmap import catalog, geojson, language, responses, stories, variants
from webmap.api.scenarios import Name
from webmap.api.views import VIEWS, LangChoice, ViewIn
from webmap.store import engine
from webmap.store import stories as kept

drafts = APIBlueprint("drafts", __name__, url_prefix="/api/cities/<slug>/stories", tag="Stories")

_REFUSED = {
    404: "There is no such city",
    422: "Something is wrong with it: `faults`, one by one",
    503: "What is kept cannot be read",
}


class OfferedFigure(BaseModel):
    """A figure that a view may show big, or quote in braces."""

    name: str = Field(description="What stands in the braces.")
    caption: str = Field(description="What it is, with its unit.")
    text: str = Field(description="How a sentence prints it now.")


class OfferedFigures(BaseModel):
    """All figures of a view that anybody knows."""

    figures: list[OfferedFigure]


class Draft(BaseModel):
    """A story that need not be kept."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(max_length=kept.LONGEST_NAME, description="For people.")
    views: list[Any] = VIEWS


class DraftText(BaseModel):
    """A story as a text."""

    text: str = Field(description="TOML, as `stories/import` reads it.")


@drafts.post("/offered")
@drafts.input(LangChoice, location="query")
@drafts.input(ViewIn)
@drafts.output(OfferedFigures)
@drafts.doc(responses=_REFUSED)
def offered_figures(slug: str, query_data: LangChoice, json_data: ViewIn) -> Response:
    """Return the figures that a view has, for whoever writes its words."""
    city, store = catalog.current().city(slug), engine.current()
    with variants.refusing():
        view = story.parsed_view(json_data.view)
    shown = story.shown(
        lambda key: variants.after(city, store, key).data, view, city.settings.edition
    )
    found = story.offered(shown, cast(Lang, language.chosen()), stories.landmarks(city))
    return responses.private(geojson.encode({"figures": [asdict(one) for one in found]}))


@drafts.post("/text")
@drafts.input(Draft)
@drafts.output(DraftText)
@drafts.doc(responses=_REFUSED)
def draft_text(slug: str, json_data: Draft) -> Response:
    """Return a story as a small text file, whether it is kept or not."""
    city, store = catalog.current().city(slug), engine.current()
    with variants.refusing():
        found = story.parsed({"name": json_data.name, "views": json_data.views})
    text = story.written(stories.carried(city, store, found))
    return responses.private(geojson.encode({"text": text}))
