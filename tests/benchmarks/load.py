"""Put nginx in front of servers and let wrk ask; both are programs of the system.

On Debian ``apt-get install nginx-light wrk`` brings them (any nginx will do). Nothing is
configured on the machine: nginx runs from a folder of its own, as whoever runs the benchmark.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

#: nginx stands where an ordinary user's path does not look.
PLACES = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
SCRIPT = Path(__file__).with_suffix(".lua")
PATIENCE_S = 20

_CONFIG = """\
daemon off;
{user}worker_processes 1;
pid nginx.pid;
error_log stderr error;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    server {{
        listen 127.0.0.1:{port} backlog=1024;
{locations}
    }}
}}
"""
_LOCATION = "        location {path} {{ proxy_pass {address}; }}"


@dataclass(frozen=True)
class Target:
    """Hold what is asked: an address, and the bodies to send to it, if it takes any."""

    url: str
    bodies: Path | None = None


@dataclass(frozen=True)
class Load:
    """What came of a load: answers a second, the 95th percentile of the waiting, and failures."""

    per_second: float
    slow_ms: float
    errors: int


def missing() -> list[str]:
    """Return the programs that are needed and not found."""
    return [name for name in ("nginx", "wrk") if shutil.which(name, path=PLACES) is None]


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def nginx(folder: Path, behind: Mapping[str, str]) -> Iterator[str]:
    """Run nginx in front of servers, by the path that leads to each; yield its address."""
    port = free_port()
    locations = (_LOCATION.format(path=path, address=to) for path, to in behind.items())
    user = "user root;\n" if os.geteuid() == 0 else ""  # or it could not write to the folder
    config = _CONFIG.format(port=port, user=user, locations="\n".join(locations))
    (folder / "nginx.conf").write_text(config, encoding="utf-8")
    program = shutil.which("nginx", path=PLACES) or "nginx"
    proxy = subprocess.Popen(
        [program, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(port, proxy)
        yield f"http://127.0.0.1:{port}"
    finally:
        proxy.terminate()
        proxy.wait()


def wait_for(port: int, server: subprocess.Popen[str]) -> None:
    """Wait until a server takes connections, or raise ``RuntimeError`` with what it said."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if server.poll() is not None:
            said = server.stderr.read() if server.stderr else ""
            raise RuntimeError(f"{server.args!r} ended with {server.returncode}: {said}")
        with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise RuntimeError(f"{server.args!r} did not listen within {PATIENCE_S} s")


def wrk(target: Target, connections: int, seconds: int) -> Load:
    """Ask a target over so many connections for so long, with its bodies one after the other."""
    program = shutil.which("wrk", path=PLACES) or "wrk"
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(SCRIPT)]
    bodies = [] if target.bodies is None else ["--", str(target.bodies)]
    done = subprocess.run(
        [program, *options, target.url, *bodies], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout.splitlines()[-1])
    return Load(told["answers"] / told["seconds"], told["slow_ms"], told["errors"])
