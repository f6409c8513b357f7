"""Tell a city as a story for a meeting, and keep the stories that planners make of it.

All words and figures of a view come from :mod:`geo.story`, so that the page, the file, the paper
and the slides say the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import orjson
from apiflask import APIBlueprint
from flask import Response, current_app, request, url_for
from pydantic import BaseModel, ConfigDict, Field

from geo import story
from geo.errors import Fault, GeoError, InputError
from geo.story import Story, View
from geo.story.views import workday
from webmap import catalog, geojson, language, problems, responses, told, variants
from webmap import stories as telling
from webmap.api import models
from webmap.api.scenarios import Name, RevisionChoice
from webmap.api.views import VIEWS, LangChoice, ToldView, ViewIn, ViewOut
from webmap.catalog import LoadedCity
from webmap.store import engine, scenarios
from webmap.store import stories as kept
from webmap.store.stories import KeptStory

stories = APIBlueprint("stories", __name__, url_prefix="/api/cities/<slug>", tag="Stories")

_CONFLICTS = {
    404: "There is no such city or story",
    409: "Somebody else has changed it (`current`), or the name is taken (`proposal`)",
    422: "Something is wrong with it: `faults`, one by one",
    503: "What is kept cannot be read or written",
    507: "The disk is full",
}
_READING: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    404: {"description": _CONFLICTS[404]},
    503: {"description": _CONFLICTS[503]},
}
_TEXT: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    200: {
        "description": "The story as TOML, with the scenarios that its views name",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
}
_VIEW = "view"


class StoryChoice(LangChoice):
    """Choose a story and its language."""

    story: str = Field(
        telling.DEFAULT,
        description="Id of a story; `default` is the one that every city has without any editing.",
        max_length=64,
    )


class ToldStory(BaseModel):
    """A story with all that its views say."""

    id: str = Field(description="`default`, or the id of a kept story.")
    name: str = Field(description="For people.")
    revision: int | None = Field(description="Counts up with every write; null = the default one.")
    is_default: bool = Field(description="Whether nobody has edited it.")
    lang: str = Field(description="`zh` or `en`.")
    day: models.Day = Field(
        description="The day that an hour alone means: the first workday from the date of the "
        "data on."
    )
    views: list[ToldView] = Field(
        description="In their order. In public editions those of scenarios are left out."
    )


class StoryHead(BaseModel):
    """What is known of a story apart from its views."""

    id: str = Field(description="`default`, or the id of a kept story.")
    name: str = Field(description="Unique in the city.")
    revision: int | None = Field(description="Counts up with every write; null = the default one.")
    created: str | None = Field(description="ISO 8601, UTC; null = the default one.")
    updated: str | None = Field(description="ISO 8601, UTC; null = the default one.")


class ListedStory(StoryHead):
    """A story in the list."""

    count: int = Field(description="Number of views.")


class StoryList(BaseModel):
    """All kept stories of a city, the one that was written last first."""

    stories: list[ListedStory] = Field(description="The default story is not among them.")


class StoryOut(StoryHead):
    """A story as it is kept."""

    views: list[ViewOut] = Field(description="In their order.")


class StoryIn(BaseModel):
    """Make a story."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(
        max_length=kept.LONGEST_NAME, description="Unique in the city.", examples=["三月例会"]
    )
    views: list[Any] = VIEWS


class StoryPut(BaseModel):
    """Write a story; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=1, strict=True, description="The revision that was seen last.")
    name: Name | None = Field(None, max_length=kept.LONGEST_NAME, description="Unique in the city.")
    views: list[Any] | None = Field(None, description=VIEWS.description)


class StoryText(BaseModel):
    """Read the text of a story."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        description="TOML as `GET stories/{story_id}/text` gives it, with the scenarios that it "
        "carries along.",
        examples=['name = "三月例会"\n\n[[views]]\ntopic = "circle"\n'],
    )


@stories.before_request
def _allow_many_views() -> None:
    request.max_content_length = max(request.max_content_length or 0, models.CHANGES_BYTES)


@stories.get("/story")
@stories.input(StoryChoice, location="query")
@stories.output(ToldStory)
@stories.doc(responses=_READING)
def told_story(slug: str, query_data: StoryChoice) -> Response:
    """Return a story with all that its views say, and where the data of each are."""
    city, store = catalog.current().city(slug), engine.current()
    found = telling.opened(city, store, query_data.story)
    lang = language.chosen()
    content = geojson.encode(
        {
            "id": found.key,
            "name": found.story.name,
            "revision": None if found.kept is None else found.kept.revision,
            "is_default": found.kept is None,
            "lang": lang,
            "day": workday(city.data).isoformat(),
            "views": [_row(city, view, lang) for view in found.story.views],
        }
    )
    response = responses.body(_stamp(content), lambda: content)
    response.vary.update(("Accept-Language", "Cookie"))
    return response


@stories.get("/stories")
@stories.output(StoryList)
def list_stories(slug: str) -> Response:
    """Return all kept stories of a city, the one that was written last first."""
    city = catalog.current().city(slug)
    rows = []
    for one in kept.listed(engine.current(), city.slug):
        found = telling.visible(city, telling.of(one))
        if found is not None:
            rows.append(_head(one) | {"count": len(found.views)})
    content = geojson.encode({"stories": rows})
    return responses.body(_stamp(content), lambda: content)


@stories.post("/stories")
@stories.input(StoryIn)
@stories.output(StoryOut, status_code=201)
@stories.doc(responses=_CONFLICTS)
def make_story(slug: str, json_data: StoryIn) -> Response:
    """Keep a story; everything that is wrong with its views is told at once."""
    city = catalog.current().city(slug)
    views = _views(json_data.name, json_data.views)
    return _written(city, kept.add(engine.current(), slug, json_data.name, views), 201)


@stories.get("/stories/<story_id>")
@stories.output(StoryOut)
@stories.doc(responses=_READING)
def one_story(slug: str, story_id: str) -> Response:
    """Return a story as it is kept, or with `default` the one that nobody has edited."""
    found = telling.opened(catalog.current().city(slug), engine.current(), story_id)
    views = [story.plain_view(view) for view in found.story.views]
    content = geojson.encode(_head(found.kept, found.story.name) | {"views": views})
    return responses.body(_stamp(content), lambda: content)


@stories.put("/stories/<story_id>")
@stories.input(StoryPut)
@stories.output(StoryOut)
@stories.doc(responses=_CONFLICTS)
def write_story(slug: str, story_id: str, json_data: StoryPut) -> Response:
    """Write a story; nobody's work is overwritten.

    `revision` is the one that was seen last. If the story has been changed since, nothing is
    written, and the problem (409) holds its state as `current`.
    """
    store, city = engine.current(), catalog.current().city(slug)
    old = kept.get(store, slug, story_id)
    views = None
    if json_data.views is not None and json_data.revision == old.revision:
        views = _views(old.name, json_data.views)
    made = kept.write(store, slug, story_id, json_data.revision, name=json_data.name, views=views)
    return _written(city, made)


@stories.delete("/stories/<story_id>")
@stories.input(RevisionChoice, location="query")
@stories.output({}, status_code=204)
@stories.doc(responses=_CONFLICTS)
def delete_story(slug: str, story_id: str, query_data: RevisionChoice) -> Response:
    """Delete a story, if wanted only while nobody else has changed it."""
    city = catalog.current().city(slug)
    kept.remove(engine.current(), city.slug, story_id, query_data.revision)
    return Response(status=204)


@stories.post("/stories/told")
@stories.input(LangChoice, location="query")
@stories.input(ViewIn)
@stories.output(ToldView)
@stories.doc(responses={422: _CONFLICTS[422], 503: _CONFLICTS[503]})
def tell_view(slug: str, query_data: LangChoice, json_data: ViewIn) -> Response:
    """Return what a view says that is being edited, as a row of `GET story`; nothing is kept."""
    city = catalog.current().city(slug)
    try:
        view = story.parsed_view(json_data.view, _VIEW)
    except InputError as error:
        raise variants.ChangesRefused(
            replace(fault, where=fault.where.removeprefix(f"{_VIEW}.")) for fault in error.faults
        ) from None
    return responses.private(geojson.encode(_row(city, view, language.chosen())))


@stories.get("/stories/<story_id>/text")
@stories.doc(responses=_TEXT | _READING)
def story_text(slug: str, story_id: str) -> Response:
    """Return a story as a small text file that can be read again elsewhere."""
    city, store = catalog.current().city(slug), engine.current()
    found = telling.opened(city, store, story_id)
    text = story.written(telling.carried(city, store, found.story))
    response = responses.private(text.encode(), "text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-story.toml"'
    return response


@stories.post("/stories/import")
@stories.input(StoryText)
@stories.output(StoryOut, status_code=201)
@stories.doc(responses=_CONFLICTS)
def import_story(slug: str, json_data: StoryText) -> Response:
    """Keep the story of a text; a name that is taken gets a number.

    The scenarios that it carries along are made, unless the city has the same already. Everything
    that is wrong is told at once, and then nothing is kept.
    """
    city, store = variants.renewed(slug), engine.current()
    with variants.refusing():
        found = story.read(json_data.text)
    keys = _scenarios(city, found)
    views = telling.with_scenarios(found.views, keys)
    plain = story.plain(replace(found, views=views, scenarios={}))["views"]
    name = found.name[: kept.LONGEST_NAME].rstrip()
    return _written(city, kept.add(store, slug, name, plain, numbered=True), 201)


def _scenarios(city: LoadedCity, found: Story) -> dict[str, str]:
    """Make the scenarios that a story carries along; return their ids by what it calls them."""
    faults: list[Fault] = []
    for key, (_, rows) in found.scenarios.items():
        try:
            city.changed(variants.parsed(rows))
        except InputError as error:
            faults += [
                replace(fault, where=f"scenarios.{key}.{fault.where}") for fault in error.faults
            ]
    if faults:
        raise variants.ChangesRefused(faults)
    store, version, keys = engine.current(), variants.version(city), {}
    for key, (name, rows) in found.scenarios.items():
        changes, named = [dict(row) for row in rows], name[: kept.LONGEST_NAME].rstrip()
        same = (
            one
            for one in scenarios.listed(store, city.slug)
            if (one.name, one.base.mark, list(one.changes)) == (named, city.mark, changes)
        )
        one = next(same, None) or scenarios.add(
            store, city.slug, version, named, changes=changes, numbered=True
        )
        keys[key] = one.id
    return keys


def _views(name: str, views: list[Any]) -> list[dict[str, Any]]:
    """Return views with all their fields, or refuse them with everything that is wrong."""
    with variants.refusing():
        found = story.parsed({"name": name, "views": views})
    return [story.plain_view(view) for view in found.views]


def _row(city: LoadedCity, view: View, lang: str) -> dict[str, Any]:
    """Return a view with what it says and where its data are, or why it cannot be shown."""
    try:
        says = orjson.loads(telling.told(city, engine.current(), view, lang))
    except GeoError as error:
        problem = problems.problem_of(error)
        words = " · ".join(filter(None, (problem.title, problem.remedy)))
        return told.row(view, None, city.data, fault=words)
    return told.row(view, says["told"], city.data, changes=says["changes"], serving=says["serving"])


def _head(one: KeptStory | None, name: str = "") -> dict[str, Any]:
    """Return what is known of a story apart from its views."""
    if one is None:
        named = {"id": telling.DEFAULT, "name": name}
        return named | dict.fromkeys(("revision", "created", "updated"))
    head = one.to_json()
    del head["views"]
    return head


def _written(city: LoadedCity, made: KeptStory, status: int = 200) -> Response:
    current_app.extensions["yizhan-stories"].renew(city.slug)
    response = responses.private(geojson.encode(made.to_json()))
    response.status_code = status
    if status == 201:
        response.headers["Location"] = url_for(
            "stories.one_story", slug=made.city, story_id=made.id
        )
    return response


def _stamp(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:20]
