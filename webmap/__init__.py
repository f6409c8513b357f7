"""Serve the cities over HTTP: pages for planners, riders and leaders, and the API beneath them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apiflask import APIFlask

    from webmap.config import Settings


def create_app(settings: Settings | None = None) -> APIFlask:
    """Return the application with all cities loaded; ``settings`` default to the environment's.

    No thread is started here, because a server may fork afterwards: call
    ``app.extensions["yizhan"].watch()`` in the process that answers.
    """
    # Imported here so that notebooks can use webmap.maps without a web framework.
    from webmap import application

    return application.create(settings)
