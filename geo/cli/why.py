"""Say why a place is served or not, and what would mend it; or what would mend a gap."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from geo import answers
from geo.capacity import Crowd
from geo.cli.options import (
    Changed,
    Question,
    crowd_options,
    print_json,
    print_scenario,
    question_options,
    scenario_option,
)
from geo.model import SERVICES, Position
from geo.why import mending, phrases, why


@click.command("why", context_settings={"ignore_unknown_options": True})
@click.argument("slug")
@click.argument("lon", type=float, required=False)
@click.argument("lat", type=float, required=False)
@click.option("--gap", type=int, help="Instead of LON LAT: the rank of a gap, 1 = worst.")
@question_options
@crowd_options
@scenario_option
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def why_command(
    slug: str,
    lon: float | None,
    lat: float | None,
    gap: int | None,
    question: Question,
    crowd: Crowd | None,
    changed: Changed,
    as_json: bool,
) -> None:
    """Say why the place LON LAT of SLUG is served or not, and what would mend it."""
    if (gap is None) == (lon is None or lat is None):
        raise click.UsageError("give a place (LON LAT) or a gap (--gap RANK), one of them")
    if gap is not None and crowd is not None:
        raise click.UsageError(
            "a gap is ground, which knows no seats; give --users-per-1000 LON LAT"
        )
    (profile, budget, need), crowd = changed.asked(question, crowd)
    data = changed.load(slug)
    if gap is not None:
        told = mending.gap_link(data, profile, budget, gap, need).to_json()
        printed = _print_gap
    else:
        assert lon is not None and lat is not None
        found = why(data, profile, budget, Position(lon, lat), need, crowd)
        told = found.to_json(imported=answers.imported(slug), today=date.today())
        printed = _print_place
    told |= changed.told(slug)
    if as_json:
        print_json(told)
        return
    print_scenario(told)
    printed(told)


def _print_place(told: dict[str, Any]) -> None:
    place, cell = told["place"], told["cell"]
    if cell is not None:
        click.echo(f"网格 cell: {' › '.join(cell['path'])}（{cell['code']}）")
    mark = "✓" if place["covered"] else f"✗ {place['class']}:"
    click.echo(f"{mark} {place['words']['zh']} · {place['words']['en']}")
    if place["path"] is not None:
        _print_way(place)
    if place["straight_m"] is not None:
        click.echo(f"直线最近 nearest in a straight line: {place['straight_m']:,.0f} m")
    for write, name in ((_print_obstacle, "obstacle"), (_print_link, "missing_link")):
        if place[name] is not None:
            write(place[name])
    for row in place["lacking"]:
        names = phrases.services(tuple(key for key in SERVICES if key in row["missing"]))
        click.echo(f"  {_station(row)}: 缺 {names.zh} · lacks {names.en}")
    if place["opens"] is not None and place["opens"]["at"] is not None:
        hours = place["opens"]["wait_s"] / 3600
        click.echo(
            f"开门 opens: {_station(place['opens'])} {place['opens']['at']}"
            f"（{hours:.1f} 小时后 · in {hours:.1f} h）"
        )
    if place["ask"] is not None:
        phone = place["ask"]["phone"] or "–"
        click.echo(f"可询问 ask: {_station(place['ask'])}, 电话 phone {phone}")
    for row in place["full"]:
        load = "" if row["load"] is None else f"（{row['load']:.0%}）"
        click.echo(
            f"  {_station(row)}: 满座 full, 座位 seats {row['seats']:g}, "
            f"使用者 users {row['assigned']:g}{load}"
        )
    age = told["data_age_days"]
    click.echo(
        f"数据 data: 街道 streets {told['data_date'] or '不详 unknown'}"
        + ("" if age is None else f"（{age} 天前 · {age} days ago）")
        + f", 导入 imported {told['imported']}"
    )


def _station(row: dict[str, Any]) -> str:
    return f"{row['name']}（{row['id']}）{row['seconds'] / 60:.1f} min"


def _print_way(place: dict[str, Any]) -> None:
    station, seconds = place["station"], place["path_seconds"]
    wait = place["seconds"] - seconds
    waits = f" + 等候 wait {wait / 60:.1f} min" if wait >= 1 else ""
    click.echo(
        f"驿站 station: {station['name']}（{station['id']}）{seconds / 60:.1f} min{waits}, "
        f"{place['path_metres']:,.0f} m"
    )
    streets = [f"{step['street'] or '–'} {step['metres']:,.0f} m" for step in place["steps"]]
    if streets:
        click.echo(f"路线 way: {' → '.join(streets)}")


def _print_obstacle(obstacle: dict[str, Any]) -> None:
    zh, en = phrases.OBSTACLE_TITLES[obstacle["kind"]]
    named = f"{obstacle['name']}, " if obstacle["name"] else ""
    click.echo(
        f"障碍 obstacle: {zh} {en}, {named}{obstacle['street'] or '–'}（{obstacle['highway']}）"
        f" {obstacle['lon']:.6f} {obstacle['lat']:.6f}"
    )


def _print_link(link: dict[str, Any]) -> None:
    ends = " – ".join(street or "–" for street in link["streets"])
    over = ""
    if link["barrier"] is not None:
        barrier = phrases.barrier(link["barrier"])
        over = f", 跨{barrier.zh}" + (f" over {barrier.en}" if barrier.en != barrier.zh else "")
    click.echo(f"缺失通道 missing link: {link['metres']:,.1f} m, {ends}{over}")
    if link["fault"]:
        click.echo("  不足 1 米：或为数据断点 · under 1 m: a gap in the data?")
    if link["people"] is not None:
        click.echo(
            f"  建成后 {link['people']:,.0f} 人来得及 · would bring {link['people']:,.0f} people "
            "in time"
        )


def _print_gap(told: dict[str, Any]) -> None:
    people = "–" if told["people"] is None else f"{told['people']:,.0f}"
    click.echo(
        f"缺口 gap {told['rank']}: {told['class']}, {told['name'] or '–'}, {people} 人 people, "
        f"{told['area_m2'] / 1e6:,.2f} km²"
    )
    if told["reason"] is not None:
        click.echo(f"{told['reason']['zh']} · {told['reason']['en']}")
        return
    _print_link(told["missing_link"])
    if told["people_in_gap"] is not None:
        inside = f"{told['people_in_gap']:,.0f}"
        click.echo(f"  其中缺口内 {inside} 人 · {inside} of them in this gap")
