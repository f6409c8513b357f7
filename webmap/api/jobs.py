"""Let long work be done in a process of its own: begin it, watch it, end it, fetch what it made."""

from __future__ import annotations

import json
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response, request, send_file, url_for
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.exceptions import Conflict

from geo.errors import OptionError, told
from geo.scenario.changes import plain
from webmap import geojson, responses, variants
from webmap import jobs as running
from webmap.api import models
from webmap.api.tasks import JSON, TASKS
from webmap.store import engine
from webmap.store import jobs as kept
from webmap.store.jobs import Job

jobs = APIBlueprint("jobs", __name__, url_prefix="/api/cities/<slug>/jobs", tag="Jobs")


class JobIn(BaseModel):
    """Begin a job: its kind, and beside it what this kind is asked."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={"examples": [{"kind": "propose", "sites": 3, "minutes": 15}]},
    )

    kind: str = Field(
        description="`propose` (as POST propose), `certainty` (as GET certainty), `audit` (as GET "
        "audit), `export` and `brief` (as GET export, with `format` and `edition`). What these "
        "take stands beside the kind, `scenario` included. `meeting` hands a story out as a file: "
        "`format` (`html`, `pdf`, `png`, `pptx`), `story`, `lang`, `edition` (`public`), `paper` "
        "(`A4`, `A3`), `size` (pixels of a png), `view` (only this one, from 1), `map_approval`.",
        json_schema_extra={"enum": list(TASKS)},
    )


class ProgressOut(BaseModel):
    """How far a job is."""

    step: str = Field(description="What is being done, in Chinese.")
    done: int
    total: int = Field(description="0 = not known.")


class JobOut(BaseModel):
    """A job."""

    id: str
    kind: str
    asked: dict[str, Any] = Field(description="What it was asked.")
    status: Literal["queued", "running", "done", "failed", "cancelled", "lost"] = Field(
        description="`lost`: the server stopped in the middle."
    )
    ahead: int | None = Field(description="Jobs before this one; null = it waits no longer.")
    progress: ProgressOut | None = Field(description="Null = it has not begun.")
    error: str | None = Field(description="Why there is no result.")
    created: str = Field(description="ISO 8601, UTC.")
    started: str | None
    ended: str | None
    expires: str | None = Field(description="Until then the result is kept.")
    result: str | None = Field(description="Address of the result; null = there is none (yet).")


class JobList(BaseModel):
    """The jobs of a city, the newest first."""

    jobs: list[JobOut]


_RESULT: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    200: {"description": "What the job made", "content": {"application/json": {"schema": {}}}},
    404: {"description": "There is no such city or job"},
    409: {"description": "It is not done"},
}
_NO_JOB = {404: "There is no such city or job (results are kept for a day)"}


@jobs.before_request
def _allow_many_candidates() -> None:
    request.max_content_length = max(request.max_content_length or 0, models.CHANGES_BYTES)


def _told(job: Job) -> dict[str, Any]:
    def instant(value: Any) -> str | None:
        return None if value is None else value.isoformat(timespec="seconds")

    done = job.status == "done"
    return {
        "id": job.id,
        "kind": job.kind,
        "asked": job.asked,
        "status": job.status,
        "ahead": kept.ahead(engine.current(), job) if job.status == "queued" else None,
        "progress": {"step": job.step, "done": job.done, "total": job.total}
        if job.started is not None
        else None,
        "error": job.error or None,
        "created": instant(job.created),
        "started": instant(job.started),
        "ended": instant(job.ended),
        "expires": instant(job.ended + running.KEPT) if done and job.ended else None,
        "result": url_for("jobs.job_result", slug=job.city, job_id=job.id) if done else None,
    }


def _answer(job: Job, status: int = 200) -> Response:
    response = responses.private(geojson.encode(_told(job)))
    response.status_code = status
    if status == 202:
        response.headers["Location"] = url_for("jobs.one_job", slug=job.city, job_id=job.id)
    return response


@jobs.get("")
@jobs.output(JobList)
def list_jobs(slug: str) -> Response:
    """Return the jobs of a city of the last day, the newest first."""
    city = variants.city(slug)
    running.tend(engine.current())
    found = kept.listed(engine.current(), city.slug)
    return responses.private(geojson.encode({"jobs": [_told(job) for job in found]}))


@jobs.post("")
@jobs.input(JobIn)
@jobs.output(JobOut, status_code=202)
@jobs.doc(responses={404: "No such city or scenario", 503: "Too many jobs are waiting"})
def start_job(slug: str, json_data: JobIn) -> Response:
    """Begin a job, or queue it: one runs at a time, in a process of its own.

    Poll `GET jobs/<id>` for how far it is; `DELETE` ends it and leaves nothing behind.
    """
    asked = _asked(json_data)
    city = variants.city(slug, getattr(asked, "scenario", None))
    TASKS[json_data.kind].look(city, engine.current(), asked)
    job = running.start(
        engine.current(),
        slug,
        city.mark,
        json_data.kind,
        asked.model_dump(mode="json", exclude_unset=True),
        [plain(change) for change in city.changes],
    )
    return _answer(job, 202)


def _asked(body: JobIn) -> BaseModel:
    """Return what a kind of job is asked, or raise :class:`~geo.errors.OptionError`."""
    task = TASKS.get(body.kind)
    if task is None:
        raise OptionError(f"there is no job {body.kind!r}; choose one of {', '.join(TASKS)}")
    try:
        asked = task.model.model_validate(body.model_extra or {})
    except ValidationError as error:
        faults = json.loads(error.json(include_url=False, include_context=False))
        raise OptionError(
            "; ".join(told([f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in faults]))
        ) from None
    for check in ("checked", "study", "chosen", "need", "tables", "travel_profile"):
        getattr(asked, check, lambda: None)()  # what can be refused at once need not wait
    return asked


@jobs.get("/<job_id>")
@jobs.output(JobOut)
@jobs.doc(responses=_NO_JOB)
def one_job(slug: str, job_id: str) -> Response:
    """Return how far a job is."""
    running.tend(engine.current())
    return _answer(kept.get(engine.current(), slug, job_id))


@jobs.delete("/<job_id>")
@jobs.output(JobOut)
@jobs.doc(responses=_NO_JOB)
def cancel_job(slug: str, job_id: str) -> Response:
    """End a job; neither its process nor anything it wrote is left.

    One that has ended already stays as it is.
    """
    return _answer(running.cancel(engine.current(), slug, job_id))


@jobs.get("/<job_id>/result")
@jobs.doc(responses=_RESULT)
def job_result(slug: str, job_id: str) -> Response:
    """Return what a job made: the same JSON as the question of its kind, or a file."""
    job = kept.get(engine.current(), slug, job_id)
    path = running.folder(job.id) / (job.result or JSON)
    if job.status != "done" or not path.is_file():
        raise Conflict(f"the job is {job.status}, so there is no result {job.error}".strip())
    response = send_file(
        path,
        as_attachment=path.name != JSON,
        download_name=f"{job.city}-{path.name}",
        conditional=False,
        etag=False,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
