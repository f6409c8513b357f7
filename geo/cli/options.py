"""Share what the commands have in common: options, progress bars, and one way to end in words."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click
import geopandas as gpd
from click.core import ParameterSource
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from geo import console, manifest, workspace
from geo.capacity import Crowd, crowd_of
from geo.city import CityData
from geo.errors import GeoError
from geo.model import PROFILES, SERVICES, Budget, Need, TravelProfile, profile_named

FILE = click.Path(path_type=Path)
F = TypeVar("F", bound=Callable[..., Any])


def clear_errors(command: F) -> F:
    """Turn the package's own errors, and those of the disk, into one message and exit code 2."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            with workspace.disk_errors():
                return command(*args, **kwargs)
        except GeoError as error:
            click.echo(f"yizhan: {error}", err=True)
            sys.exit(2)

    return wrapped  # type: ignore[return-value]


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
    """Show one bar for each long step on standard error."""
    bars = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=console.plain(stderr=True),
    )
    tasks: dict[str, TaskID] = {}

    def report(label: str, done: int, total: int) -> None:
        if label not in tasks:
            finish()  # a new step means that those before it are over
            tasks[label] = bars.add_task(label, total=total or None)
        bars.update(tasks[label], completed=done, total=total or None)

    def finish() -> None:
        for task in bars.tasks:
            if not task.finished:
                bars.update(task.id, total=task.total or 1, completed=task.total or 1)

    with bars:
        yield report
        finish()


def pairs(_context: click.Context, param: click.Parameter, value: str | None) -> dict[str, str]:
    """Read ``name=column,people=column`` into a dictionary."""
    out = {}
    for part in (value or "").split(","):
        if not part.strip():
            continue
        key, sign, column = part.partition("=")
        if not sign or not key.strip() or not column.strip():
            raise click.BadParameter(f"{part!r} is not of the form field=column", param=param)
        out[key.strip()] = column.strip()
    return out


def budget_of(minutes: float | None, distance_m: float | None) -> Budget:
    """Return the budget of the options; 15 minutes when none is given."""
    if minutes is None and distance_m is None:
        minutes = 15.0
    if minutes is not None and float(minutes).is_integer():
        minutes = int(minutes)
    return Budget(minutes=minutes, distance_m=distance_m)


class Question(NamedTuple):
    """Hold what a command was asked: how one travels, how far, and what one needs there."""

    profile: TravelProfile
    budget: Budget
    need: Need


def question_options(command: F) -> F:
    """Add ``--profile``, the budget, ``--services`` and ``--at``; pass them on as ``question``.

    Errors are cleared as :func:`clear_errors` does, those of the options included.
    """

    @click.option(
        "--profile", default="walk", show_default=True, help=f"One of {', '.join(PROFILES)}."
    )
    @click.option("--minutes", type=float, help="Time budget.  [default: 15]")
    @click.option("--distance-m", type=float, help="Distance budget, for standards in metres.")
    @click.option(
        "--services",
        metavar="KEY,…",
        help=f"Only stations that offer all of these: {', '.join(SERVICES)}.",
    )
    @click.option(
        "--at",
        metavar="2026-11-20T22:30",
        help="When people set out, on the city's clocks; without it hours are not asked.",
    )
    @clear_errors
    @functools.wraps(command)
    def wrapped(
        *args: Any,
        profile: str,
        minutes: float | None,
        distance_m: float | None,
        services: str | None,
        at: str | None,
        **kwargs: Any,
    ) -> Any:
        question = Question(
            profile_named(profile), budget_of(minutes, distance_m), Need.of(services, at)
        )
        return command(*args, question=question, **kwargs)

    return wrapped  # type: ignore[return-value]


def crowd_options(command: F) -> F:
    """Add ``--users-per-1000`` and ``--default-seats``; pass them on as ``crowd``, ``None`` = none.

    To be put below :func:`question_options`, which clears the errors.
    """

    @click.option(
        "--users-per-1000",
        type=float,
        help="Only who finds a seat counts, if so many of every 1,000 people want one at a time.",
    )
    @click.option(
        "--default-seats",
        type=int,
        help="Seats of stations whose capacity is not known; without it they are left out.",
    )
    @functools.wraps(command)
    def wrapped(
        *args: Any, users_per_1000: float | None, default_seats: int | None, **kwargs: Any
    ) -> Any:
        return command(*args, crowd=crowd_of(users_per_1000, default_seats), **kwargs)

    return wrapped  # type: ignore[return-value]


class Changed(NamedTuple):
    """Hold the scenario that a command was given, and whether it may stand on another import."""

    scenario: manifest.Scenario | None
    anyway: bool

    def load(self, slug: str) -> CityData:
        """Load the city, changed as the scenario says."""
        if self.scenario is None:
            return workspace.load(slug)
        return manifest.city(self.scenario, slug, anyway=self.anyway)

    def stations_before(self, slug: str) -> gpd.GeoDataFrame | None:
        """Return the stations without the scenario, nothing where there is none."""
        return None if self.scenario is None else workspace.read_layer(slug, "stations")

    def told(self, slug: str) -> dict[str, Any]:
        """Return what an answer says of the scenario, nothing where there is none."""
        if self.scenario is None:
            return {}
        return {"scenario": manifest.told(self.scenario, slug)}

    def asked(self, question: Question, crowd: Crowd | None) -> tuple[Question, Crowd | None]:
        """Return what is asked: what the options leave open, the scenario's own question says."""
        if self.scenario is None:
            return question, crowd
        return own_question(self.scenario, question, crowd)


def own_question(
    made: manifest.Scenario, question: Question, crowd: Crowd | None
) -> tuple[Question, Crowd | None]:
    """Return the question of a scenario, with what the command's options say in its place."""
    source = click.get_current_context().get_parameter_source

    def given(*names: str) -> bool:
        return any(source(name) is ParameterSource.COMMANDLINE for name in names)

    own = made.question
    need = Need(
        question.need.services if given("services") else own.need.services,
        question.need.at if given("at") else own.need.at,
    )
    mixed = Question(
        question.profile if given("profile") else own.profile,
        question.budget if given("minutes", "distance_m") else own.budget,
        need,
    )
    return mixed, crowd if given("users_per_1000", "default_seats") else own.crowd


def scenario_option(command: F) -> F:
    """Add ``--scenario`` and ``--anyway``; pass them on as ``changed``.

    To be put below :func:`question_options`, which clears the errors.
    """

    @click.option(
        "--scenario",
        type=FILE,
        help="Change the city as this file of a scenario says; its question is asked where the"
        " options say nothing.",
    )
    @click.option(
        "--anyway", is_flag=True, help="Also if the city was imported from other files since."
    )
    @functools.wraps(command)
    def wrapped(*args: Any, scenario: Path | None, anyway: bool, **kwargs: Any) -> Any:
        made = None if scenario is None else manifest.read(scenario)
        return command(*args, changed=Changed(made, anyway), **kwargs)

    return wrapped  # type: ignore[return-value]


def print_scenario(told: dict[str, Any]) -> None:
    """Print which scenario an answer stands on; nothing when it stands on the city as it is."""
    made = told.get("scenario")
    if made is None:
        return
    click.echo(f"方案 scenario: {made['name']}，{len(made['changes'])} 处改动 changes")
    if made["other_inputs"]:
        names = ", ".join(made["other_inputs"])
        click.echo(f"⚠ 方案做成之后城市重新导入过 · the city was imported anew since: {names}")
    if made["other_software"]:
        names = ", ".join(made["other_software"])
        click.echo(f"⚠ 软件版本与方案做成时不同 · other versions of the software: {names}")


def print_json(answer: Any) -> None:
    """Print an answer as JSON, readable and in its own letters."""
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2, allow_nan=False))
