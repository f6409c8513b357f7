"""Long work in real processes: begun, watched, ended, killed; and nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from tests.webmap.running import Running
from webmap import jobs, processes, worker
from webmap.api.audit import AuditOut
from webmap.store import jobs as kept
from webmap.store.engine import Store
from webmap.store.errors import JobsFull
from webmap.store.tables import JobRow

JOBS = "/api/cities/tiny/jobs"
PLAN = {"kind": "propose", "sites": 1, "minutes": 1}
#: A process that takes longer than this, on the busiest machine, hangs.
PATIENCE_S = 120.0


def until(look: Callable[[], Any], what: str) -> Any:
    """Return the first true value of a look, or fail when none comes."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


@pytest.fixture
def store(app) -> Store:
    return app.extensions["yizhan-store"]


@pytest.fixture(autouse=True)
def _nothing_left(home: Path, store: Store, app) -> Iterator[None]:
    """See to it that no test leaves a job, a process or a file to the next one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "PATIENCE_S", 0.2)  # of those that are stopped in their tracks
        yield
        for job in kept.listed(store):
            jobs.cancel(store, job.city, job.id)
    with store.writing() as session:
        session.execute(update(JobRow).values(ended=datetime.now(UTC) - timedelta(days=2)))
    jobs.tend(store)
    assert kept.listed(store) == []
    assert list((home / ".jobs").glob("*")) == []


def begin(client, **asked: Any) -> dict[str, Any]:
    answer = client.post(JOBS, json=PLAN | asked)
    assert answer.status_code == 202, answer.json
    assert answer.headers["Location"] == f"{JOBS}/{answer.json['id']}"
    return answer.json


def state(client, job: dict[str, Any]) -> dict[str, Any]:
    return client.get(f"{JOBS}/{job['id']}").json


def ended(client, job: dict[str, Any]) -> dict[str, Any]:
    def look() -> Any:
        found = state(client, job)
        return found["status"] not in ("queued", "running") and found

    return until(look, "the end of the job")


def frozen(store: Store, job: dict[str, Any], city: str = "tiny") -> int:
    """Stop the process of a job in its tracks, so that it is running for as long as wanted."""
    name = until(lambda: kept.get(store, city, job["id"]).process, "the process of the job")
    number = int(name.partition(":")[0])
    os.kill(number, signal.SIGSTOP)
    return number


def gone(number: int) -> bool:
    return not processes.name_of(number)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let jobs be done in this process, where it is their results that matter."""
    monkeypatch.setattr(jobs, "_keep", worker.work)


def test_a_job_tells_what_the_question_itself_tells(client):
    job = begin(client)
    assert job["kind"] == "propose" and job["asked"] == {"sites": 1, "minutes": 1.0}
    assert job["status"] == "running" and job["result"] is None and job["ahead"] is None
    done = ended(client, job)
    assert done["status"] == "done" and done["error"] is None
    assert datetime.fromisoformat(done["expires"]) - datetime.fromisoformat(done["ended"]) == (
        timedelta(hours=24)
    )
    asked = {key: value for key, value in PLAN.items() if key != "kind"}
    assert (
        client.get(done["result"]).json == client.post("/api/cities/tiny/propose", json=asked).json
    )
    assert [one["id"] for one in client.get(JOBS).json["jobs"]] == [job["id"]]


@pytest.mark.parametrize(
    ("kind", "asked", "path"),
    [
        ("certainty", {"minutes": 2}, "certainty?minutes=2"),
        ("audit", {"requirements": "gb50180-2018"}, "audit?requirements=gb50180-2018"),
    ],
)
@pytest.mark.usefixtures("here")
def test_other_kinds_tell_the_same_as_their_question(client, kind, asked, path):
    answer = client.post(JOBS, json={"kind": kind} | asked)
    done = ended(client, answer.json)
    assert done["status"] == "done", done
    found = client.get(done["result"]).json
    assert found == client.get(f"/api/cities/tiny/{path}").json
    if kind == "audit":
        AuditOut.model_validate(found)


@pytest.mark.usefixtures("here")
def test_a_job_of_a_scenario_works_on_the_changed_city(client):
    change = {"kind": "status", "station": "c1", "status": "closed"}
    made = client.post(
        "/api/cities/tiny/scenarios", json={"name": "without c1", "changes": [change]}
    ).json
    try:
        done = ended(client, begin(client, scenario=made["id"]))
        now = client.get(done["result"]).json
        asked = {"sites": 1, "minutes": 1}
        plain = client.post("/api/cities/tiny/propose", json=asked).json
        assert now["before"]["covered"] < plain["before"]["covered"]
        asked["scenario"] = made["id"]
        assert now == client.post("/api/cities/tiny/propose", json=asked).json
    finally:
        client.delete(f"/api/cities/tiny/scenarios/{made['id']}")


@pytest.mark.parametrize(
    ("asked", "begins"),
    [
        ({"kind": "export", "format": "xlsx"}, b"PK"),
        ({"kind": "export", "format": "geojson", "edition": "public"}, b"PK"),
        ({"kind": "brief", "format": "html"}, b"<!doctype html>"),
    ],
)
@pytest.mark.usefixtures("here")
def test_files_are_made_as_jobs_too(client, asked, begins):
    done = ended(client, client.post(JOBS, json=asked | {"minutes": 3}).json)
    assert done["status"] == "done", done
    answer = client.get(done["result"])
    assert answer.data[: len(begins)].lower() == begins.lower()
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=tiny-result.")


def test_a_brief_tells_each_of_its_steps_however_quick(client, app, store, monkeypatch):
    city = app.extensions["yizhan"].city("tiny")
    asked = {"format": "html", "minutes": 3}
    job = kept.add(store, "tiny", city.mark, "brief", asked, [], most=20)
    steps: list[str] = []
    monkeypatch.setattr(kept, "told", lambda _store, _key, label, *_: steps.append(label) or True)
    worker.work(store, kept.claim(store, processes.me(), 1))
    assert state(client, {"id": job.id})["status"] == "done"
    assert list(dict.fromkeys(steps)) == [
        "载入城市", "计算覆盖", "解释缺口", "整理底图与文字", "画地图与版面", "写文件",
    ]  # fmt: skip


def test_cancelling_leaves_neither_process_nor_file(client, store, home):
    job = begin(client)
    number = frozen(store, job)  # it cannot even hear that it should end
    (jobs.folder(job["id"])).mkdir(parents=True, exist_ok=True)
    (jobs.folder(job["id"]) / "half").write_text("unfinished")
    answer = client.delete(f"{JOBS}/{job['id']}")
    assert answer.json["status"] == "cancelled" and answer.json["result"] is None
    assert gone(number)
    assert not jobs.folder(job["id"]).exists()
    # What is cancelled stays so, and a second time is no fault.
    assert client.delete(f"{JOBS}/{job['id']}").json["status"] == "cancelled"
    refused = client.get(f"{JOBS}/{job['id']}/result")
    assert refused.status_code == 409 and "cancelled" in refused.json["detail"]


def test_a_polite_end_is_enough_where_it_is_heard(client, store):
    job = begin(client)
    name = until(lambda: kept.get(store, "tiny", job["id"]).process, "the process")
    client.delete(f"{JOBS}/{job['id']}")
    assert not processes.is_alive(name)


def test_one_runs_and_the_others_wait_for_their_turn(client, store):
    first = begin(client)
    frozen(store, first)
    second, third = begin(client, sites=2), begin(client, sites=3)
    assert [second["status"], third["status"]] == ["queued", "queued"]
    assert (second["ahead"], third["ahead"]) == (1, 2)
    assert second["progress"] is None and second["started"] is None
    # One that waits is cancelled without a process; the next moves up.
    client.delete(f"{JOBS}/{second['id']}")
    assert state(client, third)["ahead"] == 1
    client.delete(f"{JOBS}/{first['id']}")
    assert ended(client, third)["status"] == "done"


def test_the_server_answers_while_a_job_runs(client, store):
    job = begin(client)
    frozen(store, job)
    assert client.get("/healthz").status_code == 200
    assert client.get("/api/cities/tiny/coverage?minutes=3").status_code == 200
    assert state(client, job)["status"] == "running"


def test_a_killed_process_fails_in_words(client, store):
    job = begin(client)
    os.kill(frozen(store, job), signal.SIGKILL)
    found = ended(client, job)
    assert found["status"] == "failed" and "SIGKILL" in found["error"]
    assert found["result"] is None and not jobs.folder(job["id"]).exists()


def test_what_cannot_be_done_fails_in_words(client, store):
    # A target above 100 % is refused at once; that the city is another one is seen later.
    refused = client.post(JOBS, json=PLAN | {"target": 2.0})
    assert refused.status_code == 422
    old = kept.add(store, "tiny", "an older import", "propose", {"sites": 1}, [], most=20)
    jobs.tend(store)
    found = ended(client, {"id": old.id})
    assert found["status"] == "failed" and "imported anew" in found["error"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kind": "dance"}, "propose, certainty, audit, export, brief"),
        ({"kind": "propose", "sites": "many"}, "sites"),
        ({"kind": "propose", "sites": 1, "profile": "fly"}, "walk"),
        ({"kind": "audit", "requirements": "none"}, "none"),
        ({"kind": "certainty", "colour": "red"}, "colour"),
        ({"kind": "export", "format": "doc"}, "gpkg"),
        ({"kind": "export", "format": "csv", "edition": "secret"}, "edition"),
        ({"kind": "propose", "sites": 1, "scenario": "0" * 32}, "no scenario"),
    ],
)
def test_a_wrong_question_is_refused_before_anything_begins(client, asked, said):
    answer = client.post(JOBS, json=asked)
    assert answer.status_code in (404, 422)
    assert said in answer.json["detail"]
    assert client.get(JOBS).json["jobs"] == []


def test_other_jobs_and_cities_are_not_found(client):
    job = begin(client)
    assert client.get(f"{JOBS}/{'0' * 32}").status_code == 404
    assert client.get(f"/api/cities/bare/jobs/{job['id']}").status_code == 404
    assert client.delete(f"/api/cities/bare/jobs/{job['id']}").status_code == 404
    assert client.get("/api/cities/nowhere/jobs").status_code == 404


def test_results_are_forgotten_after_a_day(client, store):
    job = kept.add(store, "tiny", "", "propose", {}, [], most=20)
    assert kept.claim(store, processes.me(), 1).id == job.id
    jobs.folder(job.id).mkdir(parents=True)
    (jobs.folder(job.id) / "plan.json").write_text("{}", encoding="utf-8")
    assert kept.ended(store, job.id, "done", result="plan.json")
    done = state(client, {"id": job.id})
    assert client.get(done["result"]).json == {}
    with store.writing() as session:
        session.execute(update(JobRow).values(ended=datetime.now(UTC) - timedelta(hours=23)))
    assert state(client, done)["status"] == "done"
    with store.writing() as session:
        session.execute(update(JobRow).values(ended=datetime.now(UTC) - timedelta(hours=25)))
    assert client.get(f"{JOBS}/{done['id']}").status_code == 404
    assert not jobs.folder(done["id"]).exists()


def test_the_queue_has_an_end(client, store):
    frozen(store, begin(client))
    for _ in range(2):
        kept.add(store, "tiny", "", "propose", {}, [], most=2)
    with pytest.raises(JobsFull, match="2 jobs"):
        kept.add(store, "tiny", "", "propose", {}, [], most=2)


def test_a_job_whose_keeper_and_process_are_gone_is_lost(client, store):
    ended_one = subprocess.Popen([sys.executable, "-c", ""])
    name = processes.name_of(ended_one.pid) or f"{ended_one.pid}:0"
    ended_one.wait()
    job = kept.add(store, "tiny", "", "propose", {}, [], most=20)
    assert kept.claim(store, name, 1).id == job.id
    assert kept.begun(store, job.id, name)
    found = state(client, {"id": job.id})
    assert found["status"] == "lost" and "start the job again" in found["error"]


def asked(server: Running, method: str, path: str, body: Any = None) -> Any:
    return json.loads(server.ask(method, path, body).content)


def test_all_workers_see_a_job_and_a_restarted_server_tells_that_it_was_lost(home, tmp_path, store):
    server = Running(tmp_path / "one.log", "--workers", "2")
    try:
        job = asked(server, "POST", JOBS, PLAN)
        number = frozen(store, job)
        told = [asked(server, "GET", f"{JOBS}/{job['id']}")["status"] for _ in range(12)]
        assert set(told) == {"running"}
        lines = [asked(server, "GET", "/healthz")["status"] for _ in range(12)]
        assert set(lines) == {"ok"}
        workers = server.workers()
        assert len(workers) == 2
    finally:
        server.process.kill()
        server.process.wait()  # its output is held open by the job, which is stopped
    for own in workers:  # orphans of a killed master see that it is gone, and end
        until(lambda own=own: gone(own), "the end of a worker")
    os.kill(number, signal.SIGCONT)
    until(lambda: gone(number), "the end of the job with its server")
    server.process.stderr.close()
    again = Running(tmp_path / "two.log")
    try:
        found = asked(again, "GET", f"{JOBS}/{job['id']}")
        assert found["status"] in ("lost", "failed") and found["error"]
        assert not jobs.folder(job["id"]).exists()
    finally:
        again.end()


def test_a_name_of_a_process_is_not_its_number_alone():
    sleeper = subprocess.Popen(["sleep", "600"], start_new_session=True)
    name = processes.name_of(sleeper.pid)
    assert processes.is_alive(name) and processes.is_alive(processes.me())
    assert not processes.is_alive(f"{sleeper.pid}:1")  # the number, used again
    processes.end(f"{sleeper.pid}:1", 1.0)
    assert processes.is_alive(name)
    processes.end(name, 60.0)
    assert not processes.is_alive(name)
    sleeper.wait()
    assert processes.name_of(sleeper.pid) == "" and not processes.is_alive("")
