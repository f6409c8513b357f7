"""Name the stations where a rider is served first, and the way there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from geo import locator
from geo.city import CityData
from geo.cli import directions
from geo.cli.options import (
    Changed,
    clear_errors,
    print_json,
    print_scenario,
    scenario_option,
)
from geo.locator import BY_AIR, Filters, Ranking
from geo.model import PROFILES, SERVICES, Need, Position, TravelProfile, profile_named

REASONS = {
    "outside": ("这个位置在城市之外", "the place is outside the city"),
    "water": ("这个位置在水中", "the place is in water"),
    "no_street": ("250 米内没有可走的街道", "no usable street within 250 m"),
    "unreachable": ("两小时内沿街道到不了", "no way along the streets within two hours"),
    "no_station": ("没有开放的驿站", "no station is in service"),
    "none_fits": ("没有驿站符合全部条件", "no station passes all filters"),
}
FILTERS = {
    "open_only": ("到达时开着", "open on arrival"),
    "always": ("24 小时", "24 hours"),
}
#: An open station that closes so soon after arrival is said to close, seconds.
_SOON_S = 3600


@click.command("nearest", context_settings={"ignore_unknown_options": True})
@click.argument("slug")
@click.argument("lon", type=float)
@click.argument("lat", type=float)
@click.option("--profile", default="walk", show_default=True, help=f"One of {', '.join(PROFILES)}.")
@click.option(
    "--services",
    metavar="KEY,…",
    help=f"Only stations that offer all of these: {', '.join(SERVICES)}.",
)
@click.option("--open-only", is_flag=True, help="Only stations that are open on arrival.")
@click.option("--always", is_flag=True, help="Only stations open 24 hours, seven days from then.")
@click.option(
    "--at",
    metavar="2026-11-20T22:30",
    help="When the rider sets out, on the city's clocks.  [default: now]",
)
@click.option("-k", "count", type=click.IntRange(1, locator.MOST), default=5, show_default=True)
@click.option("--way", "with_way", is_flag=True, help="Say the way to the first one in steps.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@clear_errors
@scenario_option
def nearest_command(
    slug: str,
    lon: float,
    lat: float,
    profile: str,
    services: str | None,
    open_only: bool,
    always: bool,
    at: str | None,
    count: int,
    with_way: bool,
    as_json: bool,
    changed: Changed,
) -> None:
    """Name the stations where a rider at LON LAT is served first, by street and by the clock."""
    chosen, position = profile_named(profile), Position(lon, lat)
    need = Need.of(services, at)
    filters = Filters(need.services, open_only, always)
    data = changed.load(slug)
    moment = need.at or locator.wall_clock(data, datetime.now(UTC))
    found = locator.ranked(data, chosen, position, moment, count, filters)
    way = None
    if with_way and found.answers and found.by != BY_AIR:
        way = locator.way(data, chosen, position, found.answers[0].station, moment)
    if as_json:
        told = _json(data, chosen, filters, found)
        if way is not None:
            told["stations"][0]["way"] = way.to_json(data.city.crs)
        print_json(told | changed.told(slug))
        return
    print_scenario(changed.told(slug))
    _print(data, chosen, found)
    if way is not None:
        for number, step in enumerate(way.steps, 1):
            click.echo(f"{number:3d}. {directions.said(step)}")


def _json(
    data: CityData, profile: TravelProfile, filters: Filters, found: Ranking
) -> dict[str, Any]:
    stations = []
    for answer in found.answers:
        row = data.stations.iloc[answer.station]
        own = {"id": str(row["id"]), "name": str(row["name"])}
        stations.append(own | answer.to_json(found.at))
    access = found.access
    return {
        "city": data.city.slug,
        "profile": profile.name,
        "at": found.at.isoformat(timespec="minutes"),
        "filters": list(filters.names),
        "by": found.by,
        "access": None if access is None else {"leg_m": access.leg_m, "street": access.street},
        "reason": found.reason,
        "dropping": found.dropping,
        "stations": stations,
    }


def _print(data: CityData, profile: TravelProfile, found: Ranking) -> None:
    click.echo(
        f"{found.at:%Y-%m-%d %H:%M} 出发 setting out · {profile.title_zh} {profile.title_en}"
    )
    if found.reason is not None:
        click.echo(" · ".join(REASONS[found.reason]))
    for name, stations in found.dropping.items():
        zh, en = FILTERS.get(name) or SERVICES[name]
        click.echo(
            f"  不限“{zh}”：{stations} 个驿站符合 · without “{en}”: {stations} stations pass"
        )
    if found.by == BY_AIR:
        click.echo("直线最近 · nearest in a straight line:")
    for answer in found.answers:
        told = answer.to_json(found.at)
        row = data.stations.iloc[answer.station]
        time = "直线 by air" if told["seconds"] is None else f"{told['seconds'] / 60:5.1f} min"
        click.echo(
            f"{time}  {answer.length_m:7,.0f} m  {row['name']}（{row['id']}） {_state(told)}"
        )


def _state(told: dict[str, Any]) -> str:
    """Return what a station is on arrival, in both languages."""
    if told["state"] == "unknown":
        return "开放时间未核实 · hours unknown"
    if told["state"] == "closed":
        if told["opens_at"] is None:
            return "到达时已关门 · closed on arrival"
        at = told["opens_at"].replace("T", " ")
        return f"到达时已关门，{at} 开 · closed on arrival, opens {at}"
    if told["closes_at"] is None:
        return "开放中 · open"
    if told["closes_in_s"] <= _SOON_S:
        minutes = int(told["closes_in_s"] // 60)
        return f"到达后 {minutes} 分钟关门 · closes {minutes} min after arrival"
    at = told["closes_at"].replace("T", " ")
    return f"开放中，到 {at} · open until {at}"
