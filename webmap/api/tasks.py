"""Say what a job can do: what each kind is asked, and how it writes its one file.

The same functions answer on the command line and, where they are quick, in a request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from geo import audit as analysis
from geo import certainty
from geo.disclosure import Edition
from geo.errors import OptionError
from geo.progress import Progress
from geo.story import Story
from webmap import geojson, handing, variants
from webmap import stories as telling
from webmap.api import questions
from webmap.api.audit import AuditChoice
from webmap.api.exports import BRIEFS, KINDS, ExportChoice, as_file, write_brief, write_tables
from webmap.api.propose import ProposeIn, proposed
from webmap.catalog import LoadedCity
from webmap.config import LANGUAGES
from webmap.store.engine import Store
from webmap.store.scenarios import Scenario

#: What a result is called that is no file of another format.
JSON = "result.json"


class CertaintyJob(questions.LevelChoice):
    """Ask how certain the classes of cells are."""

    model_config = ConfigDict(extra="forbid")


class AuditJob(AuditChoice):
    """Ask how a city stands against requirement tables."""

    model_config = ConfigDict(extra="forbid")


class FileJob(ExportChoice):
    """Ask for a study as a file."""

    model_config = ConfigDict(extra="forbid")

    format: str = Field(description="As the last part of the address of `export`.")
    edition: Edition = Field(
        "internal", description="`internal` is exact; `public` withholds small counts of people."
    )

    def checked(self) -> None:
        """Raise :class:`~geo.errors.OptionError` for a format that there is not."""
        if self.format not in KINDS:
            raise OptionError(
                f"there is no format {self.format!r}; choose one of {', '.join(KINDS)}"
            )


class MeetingJob(BaseModel):
    """Ask for a story as a file for a meeting."""

    model_config = ConfigDict(extra="forbid")

    format: str = Field(
        description="; ".join(f"`{name}` – {what}" for name, what in handing.FORMATS.items()) + "."
    )
    story: str = Field(telling.DEFAULT, description="Id of a story, or `default`.", max_length=64)
    lang: str = Field(LANGUAGES[0], description="`zh` or `en`.")
    edition: Edition = Field(
        "public", description="`internal` is exact and says so; `public` withholds small counts."
    )
    paper: str = Field("A4", description="Of a pdf: `A4` or `A3`, landscape.")
    size: tuple[int, int] = Field(
        (1920, 1080), description="Of a png: its pixels, width and height, up to 7680."
    )
    view: int | None = Field(
        None, ge=1, description="Only this view, from 1; default: all, of a png the first."
    )
    map_approval: str = Field(
        "", description="Number of the map's review (审图号), shown as given."
    )

    def checked(self) -> handing.Wanted:
        """Return how it is handed out, or raise :class:`~geo.errors.OptionError`."""
        lang: Any = self.lang  # what is no language is refused there
        wanted = handing.Wanted(
            self.format, lang, self.edition, self.paper, self.size, self.view, self.map_approval
        )
        wanted.check()
        return wanted


@dataclass(frozen=True)
class Work:
    """Hold what a job works on: the city after its changes, what is asked, and where to write.

    ``scenario`` is the one whose changes they are; ``store`` holds what else is kept.
    """

    city: LoadedCity
    asked: Any
    scenario: Scenario | None
    path: Path
    progress: Progress
    store: Store


def _json_file(_asked: Any) -> str:
    return JSON


def _nothing(_city: LoadedCity, _store: Store, _asked: Any) -> None:
    return None


@dataclass(frozen=True)
class Task:
    """Hold what one kind of job is asked, and how it writes its one file.

    ``file_name`` is what the result is called in the job's folder; ``look`` raises what can be
    said at once of a question to this city.
    """

    model: type[BaseModel]
    run: Callable[[Work], None]
    file_name: Callable[[Any], str] = _json_file
    look: Callable[[LoadedCity, Store, Any], object] = _nothing


def _write(work: Work, told: Any) -> None:
    work.path.write_bytes(geojson.encode(told))


def _propose(work: Work) -> None:
    _write(work, proposed(work.city.data, work.asked, work.progress))


def _certainty(work: Work) -> None:
    data, asked = work.city.data, work.asked
    level = data.city.checked_level(asked.level)
    profile, budget = asked.chosen()
    found = certainty.assess(data, profile, budget, asked.need(), progress=work.progress)
    told = certainty.summary(found)
    _write(work, told | {"level": level, "cells": certainty.cells_of(found, level)})


def _audit(work: Work) -> None:
    asked = work.asked
    found = analysis.audit(
        work.city.data,
        asked.tables(),
        asked.travel_profile(),
        asked.need(),
        progress=work.progress,
    )
    _write(work, found.to_json(asked.rows))


def _file(work: Work) -> None:
    asked, made = work.asked, as_file(work.city, work.asked, work.scenario)
    if asked.format in BRIEFS:
        lang = asked.lang or LANGUAGES[0]
        write_brief(work.city, asked, made, work.path, lang, asked.edition, work.progress)
    else:
        write_tables(work.city, asked, made, work.path, asked.format, asked.edition, work.progress)


def _file_name(asked: FileJob) -> str:
    return f"result{KINDS[asked.format].suffix}"


def _story(city: LoadedCity, store: Store, asked: MeetingJob) -> Story:
    """Return the story of a job with the scenarios that it names, or raise why there is none."""
    found = telling.chosen(city, store, asked.story, asked.edition)
    asked.checked().of(found)
    return telling.carried(city, store, found)


def _meeting(work: Work) -> None:
    found = _story(work.city, work.store, work.asked)
    handing.write(
        work.asked.checked(),
        lambda key: variants.after(work.city, work.store, key).data,
        found,
        work.path,
        work.progress,
    )


def _look(city: LoadedCity, store: Store, asked: MeetingJob) -> None:
    """Refuse a story that is gone, and a view that it has not; the default one is ready later."""
    if asked.story != telling.DEFAULT:
        _story(city, store, asked)


#: What can be done, by kind; the same functions as on the command line.
TASKS = {
    "propose": Task(ProposeIn, _propose),
    "certainty": Task(CertaintyJob, _certainty),
    "audit": Task(AuditJob, _audit),
    "export": Task(FileJob, _file, _file_name),
    "brief": Task(FileJob, _file, _file_name),
    "meeting": Task(MeetingJob, _meeting, lambda asked: f"result.{asked.format}", _look),
}
