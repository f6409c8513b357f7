"""Keep jobs: long work that a process of its own does, one after the other.

A job is ``queued``, then ``running``, and ends as ``done``, ``failed``, ``cancelled`` or ``lost``
(its process vanished with the server). Whoever ends a job says so only while it is running, so
that what was cancelled stays cancelled.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from webmap.store.engine import Store
from webmap.store.errors import JobNotFound, JobsFull
from webmap.store.tables import JobRow

Status = Literal["queued", "running", "done", "failed", "cancelled", "lost"]
#: What is told of a job until it tells something itself.
BEGINNING = "启动任务"
#: A job in one of these goes on, or will.
OPEN: tuple[Status, ...] = ("queued", "running")


@dataclass(frozen=True)
class Job:
    """Hold one job as it is kept; instants are in UTC.

    ``keeper`` is the process that waits for the job's own ``process``; both as
    :mod:`webmap.processes` names them, empty = none yet. ``result`` is the name of the file in the
    job's folder.
    """

    id: str
    city: str
    base_version: str
    kind: str
    asked: dict[str, Any]
    changes: tuple[dict[str, Any], ...]
    status: Status
    step: str
    done: int
    total: int
    keeper: str
    process: str
    error: str
    result: str
    created: datetime
    started: datetime | None
    ended: datetime | None


def add(
    store: Store,
    city: str,
    base_version: str,
    kind: str,
    asked: dict[str, Any],
    changes: Sequence[dict[str, Any]],
    *,
    most: int,
) -> Job:
    """Put a job at the end of the queue, or raise :class:`JobsFull` when ``most`` are waiting."""
    row = JobRow(
        id=uuid.uuid4().hex,
        city=city,
        base_version=base_version,
        kind=kind,
        asked=json.dumps(asked, ensure_ascii=False),
        changes=json.dumps(list(changes), ensure_ascii=False),
        status="queued",
        created=datetime.now(UTC),
        step="", done=0, total=0, keeper="", process="", error="", result="",
    )  # fmt: skip
    with store.writing() as session:
        waiting = _count(session, "queued")
        if waiting >= most:
            raise JobsFull(f"{waiting} jobs are waiting already; wait for one, or cancel it")
        session.add(row)
        session.flush()
        return _job(row)


def get(store: Store, city: str, key: str) -> Job:
    """Return a job of a city, or raise :class:`JobNotFound`."""
    with store.reading() as session:
        row = session.get(JobRow, key)
        if row is None or row.city != city:
            raise JobNotFound(f"city {city!r} has no job {key!r}; results are kept for a day")
        return _job(row)


def is_done(store: Store, key: str) -> bool:
    """Return whether a job is there and has a result."""
    with store.reading() as session:
        row = session.get(JobRow, key)
        return row is not None and row.status == "done"


def listed(store: Store, city: str | None = None, *, status: Sequence[str] = ()) -> list[Job]:
    """Return the jobs (of a city, in one of these states), the newest first."""
    wanted = select(JobRow).order_by(JobRow.created.desc(), JobRow.id)
    if city is not None:
        wanted = wanted.where(JobRow.city == city)
    if status:
        wanted = wanted.where(JobRow.status.in_(status))
    with store.reading() as session:
        return [_job(row) for row in session.scalars(wanted)]


def ahead(store: Store, job: Job) -> int:
    """Return how many jobs run or wait before this one."""
    with store.reading() as session:
        earlier = (JobRow.created < job.created) | (
            (JobRow.created == job.created) & (JobRow.id < job.id)
        )
        waiting = (
            select(func.count()).select_from(JobRow).where((JobRow.status == "queued") & earlier)
        )
        return int(session.scalar(waiting) or 0) + _count(session, "running")


def claim(store: Store, keeper: str, at_most: int) -> Job | None:
    """Take the job that has waited longest, while fewer than ``at_most`` run; ``None`` if none."""
    with store.writing() as session:
        if _count(session, "running") >= at_most:
            return None
        first = select(JobRow).where(JobRow.status == "queued")
        row = session.scalars(
            first.order_by(JobRow.created, JobRow.id).limit(1).with_for_update()
        ).one_or_none()
        if row is None:
            return None
        row.status, row.keeper, row.started = "running", keeper, datetime.now(UTC)
        row.step = BEGINNING
        session.flush()
        return _job(row)


def begun(store: Store, key: str, process: str) -> bool:
    """Keep the process of a running job; return whether the job is still wanted."""
    return _change(store, key, process=process)


def told(store: Store, key: str, step: str, done: int, total: int) -> bool:
    """Keep how far a running job is; return whether it is still wanted."""
    return _change(store, key, step=step, done=done, total=total)


def ended(store: Store, key: str, status: Status, *, error: str = "", result: str = "") -> bool:
    """End a running job; return whether it was still running."""
    return _change(store, key, status=status, error=error, result=result, ended=datetime.now(UTC))


def cancel(store: Store, city: str, key: str) -> Job:
    """End a job that runs or waits; return it as it was before."""
    with store.writing() as session:
        row = session.scalars(
            select(JobRow).where(JobRow.id == key, JobRow.city == city).with_for_update()
        ).one_or_none()
        if row is None:
            raise JobNotFound(f"city {city!r} has no job {key!r}; results are kept for a day")
        before = _job(row)
        if before.status in OPEN:
            row.status, row.ended = "cancelled", datetime.now(UTC)
        return before


def forget(store: Store, before: datetime) -> list[str]:
    """Remove the jobs that ended before an instant; return their ids."""
    old = (JobRow.ended.is_not(None)) & (JobRow.ended < before)
    with store.reading() as session:  # nothing to write in nearly all cases
        keys = list(session.scalars(select(JobRow.id).where(old)))
    if keys:
        with store.writing() as session:
            session.execute(delete(JobRow).where(JobRow.id.in_(keys)))
    return keys


def _change(store: Store, key: str, **values: Any) -> bool:
    running = update(JobRow).where(JobRow.id == key, JobRow.status == "running")
    with store.writing() as session:
        changed = session.execute(running.values(**values))
        assert isinstance(changed, CursorResult)
        return changed.rowcount > 0


def _count(session: Session, status: Status) -> int:
    wanted = select(func.count()).select_from(JobRow).where(JobRow.status == status)
    return int(session.scalar(wanted) or 0)


def _job(row: JobRow) -> Job:
    values = {name: getattr(row, name) for name in Job.__dataclass_fields__}
    values["asked"], values["changes"] = json.loads(row.asked), tuple(json.loads(row.changes))
    return Job(**values)
