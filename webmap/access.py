"""Say who may call what: one table for every page and every answer, public or planners only.

A server has an *edition*. The ``internal`` one is for planners and exact; only this machine can
reach it, until there are accounts. The ``public`` one shows what everybody may see, small counts
of people withheld (:mod:`webmap.disclosed`), and refuses the planner's pages and questions in
words. A route that stands not in the table stops the start: nothing becomes public by oversight.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from flask import Flask, request

from geo.disclosure import Edition
from geo.errors import GeoError
from webmap.origin import is_loopback

Audience = Literal["public", "planner"]

#: Who may call each endpoint.
POLICY: Mapping[str, Audience] = {
    # pages
    "planner.entrance": "public",
    "planner.cities": "public",
    "planner.city_map": "public",
    "planner.plan": "planner",
    "rider.find": "public",
    "rider.manifest": "public",
    "rider.icon": "public",
    "rider.service_worker": "public",
    "leader.present": "public",
    "static": "public",
    # what a city is
    "cities.health": "public",
    "cities.list_cities": "public",
    "cities.city_facts": "public",
    "stations.list_stations": "public",
    "stations.one_station": "public",
    "stations.station_area": "public",
    "stations.station_photo": "public",
    "tiles.one_tile": "public",
    "tiles.tile_archive": "public",
    "docs.page": "public",
    "openapi.spec": "public",
    # who is covered; people only as :mod:`geo.disclosure` allows
    "coverage.study_figures": "public",
    "coverage.study_layer": "public",
    "cells.list_cells": "public",
    "cells.one_cell": "public",
    "cells.cell_columns": "public",
    "cells.cell_names": "public",
    "week.week_curve": "public",
    "places.nearest": "public",
    "places.way": "public",
    "feedback.send": "public",
    "pocket.whole_pocket": "public",
    "pocket.pocket_facts": "public",
    "search.search_names": "public",
    "why.explain": "public",
    "audit.requirement_tables": "public",
    # a city told in a meeting; views of scenarios are left out for the public
    "stories.told_story": "public",
    "stories.list_stories": "public",
    "stories.one_story": "public",
    # the planner's analysis, which counts people finely, and the planner's own work
    "why.gap_link": "planner",
    "audit.city_audit": "planner",
    "equity.city_equity": "planner",
    "equity.city_certainty": "planner",
    "impact.city_impact": "planner",
    "impact.station_impact": "planner",
    "feedback.counts": "planner",
    "propose.city_proposal": "planner",
    "compare.compared": "planner",
    "whatif.what_if": "planner",
    "minutes.city_minutes": "planner",
    "exports.export_file": "planner",
    "gates.list_gates": "planner",
    "gates.joint": "planner",
    "scenarios.list_scenarios": "planner",
    "scenarios.make_scenario": "planner",
    "scenarios.one_scenario": "planner",
    "scenarios.write_scenario": "planner",
    "scenarios.delete_scenario": "planner",
    "scenarios.rebase_scenario": "planner",
    "scenarios.scenario_manifest": "planner",
    "scenarios.import_scenario": "planner",
    "stories.make_story": "planner",
    "stories.write_story": "planner",
    "stories.delete_story": "planner",
    "stories.tell_view": "planner",
    "stories.story_text": "planner",
    "stories.import_story": "planner",
    "drafts.offered_figures": "planner",
    "drafts.draft_text": "planner",
    "jobs.list_jobs": "planner",
    "jobs.start_job": "planner",
    "jobs.one_job": "planner",
    "jobs.cancel_job": "planner",
    "jobs.job_result": "planner",
}
#: Parts of a question that only planners may ask, and the values that ask nothing.
PLANNERS_WORDS: Mapping[str, tuple[Any, ...]] = {
    "scenario": (None, "", "today"),
    "users_per_1000": (None, ""),
    "default_seats": (None, ""),
}
#: What a proxy in front of the server says of the client.
_PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


class PlannersOnly(GeoError):
    """Raise when the public asks for what is the planner's."""


def check_routes(app: Flask) -> None:
    """Raise ``RuntimeError`` naming every route for which nobody has said who may call it."""
    found = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}
    if missing := sorted(found.keys() - POLICY.keys()):
        raise RuntimeError(
            "webmap.access.POLICY does not say who may call "
            + ", ".join(f"{endpoint} ({found[endpoint]})" for endpoint in missing)
            + '; add "public" or "planner" for each'
        )


def _check() -> None:
    if request.endpoint is None or request.routing_exception is not None:
        return
    if POLICY[request.endpoint] == "planner":
        raise PlannersOnly("this server shows the public edition; this part is for planners")
    asked: list[Mapping[str, Any]] = [request.args] if request.query_string else []
    if request.is_json and isinstance(body := request.get_json(silent=True), dict):
        asked.append(body)
    for words in asked:
        for name, harmless in PLANNERS_WORDS.items():
            if name in words and words[name] not in harmless:
                raise PlannersOnly(f"this server shows the public edition; {name} is for planners")


def _stay_here() -> None:
    """Refuse what comes from elsewhere: through a proxy, or under a name that others may own."""
    name = request.host.rpartition(":")[0] if request.host[-1:].isdigit() else request.host
    passed_on = next((header for header in _PASSED_ON if header in request.headers), None)
    if passed_on or not is_loopback(name or request.host):
        said = f"the header {passed_on}" if passed_on else f"the host {request.host}"
        raise PlannersOnly(
            f"this server shows the internal edition to this machine alone, and {said} says that "
            "the request comes from elsewhere; start it with --public"
        )


def init_app(app: Flask, edition: Edition) -> None:
    """Guard every route of an application, and let its pages know the edition."""
    app.before_request(_check if edition == "public" else _stay_here)
    app.context_processor(lambda: {"edition": edition})
