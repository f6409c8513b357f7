"""Name the stations nearest to a place."""

from __future__ import annotations

from typing import Any

import click

from geo import console, enquiry, model
from geo.cli.options import (
    Changed,
    clear_errors,
    print_json,
    print_scenario,
    scenario_option,
)


@click.command("nearest", context_settings={"ignore_unknown_options": True})
@click.argument("slug")
@click.argument("lon", type=float)
@click.argument("lat", type=float)
@click.option("--profile", default="walk", show_default=True)
@click.option("-k", "count", type=click.IntRange(1, 10), default=3, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@clear_errors
@scenario_option
def nearest_command(
    slug: str, lon: float, lat: float, profile: str, count: int, as_json: bool, changed: Changed
) -> None:
    """Name the stations nearest to LON LAT by time on the street."""
    chosen, position = model.profile_named(profile), model.Position(lon, lat)
    data = changed.load(slug)
    found = enquiry.nearest(data, chosen, position, count)
    rows: list[dict[str, Any]] = []
    for answer in found:
        station = data.stations.iloc[answer.station]
        rows.append(
            {
                "id": str(station["id"]),
                "name": str(station["name"]),
                "seconds": answer.time_ms / 1000.0,
                "metres": round(answer.length_m, 1),
            }
        )
    if as_json:
        told = {"city": slug, "profile": profile, "stations": rows}
        print_json(told | changed.told(slug))
        return
    print_scenario(changed.told(slug))
    if not rows:
        console.print_unreached(data, position, chosen)
    for row in rows:
        click.echo(
            f"{row['seconds'] / 60:5.1f} min  {row['metres']:7,.0f} m  {row['name']}（{row['id']}）"
        )
