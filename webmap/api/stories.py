"""Tell a city as a story for a meeting, and keep the stories that planners make of it.

All words and figures of a view come from :mod:`geo.story`, so that the page, the file, the paper
and the slides say the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Annotated, Any, Literal

import orjson
from apiflask import APIBlueprint
from flask import Response, current_app, request, url_for
from pydantic import BaseModel, ConfigDict, Field

from geo import story
from geo.errors import Fault, GeoError, InputError
from geo.story import FIGURES, LAYERS, PROPOSAL, TOPICS, Story, View
from geo.story.views import workday
from webmap import catalog, geojson, language, problems, responses, told, variants
from webmap import stories as telling
from webmap.api import models
from webmap.api.scenarios import Name, RevisionChoice
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


class LangChoice(BaseModel):
    """Choose a language."""

    lang: str | None = Field(
        None, description="`zh` or `en`; default: the language of the request.", max_length=8
    )


class StoryChoice(LangChoice):
    """Choose a story and its language."""

    story: str = Field(
        telling.DEFAULT,
        description="Id of a story; `default` is the one that every city has without any editing.",
        max_length=64,
    )


class AskedOut(BaseModel):
    """One question to the city."""

    profile: str = Field(description="How people travel.")
    budget: str = Field(description="`15min` or `1000m`.")
    services: list[str] = Field(description="Only stations that offer all of these count.")
    at: str | None = Field(
        description="When people set out: `2026-11-20T23:00`, or `23:00` alone for the first "
        "workday from the date of the data on; null = hours are not asked."
    )
    scenario: str | None = Field(
        description=f"Id of a scenario, `{PROPOSAL}` = what the tool itself proposes (three "
        "stations for 15 minutes on foot); null = the city as it is."
    )


class ViewOut(BaseModel):
    """One view: what is on the screen, and what is asked."""

    topic: Literal["city", "circle", "ring", "night", "gaps", "proposal", "free"] = Field(
        description="Whose own words it speaks where it has none."
    )
    title: str = Field(
        description="Empty = the topic's own. `{share}` and other names of `figures` in braces "
        "stand for numbers."
    )
    sentence: str = Field(description="As the title.")
    layers: list[str] = Field(description=f"What is drawn: {', '.join(LAYERS)}.")
    figures: list[str] = Field(
        description="Numbers shown big, at most three; none = the topic's own two. Choose of "
        f"{', '.join(FIGURES)}."
    )
    camera: Annotated[list[float], Field(min_length=4, max_length=4)] | None = Field(
        description="West, south, east, north in degrees; null = the whole city."
    )
    asked: AskedOut = Field(description="What is asked.")
    against: AskedOut | None = Field(
        description="What stands left of the divider, before; null = there is no divider."
    )


class FigureOut(BaseModel):
    """A printed number."""

    text: str = Field(description="As it is printed.")
    value: float | None = Field(description="The number itself; null = not known or withheld.")
    key: str | None = Field(description="Where it stands in the planner's export.")


class BigNumber(FigureOut):
    """A number shown big."""

    name: str = Field(description="Which of the figures it is.")
    unit: str = Field(description="Small behind it.")
    caption: str = Field(description="Below it.")
    tone: Literal["figure", "circle", "gap", "ink"] = Field(description="Its colour's meaning.")
    exact: str = Field(description="The number in full, on demand.")


class ToldOut(BaseModel):
    """All that a view says, in one language."""

    model_config = ConfigDict(extra="allow")

    lang: str = Field(description="`zh` or `en`.")
    kicker: str = Field(description="The small line above the title.")
    title: str = Field(description="The one idea of the view.")
    numbers: list[BigNumber] = Field(description="Two or three big numbers.")
    sentence: list[str | FigureOut] = Field(description="The sentence in pieces.")
    sentence_text: str = Field(description="The same as one text.")
    question: str = Field(description="What was asked, in words.")
    sides: list[str] | None = Field(description="Words beside the divider, before and after.")
    legend: list[str] = Field(
        description="What the map needs explained: ramp, gaps, circles, ring, tiers."
    )
    by_people: bool = Field(description="False: nobody is known, so ground is spoken of.")
    marks: list[str] = Field(description="What must be said beside it, such as the edition.")
    source: str = Field(description="Where the data come from.")
    notes: list[list[str | FigureOut]] = Field(description="How it was counted; what is not known.")


class Serving(BaseModel):
    """Which stations serve, where the hour or services are asked."""

    after: list[str] | None = Field(description="Ids; null = neither is asked: all open ones do.")
    before: list[str] | None = Field(description="The same left of the divider.")


class ViewData(BaseModel):
    """Where the data of a view are."""

    after: str = Field(
        description="Query of `coverage`, `coverage/cells`, `layers/…` and `stations`.",
        examples=["profile=walk&budget=15min&at=2026-11-20T23:00"],
    )
    before: str | None = Field(description="The same left of the divider; null = no divider.")
    changes: list[dict[str, Any]] | None = Field(
        description="What the scenario of the view changes, in order; null = it has none."
    )
    serving: Serving = Field(description="Which stations serve then.")


class ToldView(ViewOut):
    """A view with what it says and where its data are."""

    told: ToldOut | None = Field(description="Null where there is a fault.")
    data: ViewData | None = Field(description="Null where there is a fault.")
    fault: str | None = Field(
        description="Why the view cannot be shown, such as a scenario that was deleted, in words."
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


VIEWS = Field(
    description="1 to 40 views as `GET stories/default` has them; what is left out is the usual. "
    f"`topic` is one of {', '.join(TOPICS)}.",
    examples=[[{"topic": "night", "asked": {"at": "23:00"}, "against": {}}]],
)


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


class ViewIn(BaseModel):
    """Ask what a view says that is being edited."""

    model_config = ConfigDict(extra="forbid")

    view: Any = Field(
        description="A view as `GET stories/default` has it; what is left out is the usual.",
        examples=[{"topic": "circle", "asked": {"budget": "10min"}}],
    )


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
