"""Do long work in processes of its own, one at a time, so that the server stays free to answer.

What is asked waits in the database. Whoever looks at jobs also tends them (:func:`tend`): one of
the server's processes takes the next one, starts ``python -m webmap.worker`` for it and keeps it,
which means to wait for its end, whatever that is. So any number of server processes share one
queue. Results lie in a folder of the job for a day.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from geo import workspace
from webmap import processes
from webmap.store import jobs as kept
from webmap.store.engine import Store
from webmap.store.errors import StoreBusy, StoreFailed, StoreReadOnly
from webmap.store.jobs import Job

log = logging.getLogger("yizhan.jobs")

#: So many run at a time on a machine of two processors, and so many may wait.
AT_MOST, MOST_WAITING = 1, 20
KEPT = timedelta(hours=24)
#: A process that is told to end has so long to do so.
PATIENCE_S = 3.0
#: No city can have this name.
_FOLDER = ".jobs"

LOST = "服务器停止时任务中断，请重新开始 · the server stopped in the middle; start the job again"
KILLED = (
    "任务进程被系统终止（{name}），可能是内存不足 · the process of the job was killed ({name}), "
    "maybe for want of memory"
)
BROKEN = (
    "任务意外中断（代码 {code}），服务器日志里有原因 · the job broke off ({code}); the server's "
    "log says why"
)


def folder(key: str) -> Path:
    """Return where the result of a job lies."""
    return workspace.home() / _FOLDER / key


def start(
    store: Store,
    city: str,
    base_version: str,
    kind: str,
    asked: dict[str, object],
    changes: list[dict[str, object]],
) -> Job:
    """Queue a job, and begin it if nothing else runs."""
    job = kept.add(store, city, base_version, kind, asked, changes, most=MOST_WAITING)
    tend(store)
    return kept.get(store, city, job.id)


def cancel(store: Store, city: str, key: str) -> Job:
    """End a job; when this returns, neither its process nor anything it wrote is left.

    A job that has ended already stays as it is.
    """
    before = kept.cancel(store, city, key)
    if before.status in kept.OPEN:
        processes.end(before.process, PATIENCE_S)
        shutil.rmtree(folder(key), ignore_errors=True)
        tend(store)
    return kept.get(store, city, key)


def tend(store: Store) -> None:
    """Note which jobs are lost, forget old ones, and begin the next one.

    Where nothing can be written, nothing can begin; what is kept is read all the same.
    """
    with suppress(StoreReadOnly):
        _tend(store)


def _tend(store: Store) -> None:
    for job in kept.listed(store, status=("running",)):
        gone = not processes.is_alive(job.process) and not processes.is_alive(job.keeper)
        if gone and kept.ended(store, job.id, "lost", error=LOST):
            shutil.rmtree(folder(job.id), ignore_errors=True)
    for key in kept.forget(store, datetime.now(UTC) - KEPT):
        shutil.rmtree(folder(key), ignore_errors=True)
    if not kept.listed(store, status=("queued",)):
        return
    while (next_one := kept.claim(store, processes.me(), AT_MOST)) is not None:
        threading.Thread(target=_keep, args=(store, next_one), daemon=True).start()


def _keep(store: Store, job: Job) -> None:
    """Start the process of a job, wait for its end, and begin the next one."""
    try:
        # The process lives no longer than this thread (see webmap.processes.end_with_parent).
        process = subprocess.Popen(
            [sys.executable, "-m", "webmap.worker", job.city, job.id],
            env=_environment(store),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        if not kept.begun(store, job.id, processes.name_of(process.pid)):
            processes.end(processes.name_of(process.pid), PATIENCE_S)  # cancelled meanwhile
        code = process.wait()
        if kept.ended(store, job.id, "failed", error=_words(code)):
            log.warning("job %s of %s ended with %s", job.kind, job.city, code)
        if not kept.is_done(store, job.id):
            shutil.rmtree(folder(job.id), ignore_errors=True)
        tend(store)
    except (StoreBusy, StoreFailed) as error:
        log.warning("job %s of %s: %s", job.kind, job.city, error)  # tended by the next who looks


def _words(code: int) -> str:
    if code < 0:
        return KILLED.format(name=signal.Signals(-code).name)
    return BROKEN.format(code=code)


def _environment(store: Store) -> dict[str, str]:
    """Return the environment of a job: the same cities, database and program as here."""
    program = str(Path(__file__).parents[1])
    path = os.environ.get("PYTHONPATH", "")
    return os.environ | {
        "YIZHAN_HOME": str(workspace.home()),
        "YIZHAN_DATABASE": store.address,
        "PYTHONPATH": f"{program}{os.pathsep}{path}" if path else program,
    }
