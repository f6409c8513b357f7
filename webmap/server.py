"""Run the application under gunicorn, from one command, on one machine.

The cities are loaded before the worker processes are made, so that all of them share the memory.
The access log holds the path and the status – no query, no body, no referrer and no address of a
client, so that nobody's position or way of searching is kept. The log of errors holds none, either.
"""

from __future__ import annotations

import errno
import logging
import socket
import sys
import threading
import traceback
from typing import Any

from apiflask import APIFlask
from gunicorn.app.base import BaseApplication

from geo.disclosure import Edition
from geo.errors import OptionError
from webmap.origin import is_loopback

ACCESS_FORMAT = '%(t)s "%(m)s %(U)s" %(s)s %(B)s %(D)s'
#: Threads of a worker process, unless somebody says otherwise.
THREADS = 8
#: So long a computation keeps the interpreter while another thread waits, in seconds. A rider's
#: answer needs it several times; at Python's own 5 ms each of them would wait that long for every
#: planner who computes.
_TURN_S = 1e-3
#: So long a worker that ends waits for what it does in the background, in seconds.
_PATIENCE_S = 2.0
#: How gunicorn begins what it tells of an error in the middle of a request.
_OF_REQUESTS = ("Error handling request", "Socket error processing", "Exception in post_request")


def edition(host: str, public: bool | None) -> Edition:
    """Return who is served: as wanted, else planners where only this machine can reach the host.

    Raise :class:`~geo.errors.OptionError` for exact figures that others could reach.
    """
    if public is None:
        return "internal" if is_loopback(host) else "public"
    if not public and not is_loopback(host):
        raise OptionError(
            f"--internal shows exact figures, and {host} lets other machines connect, without a "
            "login; use 127.0.0.1, or --public"
        )
    return "public" if public else "internal"


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, or raise :class:`~geo.errors.OptionError` saying why not.

    ``port`` 0 takes any free port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Who connects while the cities are still being loaded inherits it, too: without it each short
    # answer waits 40 ms for an acknowledgement.
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        server.bind((host.strip("[]"), port))
        server.listen(512)
    except OSError as error:
        server.close()
        if error.errno == errno.EADDRINUSE:
            raise OptionError(
                f"port {port} of {host} is in use by another program; stop that one, or choose "
                f"another port: yizhan serve --port {port + 1}, or make serve PORT={port + 1}"
            ) from None
        if error.errno == errno.EACCES:
            raise OptionError(
                f"port {port} of {host} is not allowed for this user; choose one above 1023"
            ) from None
        raise OptionError(f"{host} port {port} cannot be used: {error.strerror}") from None
    return server


def address(server: socket.socket) -> str:
    """Return the address that a person types to reach this socket."""
    host, port = server.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def without_clients(record: logging.LogRecord) -> bool:
    """Take out of gunicorn's records what clients wrote, and their addresses; keep the others.

    A request that is no HTTP is repeated there whole, and an error of one with its query; either
    may hold a position.
    """
    if record.getMessage().startswith("Invalid request"):
        record.msg, record.args = "a request that is no HTTP was refused", ()
    elif str(record.msg).startswith(_OF_REQUESTS) and record.exc_info:
        kind, _, trace = record.exc_info
        where = "".join(traceback.format_tb(trace))
        name = "an error" if kind is None else kind.__name__
        record.msg, record.args = f"{name} in the middle of an answer\n{where}", ()
        record.exc_info = record.exc_text = None
    return True


class Server(BaseApplication):
    """Serve a finished application on a socket that listens already.

    With one thread each process answers one request after the other, and keeps no connection open:
    the best behind a proxy that takes in requests whole.
    """

    def __init__(
        self, app: APIFlask, server: socket.socket, *, workers: int, threads: int = THREADS
    ) -> None:
        self._app, self._socket = app, server
        self._workers, self._threads = workers, threads
        self._watching: threading.Thread | None = None
        logging.getLogger("gunicorn.error").addFilter(without_clients)
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's options; nothing is read from files or the environment."""
        options = {
            "bind": f"fd://{self._socket.fileno()}",
            "workers": self._workers,
            "worker_class": "sync" if self._threads == 1 else "gthread",
            "threads": self._threads,
            "preload_app": True,
            "loglevel": "warning",
            "accesslog": "-",
            "access_log_format": ACCESS_FORMAT,
            "timeout": 120,
            "graceful_timeout": 5,
            "keepalive": 15,
            "limit_request_line": 2048,
            "proc_name": "yizhan",
            "post_worker_init": self._worker_ready,
            "worker_exit": self._worker_ends,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def _worker_ready(self, _worker: Any) -> None:
        """Let short answers soon have their turn; look for changed cities in each worker.

        Threads do not survive the fork.
        """
        sys.setswitchinterval(_TURN_S)
        self._watching = self._app.extensions["yizhan"].watch()

    def _worker_ends(self, _server: Any, _worker: Any) -> None:
        """Let the look-out come to its end, and close the database, so that its file is whole.

        A thread that is cut off would hold its connection for good.
        """
        self._app.extensions["yizhan"].stop()
        if self._watching is not None:
            self._watching.join(_PATIENCE_S)
        self._app.extensions["yizhan-store"].close()

    def load(self) -> APIFlask:
        """Return the application."""
        return self._app
