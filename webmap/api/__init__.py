"""Offer the analysis to programs: JSON, GeoJSON and map tiles, described by OpenAPI.

One module a subject; none of them computes. A position travels in the body of a POST only, so
that it stands in no address, no history and no log.
"""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask

from webmap.api import models
from webmap.api.audit import audit
from webmap.api.cells import cells
from webmap.api.cities import cities
from webmap.api.compare import compare
from webmap.api.coverage import coverage
from webmap.api.docs import docs
from webmap.api.drafts import drafts
from webmap.api.equity import equity
from webmap.api.exports import exports
from webmap.api.feedback import feedback
from webmap.api.gates import gates
from webmap.api.impact import impact
from webmap.api.jobs import jobs
from webmap.api.minutes import minutes
from webmap.api.places import places
from webmap.api.pocket import pockets
from webmap.api.propose import propose
from webmap.api.scenarios import scenarios
from webmap.api.search import search
from webmap.api.stations import stations
from webmap.api.stories import stories
from webmap.api.tiles import tiles
from webmap.api.week import week
from webmap.api.whatif import whatif
from webmap.api.why import why

_BLUEPRINTS = (
    cities,
    stations,
    cells,
    coverage,
    jobs,
    minutes,
    places,
    feedback,
    pockets,
    search,
    propose,
    why,
    equity,
    impact,
    week,
    audit,
    scenarios,
    stories,
    drafts,
    whatif,
    compare,
    gates,
    exports,
    tiles,
    docs,
)
_DESCRIPTION = """\
驿站服务圈的数据接口。Data of the service circles of stations.

All coordinates are WGS84 longitude/latitude in degrees. Shares lie between 0 and 1. The unit of a
figure ends its name: `_m` metres, `_m2` square metres, `seconds` and `_s` seconds. A figure that
is not known is `null`, with the reason beside it. Every error is `application/problem+json`.
Examples in curl and Python, which the tests run, stand in `docs/api.md` of the source.
"""


def _describe_problems(spec: dict[str, Any] | str) -> dict[str, Any] | str:
    """Let every error answer of the description be a problem, which is what the server sends."""
    assert isinstance(spec, dict)  # a text only when YAML is configured
    schema = models.Problem.model_json_schema()
    spec["components"]["schemas"] = {
        name: kept
        for name, kept in spec["components"]["schemas"].items()
        if name not in ("HTTPError", "ValidationError")
    } | {"Problem": schema}
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in spec["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    answer["content"] = content
    return spec


def init_app(app: APIFlask) -> None:
    """Register every subject and the description."""
    app.config.update(
        DESCRIPTION=_DESCRIPTION,
        SERVERS=[{"url": "/"}],
    )
    app.spec_processor(_describe_problems)
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
