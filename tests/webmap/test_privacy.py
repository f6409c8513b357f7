"""A position is nowhere on the disk after a thousand questions, whatever became of them.

The server is the one that ``yizhan serve`` starts, in a process of its own with a folder of its own
for everything that it may write. Some questions are made to fail in ways nobody foresaw, with the
position in the message of the error.
"""

from __future__ import annotations

import hashlib
import http.client
import itertools
import json
import re
import shutil
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.crs import project
from tests.webmap.running import Running
from webmap import create_app
from webmap.config import Settings

#: Two places between the crossings of the tiny city; the digits are found nowhere else in it.
CANARIES = ((106.60217391837264, 29.50246813594731), (106.60428571936482, 29.50135792468357))
#: As often as is promised; the long run asks more.
QUESTIONS = 1_000
#: How the process is started: as by the command, but a search for one profile fails.
FAILING = """
import sys
from flask import has_request_context
from geo import locator
right = locator.ranked
def ranked(data, profile, position, *rest):
    if profile.name == "wheelchair" and has_request_context():
        raise RuntimeError(f"nobody foresaw {position} {position.lon!r} {position.lat!r}")
    return right(data, profile, position, *rest)
locator.ranked = ranked
from webmap.cli import main
sys.exit(main())
"""
LINE = re.compile(
    r"\[[^\]]+\] \"(?:GET|POST) /api/cities/tiny/"
    r"(?:nearest|way|search|explain|stations/c1/feedback)\" \d{3} \d+ \d+"
)


@pytest.fixture
def folder(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that holds all that the server may write: cities, database, logs, tmp."""
    # Not the database: whoever closes one of its files loses the locks of the whole process, and
    # the application that other tests share has it open.
    cities = shutil.ignore_patterns("yizhan.sqlite*", ".jobs")
    shutil.copytree(home, tmp_path / "home", ignore=cities)
    for name in ("tmp", "logs"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("YIZHAN_HOME", str(tmp_path / "home"))
    for name in ("TMPDIR", "TMP", "TEMP"):
        monkeypatch.setenv(name, str(tmp_path / "tmp"))
    # What is made ready for meetings follows from the cities alone: here, before anybody asks.
    ready = create_app(Settings(edition="internal"))
    ready.extensions["yizhan-stories"].prepare()
    ready.extensions["yizhan-store"].close()
    return tmp_path


@pytest.fixture
def running(folder: Path) -> Iterator[Running]:
    found = Running(folder / "logs" / "access.log", program=["-c", FAILING])
    yield found
    found.end()


def questions() -> Iterator[tuple[str, str, dict]]:
    """Yield method, path and body: right and wrong ones in turn, for both places."""
    for number in itertools.count():
        lon, lat = CANARIES[number % 2]
        place = {"lon": lon, "lat": lat}
        yield "POST", "nearest", place | {"profile": "walk", "k": 1 + number % 10, "way": 1}
        yield "POST", "nearest", place | {"profile": "ebike", "services": ["water"]}
        yield "POST", "nearest", place | {"profile": "wheelchair"}  # fails unforeseen: 500
        yield "POST", "nearest", {"lon": lat, "lat": lon}  # changed places: 422
        yield "POST", "nearest", place | {"more": f"{lon} {lat}"}  # no such field: 422
        yield "POST", "nearest", place | {"profile": f"{lon}"}  # no such profile: 422
        yield "POST", "way", place | {"station": "c1"}
        yield "POST", "way", place | {"station": f"{lon}"}  # no such station: 404
        yield "POST", "search", place | {"text": f"{lon},{lat}"}
        yield "POST", "explain", place
        yield "POST", "stations/c1/feedback", place | {"kind": "closed"}  # 422
        yield "POST", "stations/c1/feedback", {"kind": "thanks"}
        yield "GET", f"nearest?lon={lon}&lat={lat}", {}  # 405: places stand in no address


def betrays(content: bytes, *, as_text: bool = True) -> list[bytes]:
    """Return what of the positions a file holds.

    That is five digits in a row of the degrees, whole or rounded; and degrees or metres as memory
    has them.
    """
    digits, numbers = set(), []
    for lon, lat in CANARIES:
        x, y = (float(value) for value in project(lon, lat, "EPSG:4545"))
        for value in (lon, lat):
            for decimals in (5, 6, 7, 13):
                behind = f"{value:.{decimals}f}".partition(".")[2]
                digits |= {behind[first : first + 5] for first in range(len(behind) - 4)}
        for value in (lon, lat, x, y, *(round(v, n) for v in (lon, lat) for n in (5, 6, 7))):
            numbers += [struct.pack(f"{order}d", value) for order in "<>"]
    runs = [run.encode() for run in sorted(digits)] if as_text else []
    return [trace for trace in (*runs, *numbers) if trace in content]


def state(folder: Path) -> dict[Path, bytes]:
    """Return a mark of what each file holds."""
    return {
        path: hashlib.sha256(path.read_bytes()).digest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: dict) -> int:
    content = json.dumps(body) if method == "POST" else None
    headers = {"Content-Type": "application/json"} if content else {}
    connection.request(method, f"/api/cities/tiny/{path}", content, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def misspeak(port: int) -> None:
    """Send what is no HTTP: a wrong version, a wrong header, an address that is too long."""
    for lon, lat in CANARIES:
        asked = f"/api/cities/tiny/nearest?lon={lon}&lat={lat}"
        for lines in (
            f"GET {asked} HTTP/9.9",
            f"GET {asked} and more HTTP/1.1",
            f"GET /healthz HTTP/1.1\r\n{lon} {lat}: here",
            f"GET /healthz HTTP/1.1\r\nTransfer-Encoding: {lon},{lat}",
            f"{lon} {lat}",
            f"GET {asked}{'&again' * 500} HTTP/1.1",
        ):
            with socket.create_connection(("127.0.0.1", port), timeout=30) as sent:
                sent.sendall(f"{lines}\r\nHost: 127.0.0.1\r\n\r\n".encode())
                assert b" 200 " not in sent.recv(200)


@pytest.mark.parametrize("count", [QUESTIONS, pytest.param(10_000, marks=pytest.mark.soak)])
def test_a_position_is_nowhere_on_the_disk(folder, running, count):
    before = state(folder)
    misspeak(running.port)
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
    seen: dict[int, int] = {}
    for method, path, body in itertools.islice(questions(), count):
        status = ask(connection, method, path, body)
        seen[status] = seen.get(status, 0) + 1
    connection.close()
    assert running.stop() == 0
    assert set(seen) == {200, 201, 404, 405, 422, 500}
    assert seen[500] == sum(
        1 for _, _, body in itertools.islice(questions(), count)
        if body.get("profile") == "wheelchair"
    )  # fmt: skip
    errors = running.said.replace(f":{running.port}/", "")  # a port has five digits, too
    (folder / "logs" / "errors.log").write_text(errors, encoding="utf-8")
    written = [path for path, mark in state(folder).items() if before.get(path) != mark]
    assert {path.name for path in written} >= {"access.log", "errors.log", "yizhan.sqlite"}
    access = (folder / "logs" / "access.log").read_text(encoding="utf-8").splitlines()
    assert len(access) == count
    assert [
        line for line in access if not LINE.fullmatch(line)
    ] == []  # nothing but counts and times
    for path in written:
        # The numbers of the access log are proven to be counts and times above.
        assert betrays(path.read_bytes(), as_text=path.name != "access.log") == [], path
    assert "RuntimeError in places.nearest" in running.said
    assert "no HTTP was refused" in running.said
    assert "127.0.0.1" not in errors.replace("http://127.0.0.1", "")  # no address of a client


def test_the_scan_is_not_blind():
    (lon, lat), (other, _) = CANARIES
    assert betrays(f"GET /?x={lon:.6f}".encode())
    assert betrays(f"{lat:.7f}"[5:].encode())
    assert betrays(b"\0" + struct.pack("<d", round(other, 6)), as_text=False)
    assert not betrays(b"106.60 29.50 106.602 29.502")
