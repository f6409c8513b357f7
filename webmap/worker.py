"""Do one job: ``python -m webmap.worker CITY ID``, started and waited for by :mod:`webmap.jobs`.

The process steps back behind the server (nice 10), says how far it is, writes the result whole
into the job's folder and says that it is done. What it is asked stands in the database.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
import time
import traceback
from types import FrameType, MappingProxyType

from geo import manifest, scenario, workspace
from geo.errors import GeoError, ScenarioOutdated
from geo.scenario import changes
from geo.writing import whole
from webmap import facts, jobs, processes
from webmap.api.tasks import TASKS, Work
from webmap.catalog import LoadedCity
from webmap.config import from_environment
from webmap.finished import Answers
from webmap.store import jobs as kept
from webmap.store import scenarios
from webmap.store.engine import Store
from webmap.store.errors import StoreBusy
from webmap.store.jobs import Job
from webmap.store.scenarios import Scenario
from webmap.variants import NOT_KEPT

log = logging.getLogger("yizhan.worker")

#: How far a job is, is written down at most every so many seconds.
_TELL_S = 0.25
_NICE = 10
_LOADING = "载入城市"
_UNFORESEEN = "意外错误 {kind}，服务器日志里有出处 · unforeseen {kind}; the server's log says where"


class _Ended(BaseException):
    """Raise when nobody wants the result any more."""


class _Telling:
    """Write down how far the job is: every step that begins, and within it not too often."""

    def __init__(self, store: Store, job: Job) -> None:
        self._store, self._job, self._next, self._label = store, job, 0.0, ""

    def __call__(self, label: str, done: int, total: int) -> None:
        now = time.monotonic()
        if label == self._label and now < self._next:
            return
        self._next, self._label = now + _TELL_S, label
        try:
            wanted = kept.told(self._store, self._job.id, label, done, total)
        except StoreBusy:  # the next one says more
            return
        if not wanted:
            raise _Ended


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Ended


def city_of(job: Job) -> LoadedCity:
    """Return the city of a job after its changes; refuse one that was imported anew."""
    mark = manifest.base_of(job.city).version
    if mark != job.base_version:
        raise ScenarioOutdated(f"{job.city} was imported anew since the job was asked for")
    settings = from_environment()
    made = changes.parsed(job.changes)
    data = workspace.load(job.city)
    data = scenario.apply(data, made) if made else data
    return LoadedCity(
        slug=job.city,
        version=mark,
        data=data,
        facts=MappingProxyType(facts.of_city(data, mark, {})),
        tiles=MappingProxyType({}),
        parts=MappingProxyType({}),
        answers=Answers(settings.answer_cache_bytes),
        settings=settings,
        mark=mark,
        imported=str(workspace.manifest(job.city)["created"]),
        changes=made,
    )


def _scenario(store: Store, job: Job) -> Scenario | None:
    """Return the scenario of a job, for its name; its changes are those when the job was asked."""
    key = job.asked.get("scenario")
    return scenarios.get(store, job.city, key) if key and key not in NOT_KEPT else None


def work(store: Store, job: Job) -> None:
    """Do a job and keep what became of it."""
    tell = _Telling(store, job)
    try:
        tell(_LOADING, 0, 0)
        task = TASKS[job.kind]
        asked = task.model.model_validate(job.asked)
        with whole(jobs.folder(job.id) / task.file_name(asked)) as path:
            task.run(Work(city_of(job), asked, _scenario(store, job), path, tell, store))
        kept.ended(store, job.id, "done", result=task.file_name(asked))
    except GeoError as error:
        kept.ended(store, job.id, "failed", error=str(error))
    except _Ended:  # cancelled, or the server stops and nobody else is left to tidy up
        kept.ended(store, job.id, "lost", error=jobs.LOST)
        shutil.rmtree(jobs.folder(job.id), ignore_errors=True)
    except Exception as error:  # its message may hold a position: the log says only where
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("%s in job %s\n%s", type(error).__name__, job.kind, frames)
        kept.ended(store, job.id, "failed", error=_UNFORESEEN.format(kind=type(error).__name__))


def main() -> None:
    """Do the job that the arguments name."""
    city, key = sys.argv[1:]
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    processes.end_with_parent()
    os.nice(_NICE)
    store = Store(from_environment().database, workspace.home())
    job = kept.get(store, city, key)
    if job.status == "running" and processes.is_alive(job.keeper):
        work(store, job)


if __name__ == "__main__":
    main()
