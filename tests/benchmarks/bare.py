"""Answer every question with the same few words of JSON: the least that a Flask application does.

``python -m tests.benchmarks.bare PORT`` serves it as ``yizhan serve`` serves the cities: the same
gunicorn with the same options, two workers that answer one request after the other.
"""

from __future__ import annotations

import sys
from typing import Any

from flask import Flask, Response, jsonify, request

from webmap.server import Server, listen

WORKERS = 2


class _NoCities:
    """Stand where the application keeps its cities; there are none to watch."""

    def watch(self) -> None:
        """Look at nothing."""


def create() -> Flask:
    """Return an application that reads a body of JSON and answers with JSON."""
    app = Flask("bare")
    app.extensions["yizhan"] = _NoCities()

    @app.post("/bare")
    def bare() -> Response:
        body: dict[str, Any] = request.get_json()
        return jsonify(stations=[], reason=None, fields=len(body))

    return app


if __name__ == "__main__":
    Server(create(), listen("127.0.0.1", int(sys.argv[1])), workers=WORKERS, threads=1).run()
