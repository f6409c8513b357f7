"""End a long computation when nobody waits for its answer any more."""

from __future__ import annotations

import socket

from flask import request
from werkzeug.exceptions import ClientDisconnected

from geo.progress import Progress

#: Where servers leave the connection of a request: gunicorn, and werkzeug in tests.
_LINES = ("gunicorn.socket", "werkzeug.socket")


def while_awaited() -> Progress:
    """Return a progress that ends its computation once the client of this request hung up.

    It raises :class:`~werkzeug.exceptions.ClientDisconnected`, which nobody reads. A client that
    closes its own side only, and would still listen, counts as gone, as in most servers. Where
    the server does not show the connection, the computation runs to its end.
    """
    line = next((request.environ[key] for key in _LINES if key in request.environ), None)

    def report(_label: str, _done: int, _total: int) -> None:
        if line is not None and _is_closed(line):
            raise ClientDisconnected("nobody waits for the answer any more")

    return report


def _is_closed(line: socket.socket) -> bool:
    """Return whether the other side has closed a connection; nothing is read from it."""
    try:
        return line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:  # nothing to read: the client waits
        return False
    except OSError:  # reset
        return True
