"""Describe the views of stories field by field, for OpenAPI; the tests hold answers to it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from geo.story import FIGURES, LAYERS, PROPOSAL, TOPICS

VIEWS = Field(
    description="1 to 40 views as `GET stories/default` has them; what is left out is the usual. "
    f"`topic` is one of {', '.join(TOPICS)}.",
    examples=[[{"topic": "night", "asked": {"at": "23:00"}, "against": {}}]],
)


class LangChoice(BaseModel):
    """Choose a language."""

    lang: str | None = Field(
        None, description="`zh` or `en`; default: the language of the request.", max_length=8
    )


class ViewIn(BaseModel):
    """Ask what a view says that is being edited."""

    model_config = ConfigDict(extra="forbid")

    view: Any = Field(
        description="A view as `GET stories/default` has it; what is left out is the usual.",
        examples=[{"topic": "circle", "asked": {"budget": "10min"}}],
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
