"""Planners who work at the same time, on a real server with two workers that may be killed."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.webmap.running import Running

LIST = "/api/cities/tiny/scenarios"
WORKERS = 2


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with pytest.MonkeyPatch.context() as patch:
        kept = tmp_path_factory.mktemp("kept") / "yizhan.sqlite"
        patch.setenv("YIZHAN_DATABASE", f"sqlite:///{kept}")
        found = Running(tmp_path_factory.mktemp("log") / "access.log", "--workers", str(WORKERS))
    yield found
    found.end()


@dataclass
class Planner:
    """Edit a scenario as a page does, and remember what the server has acknowledged."""

    server: Running
    name: str
    scenario: str
    revision: int = 1
    accepted: list[str] = field(default_factory=list)
    conflicts: int = 0

    def write(self, note: str) -> None:
        """Write once; after a broken answer look whether it was kept, as a page would."""
        body = {"revision": self.revision, "note": note}
        try:
            status, told = ask(self.server, "PUT", f"{LIST}/{self.scenario}", body)
        except (OSError, HTTPException):
            now = self.look()
            assert now["revision"] >= self.revision, "an acknowledged edit is lost"
            if now["revision"] > self.revision and now["note"] == note:
                self.accepted.append(note)
            self.revision = now["revision"]
            return
        if status == 200:
            assert told["revision"] == self.revision + 1
            self.accepted.append(note)
            self.revision += 1
        else:
            assert (status, told["type"]) == (409, "urn:yizhan:problem:scenario-conflict")
            assert told["current"]["revision"] > self.revision
            self.revision = told["current"]["revision"]
            self.conflicts += 1

    def look(self) -> dict[str, Any]:
        """Return the scenario, from whichever worker is alive."""
        for _ in range(200):
            try:
                status, told = ask(self.server, "GET", f"{LIST}/{self.scenario}")
            except (OSError, HTTPException):
                continue  # this one was killed, too
            assert status == 200
            return told
        raise AssertionError("no worker answers")


def ask(server: Running, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    answer = server.ask(method, path, body)
    return answer.status, json.loads(answer.content)


def made(server: Running, name: str) -> str:
    status, told = ask(server, "POST", LIST, {"name": name})
    assert status == 201, told
    return told["id"]


def together(*jobs: Any) -> None:
    """Run all jobs at once; the first failure of any of them is ours."""
    failures: list[BaseException] = []

    def run(job: Any) -> None:
        try:
            job()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def edits(planner: Planner, count: int) -> Any:
    def run() -> None:
        for step in range(count):
            planner.write(f"{planner.name}/{step}")

    return run


def test_two_planners_with_a_scenario_each_do_not_meet(server):
    planners = [Planner(server, name, made(server, name)) for name in ("甲", "乙")]
    together(*(edits(planner, 25) for planner in planners))
    for planner in planners:
        now = planner.look()
        assert planner.conflicts == 0
        assert (now["revision"], now["note"]) == (26, f"{planner.name}/24")


def test_two_planners_with_one_scenario_lose_nothing(server):
    key = made(server, "丙")
    planners = [Planner(server, name, key) for name in ("甲", "乙")]
    together(*(edits(planner, 25) for planner in planners))
    accepted = [note for planner in planners for note in planner.accepted]
    now = planners[0].look()
    assert now["revision"] == 1 + len(accepted)
    assert now["note"] in accepted
    assert len(accepted) + sum(planner.conflicts for planner in planners) == 50


def test_names_are_given_out_once(server):
    told: list[tuple[int, Any]] = []

    def post() -> None:
        told.append(ask(server, "POST", LIST, {"name": "同名"}))

    together(*[post] * 8)
    assert sorted(status for status, _ in told) == [201] + [409] * 7
    assert {answer["proposal"] for status, answer in told if status == 409} == {"同名 (2)"}


@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=pytest.mark.soak)])
def test_a_killed_worker_loses_no_acknowledged_edit(server, kills):
    planners = [
        Planner(server, name, made(server, f"{name} {kills}")) for name in ("甲", "乙", "丙", "丁")
    ]
    over = threading.Event()

    def plan(planner: Planner) -> Any:
        def run() -> None:
            step = 0
            while not over.is_set():
                planner.write(f"{planner.name}/{step}")
                step += 1

        return run

    def kill() -> None:
        try:
            for number in range(kills):
                written = len(planners[number % len(planners)].accepted)
                deadline = time.monotonic() + 60
                # A kill is worth something only while somebody writes.
                while len(planners[number % len(planners)].accepted) <= written + number % 3:
                    assert time.monotonic() < deadline, "nobody can write any more"
                    over.wait(0.001)
                workers = server.workers()
                if workers:
                    os.kill(workers[number % len(workers)], signal.SIGKILL)
        finally:
            over.set()

    together(kill, *(plan(planner) for planner in planners))
    for planner in planners:
        now = planner.look()
        assert now["revision"] == planner.revision == 1 + len(planner.accepted)
        assert now["note"] == planner.accepted[-1]
        assert planner.conflicts == 0
