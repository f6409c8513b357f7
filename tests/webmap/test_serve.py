"""The command ``yizhan serve`` as a person starts it: a process of its own."""

from __future__ import annotations

import io
import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from rich.console import Console

from tests.webmap import tinycity
from tests.webmap.running import Running
from webmap import server
from webmap.cli import _prepared, main


@pytest.fixture
def running(home: Path, tmp_path: Path) -> Iterator[Running]:
    found = Running(tmp_path / "access.log")
    yield found
    found.end()


def sent_in_pieces(port: int, pieces: str) -> bytes:
    """Return how an answer begins to a question whose body comes in chunks, here broken ones."""
    head = "Host: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        question = f"POST /api/cities/tiny/nearest HTTP/1.1\r\n{head}\r\n\r\n{pieces}\r\n"
        connection.sendall(question.encode())
        return connection.recv(200)


def test_serve_answers_keeps_no_position_and_stops_cleanly(running):
    place = {"lon": tinycity.lon(2), "lat": tinycity.lat(2)}
    texts = [str(value) for value in place.values()]
    assert json.loads(running.ask("GET", "/healthz").content)["cities"] == 2
    noon = place | {"at": "2026-11-20T12:00"}
    answer = running.ask("POST", "/api/cities/tiny/nearest", noon)
    assert answer.status == 200
    assert [station["id"] for station in json.loads(answer.content)["stations"]] == ["c1", "h2"]
    swapped = {"lon": place["lat"], "lat": place["lon"]}
    assert running.ask("POST", "/api/cities/tiny/nearest", swapped).status == 422
    query = f"lon={texts[0]}&lat={texts[1]}"
    assert running.ask("GET", f"/api/cities/tiny/nearest?{query}").status == 405
    for pieces in (f"zz{texts[0]}", f"4\r\n{texts[0]}"):  # no size, and none that fits
        assert b"HTTP/1.1 400 " in sent_in_pieces(running.port, pieces)
    assert running.stop() == 0
    log = running.log.read_text() + running.said
    assert '"POST /api/cities/tiny/nearest" 200' in log
    assert "小城" in running.said
    assert "Traceback" not in log
    for text in texts:
        assert text not in log


def test_other_hosts_are_refused_unless_wanted(home):
    found = CliRunner().invoke(main, ["serve", "--host", "0.0.0.0"])
    assert found.exit_code == 2
    assert "--allow-network" in found.output


def test_a_taken_port_is_named(home):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        found = CliRunner().invoke(main, ["serve", "--port", str(port)])
    assert found.exit_code == 2
    assert f"port {port}" in found.output
    assert "in use" in found.output
    assert f"make serve PORT={port + 1}" in found.output


def test_short_answers_do_not_wait_for_acknowledgements():
    with server.listen("127.0.0.1", 0) as listening:
        early = socket.create_connection(listening.getsockname())  # before gunicorn has started
        accepted, _ = listening.accept()
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        accepted.close()
        early.close()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.0.9", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.2", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_what_is_loopback(host, expected):
    assert server.is_loopback(host) is expected


def test_the_command_offers_the_analysis_too():
    listed = CliRunner().invoke(main, ["--help"]).output
    for name in ("city", "study", "nearest", "serve"):
        assert name in listed


def test_a_name_with_brackets_is_no_markup(monkeypatch):
    said = io.StringIO()
    city = SimpleNamespace(slug="odd", facts={"name": "[/bold]城 [red]", "stations": 1}, data=None)
    app = SimpleNamespace(extensions={"yizhan": SimpleNamespace(cities={"odd": city})})
    monkeypatch.setattr("webmap.create_app", lambda _: app)
    monkeypatch.setattr("webmap.cli._first_answers", lambda _: None)
    monkeypatch.setattr("geo.build.ensure_demo", lambda _: False)
    assert _prepared(Console(file=said)) is app
    assert "[/bold]城 [red] · odd · 1 stations" in said.getvalue()


def test_the_log_of_errors_repeats_nothing_that_a_client_wrote():
    """What gunicorn itself says stays; of an error stays where it arose."""
    told = io.StringIO()
    log = logging.getLogger("tests.clients")
    handler = logging.StreamHandler(told)
    log.addHandler(handler)
    log.addFilter(server.without_clients)
    place = "106.6"
    log.warning(f"Invalid request from ip=203.0.113.7: Invalid HTTP request line: 'GET /?{place}'")
    try:
        raise ValueError(place)
    except ValueError:
        log.exception("Error handling request %s %s", "GET", f"/?lon={place}")
        log.exception("Exception in worker process")
    log.removeHandler(handler)
    refused, *_, end = told.getvalue().splitlines()
    assert refused == "a request that is no HTTP was refused"
    assert end == f"ValueError: {place}"  # of starting, which no client has a part in
    assert "203.0.113.7" not in told.getvalue()
    assert told.getvalue().count(place) == 1
    assert "ValueError in the middle of an answer" in told.getvalue()
