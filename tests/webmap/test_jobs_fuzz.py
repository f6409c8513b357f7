"""Whatever is asked of jobs, it is refused in words or taken; nothing breaks and nothing is left.

Bodies follow from a seed. None of them begins a process: what is taken waits in the queue, some of
it is worked off here, and the rest is cancelled.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from tests.webmap.kept import CLOSE
from tests.webmap.tinycity import HOSTILE, lat, lon
from webmap import jobs, processes, worker
from webmap.store import jobs as kept
from webmap.store.engine import Store
from webmap.store.tables import JobRow

JOBS = "/api/cities/tiny/jobs"
TEXTS = [
    "", " ", HOSTILE, "'; DROP TABLE jobs; --", "../../etc/passwd", "%00", "a\0b", "\ud800",
    "\u202egnp.exe", "{{7*7}}", "=cmd()", "长" * 5_000, "walk", "15min", "1e999min", "-1m", "today",
    "2026-11-20T22:30", "9999-99-99T99:99", "0" * 32, "charging", "charging,,rest", "24/7", "pdf",
    "gpkg", "Mo-Su 25:00-26:00", "public", "mclp", "en",
]  # fmt: skip
NUMBERS = [0, -1, 1, 15, 61, 2**31, -(2**63), 10**30, 1e308, -0.0, 1e-320, True, False]
#: Written as they are: JSON of other makers knows them, or is no JSON at all.
RAW = ["NaN", "Infinity", "-Infinity", "1e400", "9" * 5_000, "1.7976931348623159e308"]
FIELDS = [
    "profile", "budget", "minutes", "distance_m", "services", "at", "scenario", "model", "spend",
    "sites", "target", "candidates", "junctions", "costs", "longer_hours", "users_per_1000",
    "default_seats", "level", "requirements", "rows", "format", "edition", "lang", "surprise",
    "__class__", "id", "status",
]  # fmt: skip
KINDS = ["propose", "certainty", "audit", "export", "brief"]


class Asker:
    """Make one body after the other from a seed."""

    def __init__(self, seed: int, scenario_ids: list[str]) -> None:
        self._chance = random.Random(seed)
        self._ids = scenario_ids

    def body(self) -> bytes:
        """Return a body: mostly an object with a kind, at times nothing of the sort."""
        chance = self._chance
        match chance.randrange(8):
            case 0:
                return self._text(self._value(3)).encode("utf-8", "replace")
            case 1:
                deep = chance.choice([50, 2_000, 60_000])
                first, last = chance.choice(
                    [("[", "]"), ('{"kind":', "}"), ('{"candidates":[', "")]
                )
                return (first * deep + "1" + last * deep).encode()
            case 2:
                whole = self._object().encode("utf-8", "replace")
                return whole[: chance.randrange(len(whole))] + chance.randbytes(3)
            case _:
                return self._object().encode("utf-8", "replace")

    def _object(self) -> str:
        chance = self._chance
        kind = chance.choice([*KINDS, *KINDS, *KINDS, self._value(1)])
        asked = {name: self._value(2) for name in chance.sample(FIELDS, chance.randrange(5))}
        if kind == "propose" and chance.random() < 0.7:
            asked["sites"] = chance.choice([1, 2, self._value(0)])
        if kind in ("export", "brief") and chance.random() < 0.7:
            asked["format"] = chance.choice(["csv", "html", self._value(0)])
        if chance.random() < 0.3:
            asked["scenario"] = chance.choice([*self._ids, self._value(0)])
        if chance.random() < 0.2:
            point = {"lon": lon(1), "lat": lat(1)} | {
                chance.choice(["name", "cost"]): self._value(0)
            }
            asked["candidates"] = [point] * chance.choice([1, 3, 2_001])
        return self._text({"kind": kind} | asked)

    def _value(self, deep: int) -> Any:
        chance = self._chance
        match chance.randrange(6 if deep else 4):
            case 0:
                return chance.choice(NUMBERS)
            case 1 | 2:
                return chance.choice(TEXTS)
            case 3:
                return chance.choice([None, f"<raw>{chance.choice(RAW)}</raw>"])
            case 4:
                return [self._value(deep - 1) for _ in range(chance.randrange(4))]
            case _:
                return {chance.choice(TEXTS)[:40]: self._value(deep - 1) for _ in range(3)}

    @staticmethod
    def _text(value: Any) -> str:
        return json.dumps(value).replace('"<raw>', "").replace('</raw>"', "")


@pytest.fixture
def store(app: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Return the store of an application whose jobs begin no process."""
    monkeypatch.setattr(jobs, "tend", lambda _store: None)
    own: Store = app.extensions["yizhan-store"]
    yield own
    with own.writing() as session:
        session.execute(delete(JobRow))
    shutil.rmtree(home / ".jobs", ignore_errors=True)


@pytest.fixture
def ids(client: Any) -> Iterator[list[str]]:
    """Return ids of scenarios: of this city, and of another one."""
    addresses = []
    for city, changes in (("tiny", [CLOSE]), ("bare", [])):
        answer = client.post(
            f"/api/cities/{city}/scenarios", json={"name": "x", "changes": changes}
        )
        addresses.append(answer.headers["Location"])
    yield [address.rpartition("/")[2] for address in addresses]
    for address in addresses:
        client.delete(address)


def refused(answer: Any) -> None:
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.data[:300])
    assert answer.mimetype == "application/problem+json"
    assert len(answer.data) < 30_000


@pytest.mark.parametrize(
    ("asked", "worked"), [(30, 1), pytest.param(1_000, 40, marks=pytest.mark.soak)]
)
def test_any_job_is_refused_in_words_or_taken(client, store, home, ids, asked, worked):
    taken = 0
    for seed in range(asked):
        body = Asker(seed, ids).body()
        answer = client.post(JOBS, data=body, content_type="application/json")
        if answer.status_code != 202:
            refused(answer)
            continue
        taken += 1
        job = answer.json
        assert job["status"] == "queued" and job["asked"].get("scenario") != ids[1], body
        if taken <= worked:
            worker.work(store, kept.claim(store, processes.me(), 1))
            told = client.get(f"{JOBS}/{job['id']}").json
            assert told["status"] in ("done", "failed"), told
            assert "unforeseen" not in (told["error"] or ""), (body, told)
        assert client.delete(f"{JOBS}/{job['id']}").status_code == 200
    assert taken
    assert kept.listed(store, status=kept.OPEN) == []
    done = {job.id for job in kept.listed(store, status=("done",))}
    assert {path.name for path in (home / ".jobs").glob("*")} <= done


@pytest.mark.parametrize("asked", [30, pytest.param(1_000, marks=pytest.mark.soak)])
def test_any_name_of_a_job_is_found_or_not(client, store, asked):
    chance = random.Random(asked)
    letters = "0123456789abcdef" + "%./\\ '\"<>\0长\u202e"
    for _ in range(asked):
        name = "".join(chance.choice(letters) for _ in range(chance.choice([1, 8, 32, 300])))
        path = f"{JOBS}/{name}{chance.choice(['', '', '/result', '/other'])}"
        method = chance.choice(["GET", "DELETE", "PUT", "POST"])
        refused(client.open(path, method=method, follow_redirects=True))
    refused(client.post(JOBS, data=b"{}", content_type="text/plain"))
    refused(client.post(JOBS, data=b"x" * 2_000_000, content_type="application/json"))
