"""Answer what to do so that more people reach a station; one such computation at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.exceptions import ServiceUnavailable

from geo import proposal
from geo.capacity import Crowd, crowd_of
from geo.city import CityData
from geo.errors import OptionError
from geo.model import Position, TravelProfile
from geo.progress import Progress
from geo.proposal import candidates, enlarging, plan
from geo.proposal.actions import ALWAYS, Costs, checked_hours
from geo.proposal.candidates import STREET_SITES, Candidates, Site
from geo.proposal.choosing import MODELS, Goal
from webmap import awaited, geojson, responses, variants
from webmap.api import models, questions

propose = APIBlueprint("propose", __name__, url_prefix="/api/cities/<slug>", tag="Proposals")

#: So many candidates are taken in one question, given or found.
MOST_CANDIDATES = 2_000
#: A body with so many candidates may be longer than others, in bytes.
_BODY_BYTES = 512 * 1024
#: Whoever comes while another proposal is computed may ask again after so many seconds.
_RETRY_S = 5

_busy = threading.Lock()


class CandidateIn(BaseModel):
    """A point where somebody would open a station."""

    model_config = ConfigDict(extra="forbid")

    lon: float = Field(strict=True, description="Longitude, degrees, WGS84.", examples=[106.53])
    lat: float = Field(strict=True, description="Latitude, degrees, WGS84.", examples=[29.45])
    name: str = Field("", max_length=100)
    services: list[str] = Field(
        default_factory=list,
        max_length=20,
        description="Keys of services there; none = it will offer what is needed.",
    )
    opening_hours: str = Field(
        "", max_length=200, description="In OSM's syntax; empty = `longer_hours`."
    )
    capacity: int | None = Field(None, ge=0, strict=True, description="Seats.")
    cost: float | None = Field(
        None, ge=0, strict=True, description="Its own cost; null = `costs.open`."
    )

    def site(self) -> Site:
        """Return the point, or raise :class:`~geo.errors.PositionError`."""
        return Site(
            Position(self.lon, self.lat),
            self.name,
            tuple(self.services),
            self.opening_hours,
            self.capacity,
            self.cost,
        )


class CostsIn(BaseModel):
    """What actions cost, in any one unit."""

    model_config = ConfigDict(extra="forbid")

    open: float = Field(default=10.0, ge=0, strict=True, description="A new site.")
    service: float = Field(default=2.0, ge=0, strict=True, description="Each service added.")
    hours: float = Field(default=3.0, ge=0, strict=True, description="Longer hours.")
    enlarge: float = Field(default=1.0, ge=0, strict=True, description="Each seat more.")


class ProposeIn(questions.Choice):
    """Ask for a plan: who counts as covered, how far to go, and where stations could be."""

    model_config = ConfigDict(extra="forbid")

    model: Literal[MODELS] | None = Field(  # type: ignore[valid-type]
        None, description="Default: `lscp` with a target, else `mclp`."
    )
    spend: float | None = Field(
        None, strict=True, description="What may be spent, in the unit of the costs."
    )
    sites: int | None = Field(
        None, strict=True, description="How many actions may be taken, instead of `spend`."
    )
    target: float | None = Field(
        None, strict=True, description="Share (0–1) of the people who can be judged."
    )
    candidates: list[CandidateIn] | None = Field(
        None, max_length=MOST_CANDIDATES, description="Default: street junctions."
    )
    junctions: int = Field(
        STREET_SITES,
        ge=1,
        le=MOST_CANDIDATES,
        strict=True,
        description="How many street junctions to choose among, without candidates.",
    )
    costs: CostsIn = Field(default_factory=lambda: CostsIn())
    longer_hours: str = Field(
        ALWAYS,
        max_length=200,
        description="Hours of new sites without their own and of stations that are lengthened.",
    )
    users_per_1000: float | None = Field(
        None,
        strict=True,
        description="Enlarge full stations instead: of every 1,000 people so many want a seat at "
        "the same moment, up to 1000.",
    )
    default_seats: int | None = Field(
        None,
        strict=True,
        description="Seats of stations of unknown capacity; null = they are left out.",
    )

    def crowd(self) -> Crowd | None:
        """Return who wants a seat, or raise :class:`~geo.errors.OptionError`."""
        if self.users_per_1000 is not None and self.candidates is not None:
            raise OptionError(
                "candidates and users_per_1000 answer different questions: where to open, and "
                "where to add seats; ask one at a time"
            )
        return crowd_of(self.users_per_1000, self.default_seats)

    def goal(self) -> Goal:
        """Return how far to go, or raise :class:`~geo.errors.OptionError`."""
        return Goal.of(self.model, self.spend, self.sites, self.target)

    def checked(self) -> None:
        """Raise :class:`~geo.errors.OptionError` for what can be seen without the city."""
        self.chosen(), self.need(), self.goal(), self.crowd()
        Costs(**self.costs.model_dump())
        checked_hours(self.longer_hours)


class GoalOut(BaseModel):
    """What was asked for."""

    model: Literal[MODELS]  # type: ignore[valid-type]
    budget: float | None = Field(description="What may be spent; null = not limited so.")
    sites: int | None = Field(description="How many actions; null = not limited so.")
    target: float | None = Field(description="Share to reach; null = none.")


class CoveredOut(BaseModel):
    """Who is covered; the unit is `measure`."""

    covered: float = Field(description="Ground as the study draws it.")
    judged: float = Field(description="All that can be judged.")
    whole: float = Field(
        description="What `share` is of, as in the study's headline: all, or `judged` where that "
        "is less than 98 % of all."
    )
    share: models.Share


class PromisedOut(CoveredOut):
    """Who will be covered, as the plan reckons."""

    gained: float = Field(description="Newly covered.")


class RecomputedOut(PromisedOut):
    """Who will be covered, by a study of the changed city."""

    lost: float = Field(description="Covered before and no longer.")
    kept: bool = Field(description="True: exactly as promised.")


class ObjectiveOut(BaseModel):
    """What the model sought: now, afterwards, and what no choice can better."""

    name: Literal["covered", "cost", "mean_s", "longest_s"] = Field(
        description="Covered in the unit of `measure` (ground by points, which actions are chosen "
        "by), cost, or travel time in seconds."
    )
    before: float | None = Field(description="Null: somebody has no way.")
    after: float | None = Field(description="Null: somebody has no way.")
    bound: float | None


class ActionOut(BaseModel):
    """One action of the plan."""

    rank: int = Field(description="1 = the most useful for its cost.")
    kind: str = Field(
        description="`open`, `service`, `hours` or several joined by `+`; or `enlarge`."
    )
    id: str = Field(description="Id of the station, or of the new one.")
    name: str
    area: str = Field(description="Neighbourhood; empty = none has a name.")
    lon: float = Field(description="Degrees, WGS84.")
    lat: float = Field(description="Degrees, WGS84.")
    services: list[str] = Field(description="What it offers then.")
    added: list[str] = Field(description="What it does not offer now.")
    opening_hours: str = Field(description="In OSM's syntax; empty = not known.")
    seats: int | None = Field(
        description="Seats added, or of the new site; null = not known, or not asked."
    )
    cost: float
    gained: float = Field(description="What it adds to the actions before it.")
    covered: float = Field(description="Covered with it and those before it.")
    share: models.Share
    mends: dict[str, float] = Field(
        description="What it adds, by why those people are not covered now; ground by points."
    )


class CauseOut(BaseModel):
    """Places that no action reaches, for one reason."""

    places: int
    weight: float = Field(description="In the unit of `measure`.")


class UncoverableOut(CauseOut):
    """Places that no action reaches."""

    share: models.Share
    causes: dict[str, CauseOut] = Field(description="By why they are not covered.")


class LeftOutOut(BaseModel):
    """A candidate that can be none."""

    id: str
    name: str
    reason: str


class CandidatesOut(BaseModel):
    """Where stations could be."""

    origin: str = Field(description="Where the candidates come from.")
    usable: int
    left_out: list[LeftOutOut] = Field(description="At most 200 of them.")
    left_out_count: int


class AskOut(BaseModel):
    """A station of unknown hours."""

    id: str
    name: str
    gained: float = Field(description="Newly covered if it is open.")


class ToVerifyOut(BaseModel):
    """Stations whose hours somebody should ask for."""

    count: int
    stations: list[AskOut] = Field(description="Largest gain first, at most 200.")


class ProposalOut(BaseModel):
    """A plan, its promise and the proof, as `yizhan propose --json` prints them."""

    city: str = Field(description="Short name.")
    city_name: str
    synthetic: bool
    profile: str
    minutes: float | None
    distance_m: float | None = Field(description="Budget in metres, or null.")
    need: models.NeedFacts
    goal: GoalOut
    measure: Literal["people", "m2", "users"] = Field(
        description="What figures count: people, m² of ground where nobody is known, or users with "
        "a seat."
    )
    assumptions: list[str] = Field(description="What was taken for granted.")
    costs: CostsIn
    longer_hours: str | None = Field(description="Null where seats are asked.")
    candidates: CandidatesOut
    possible_actions: int
    before: CoveredOut
    promised: PromisedOut
    recomputed: RecomputedOut
    cost: float
    objective: ObjectiveOut
    gap: float | None = Field(description="Distance to the bound, 0–1; null = no bound is known.")
    proven: bool = Field(description="True: no better choice exists.")
    method: str
    reached: bool = Field(description="False: the target is out of reach.")
    reason: str | None = Field(description="Why there is no action, or not enough of them.")
    actions: list[ActionOut]
    uncoverable: UncoverableOut
    to_verify: ToVerifyOut


@propose.before_request
def _allow_many_candidates() -> None:
    request.max_content_length = max(request.max_content_length or 0, _BODY_BYTES)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let one proposal be computed in this process; say when to come again to all others."""
    if not _busy.acquire(blocking=False):
        raise ServiceUnavailable(
            "another proposal is being computed; ask again in a few seconds", retry_after=_RETRY_S
        )
    try:
        yield
    finally:
        _busy.release()


@propose.post("/propose")
@propose.input(ProposeIn)
@propose.output(ProposalOut)
@propose.doc(
    responses={
        400: "The body is no JSON",
        413: "The body is too large",
        503: "Another proposal is being computed; `Retry-After` says when to come again",
    }
)
def city_proposal(slug: str, json_data: ProposeIn) -> Response:
    """Return what to do so that more people reach a station, with a certified bound and a proof.

    Exactly what `yizhan propose --json` prints; with `users_per_1000` where to add seats. One
    proposal is computed at a time; others are told to come again. Hanging up ends it.
    """
    city = variants.city(slug, json_data.scenario)
    json_data.checked()
    with _one_at_a_time():
        told = proposed(city.data, json_data, awaited.while_awaited())
    return responses.private(geojson.encode(told))


def proposed(data: CityData, asked: ProposeIn, progress: Progress) -> dict[str, Any]:
    """Return the plan that is asked for, its promise and the proof, as plain values."""
    (profile, budget), need, goal = asked.chosen(), asked.need(), asked.goal()
    costs, crowd = Costs(**asked.costs.model_dump()), asked.crowd()
    if crowd is not None:
        more = enlarging.propose(data, profile, budget, need, crowd, goal, costs, progress)
        return plan.facts_of_seats(more, enlarging.verify(more))
    found = proposal.propose(
        data,
        profile,
        budget,
        need,
        goal,
        _sites(data, profile, asked),
        costs=costs,
        longer=checked_hours(asked.longer_hours),
        progress=progress,
    )
    return plan.facts(found, proposal.verify(found))


def _sites(data: CityData, profile: TravelProfile, asked: ProposeIn) -> Candidates | int:
    if asked.candidates is None:
        return asked.junctions
    return candidates.given(data, profile, [point.site() for point in asked.candidates])
