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
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from geo import console, workspace
from geo.capacity import crowd_of
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


def print_json(answer: Any) -> None:
    """Print an answer as JSON, readable and in its own letters."""
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2, allow_nan=False))
