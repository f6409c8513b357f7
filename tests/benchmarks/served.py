"""Serve cities as a user would, for what is measured through HTTP."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping

from tests.webmap.running import COMMAND

#: Building the city and compiling take a minute or two on a small machine.
PATIENCE_S = 600


@contextlib.contextmanager
def demonstration(*options: str) -> Iterator[str]:
    """Serve the demonstration city from a home of its own; yield the address."""
    with tempfile.TemporaryDirectory() as home, serving(home, *options) as address:
        yield address


@contextlib.contextmanager
def serving(home: str, *options: str, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve the cities of a home, the demonstration city at least; yield the address.

    ``settings`` are variables of the environment beside the home.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "serve", "--port", str(port), *options],
        env={**os.environ, **(settings or {}), "YIZHAN_HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"{address}/demo/", server)
        yield address
    finally:
        server.terminate()
        server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with exit code {server.returncode}")
        try:
            with urllib.request.urlopen(url):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    raise RuntimeError(f"{url} did not answer within {PATIENCE_S} s")
