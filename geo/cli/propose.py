"""Print what to do so that more people reach a station, and what that is certainly worth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import geopandas as gpd
from rich.table import Table

from geo import capacity, console, export, proposal
from geo.capacity import Crowd
from geo.city import CityData
from geo.cli.options import (
    FILE,
    Changed,
    Question,
    pairs,
    print_json,
    print_scenario,
    progress_bars,
    question_options,
    scenario_option,
)
from geo.crs import DATUMS
from geo.errors import OptionError
from geo.model import SERVICES
from geo.proposal import candidates, enlarging, plan
from geo.proposal.actions import ALWAYS, Costs
from geo.proposal.candidates import Candidates
from geo.proposal.choosing import MODELS, Goal
from geo.sources.candidates import read_candidates

_KINDS = {
    "open": "新设 open",
    "service": "加服务 add",
    "hours": "延时 longer hours",
    "enlarge": "扩容 enlarge",
}
_UNITS = {"people": "居民 people", "m2": "地面 ground m²", "users": "使用者 users"}
_SOUGHT = {
    "covered": "最多覆盖 most covered",
    "cost": "最少费用 least cost",
    "mean_s": "最短平均 least mean time",
    "longest_s": "最短最远 least longest time",
}
_BEYOND = {"unreached": "附近没有驿站", "unknown_seats": "驿站座位数不明"}
_AGAIN = "重新计算全市"
_SHOWN = 10


def share(_context: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """Read ``0.85`` or ``85%`` into a share."""
    if value is None:
        return None
    text = value.strip()
    try:
        return float(text[:-1]) / 100.0 if text.endswith("%") else float(text)
    except ValueError:
        raise click.BadParameter(f"{value!r}; write 0.85 or 85%", param=param) from None


@click.command("propose")
@click.argument("slug")
@question_options
@scenario_option
@click.option(
    "--model",
    type=click.Choice(MODELS),
    help="Most people, fewest actions for a target, least mean or least longest time."
    "  [default: lscp with --target, else mclp]",
)
@click.option("--budget", type=float, help="What may be spent, in the unit of --cost.")
@click.option("--sites", type=int, help="How many actions may be taken, instead of --budget.")
@click.option(
    "--target",
    callback=share,
    metavar="0.85|85%",
    help="Share of the people who can be judged, for lscp.",
)
@click.option(
    "--candidates",
    "path",
    type=FILE,
    help="Idle rooms or hosts: CSV, XLSX, GeoJSON, GeoPackage with a name and a position, and "
    "perhaps services, hours, seats, cost; or an OSM PBF with --where.  [default: junctions]",
)
@click.option(
    "--where",
    callback=pairs,
    metavar="KEY=VALUE|VALUE",
    help="Only rows with these values; for a PBF the tag, as amenity=bank.",
)
@click.option(
    "--candidate-fields",
    callback=pairs,
    metavar="name=COL,cost=COL,…",
    help="Which columns hold name, services, opening_hours, capacity, cost.",
)
@click.option("--candidates-datum", type=click.Choice(DATUMS), help="Datum of the list's degrees.")
@click.option(
    "--junctions",
    type=int,
    default=candidates.STREET_SITES,
    show_default=True,
    help="How many street junctions to choose among, when there is no list.",
)
@click.option(
    "--cost",
    metavar="open=10,service=2,hours=3",
    help="What actions cost, in any one unit.  [default: as shown]",
)
@click.option(
    "--hours",
    default=ALWAYS,
    show_default=True,
    help="Hours of new sites without their own, and of stations that are lengthened.",
)
@click.option(
    "--users-per-1000",
    type=float,
    help="Enlarge full stations instead: how many of every 1,000 people want a seat at once.",
)
@click.option(
    "--default-seats",
    type=int,
    help="Seats of stations for which none is known.  [default: they are left out]",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--out", type=FILE, help="Also write the actions as .geojson or .csv.")
def propose_command(slug: str, question: Question, changed: Changed, **options: Any) -> None:
    """Say what to do in SLUG so that more people reach a station, at the least cost."""
    goal = Goal.of(options["model"], options["budget"], options["sites"], options["target"])
    costs = Costs.of(options["cost"])
    crowd = capacity.crowd_of(options["users_per_1000"], options["default_seats"])
    if options["out"] is not None:
        export.check_points(options["out"])
    question, _ = changed.asked(question, None)
    data = changed.load(slug)
    if crowd is None:
        told, layer = _propose(data, question, goal, costs, options)
    else:
        told, layer = _enlarge(data, question, goal, costs, crowd, options)
    if options["out"] is not None:
        click.echo(f"→ {export.points(layer, options['out'])}", err=True)
    told |= changed.told(slug)
    if options["as_json"]:
        print_json(told)
        return
    print_scenario(told)
    print_proposal(told)


def _propose(
    data: CityData,
    question: Question,
    goal: Goal,
    costs: Costs,
    options: dict[str, Any],
) -> tuple[dict[str, Any], gpd.GeoDataFrame]:
    """Return the facts and the layer of a plan for coverage."""
    sites = _sites(data, question, options)
    with progress_bars() as report:
        found = proposal.propose(
            data,
            *question,
            goal,
            options["junctions"] if sites is None else sites,
            costs=costs,
            longer=options["hours"],
            progress=report,
        )
        report(_AGAIN, 0, 1)
        told = plan.facts(found, proposal.verify(found))
        report(_AGAIN, 1, 1)
    return told, plan.layer(found)


def _enlarge(
    data: CityData,
    question: Question,
    goal: Goal,
    costs: Costs,
    crowd: Crowd,
    options: dict[str, Any],
) -> tuple[dict[str, Any], gpd.GeoDataFrame]:
    """Return the facts and the layer of a plan for more seats."""
    if options["path"] is not None:
        raise OptionError(
            "--candidates and --users-per-1000 answer different questions: where to open, and "
            "where to add seats; ask one at a time"
        )
    with progress_bars() as report:
        found = enlarging.propose(data, *question, crowd, goal, costs, report)
        report(_AGAIN, 0, 1)
        told = plan.facts_of_seats(found, enlarging.verify(found))
        report(_AGAIN, 1, 1)
    return told, plan.layer(found)


def _sites(data: CityData, question: Question, options: dict[str, Any]) -> Candidates | None:
    """Return the sites of the list that was given, ``None`` without one."""
    path: Path | None = options["path"]
    if path is None:
        for name in ("where", "candidate_fields", "candidates_datum"):
            if options[name]:
                option = name.replace("_", "-")
                raise OptionError(f"--{option} belongs to a list; give one with --candidates FILE")
        return None
    if str(path).startswith("osm:"):
        tag = str(path).removeprefix("osm:")
        raise OptionError(
            f"a city keeps no places of OSM, so {str(path)!r} must name the file they stand in: "
            f"--candidates streets.osm.pbf --where {tag}"
        )
    where = {key: values.split("|") for key, values in options["where"].items()}
    found, notes = read_candidates(
        path,
        fields=options["candidate_fields"],
        where=where,
        datum=options["candidates_datum"],
    )
    for note in notes:
        click.echo(f"• {note}", err=True)
    chosen = ", ".join(f"{key}={'|'.join(values)}" for key, values in where.items())
    origin = path.name + (f" ({chosen})" if chosen else "")
    return candidates.listed(data, question.profile, found, origin)


def print_proposal(told: dict[str, Any]) -> None:
    """Print a proposal for a reader."""
    goal, unit = told["goal"], _UNITS[told["measure"]]
    wanted = ", ".join(f"{k} {v:g}" for k, v in goal.items() if k != "model" and v is not None)
    out = console.plain()
    table = Table(title=f"{told['city_name']} · {goal['model']} · {wanted}")
    for head in (
        "",
        "措施 action",
        "地点 place",
        "费用 cost",
        f"新增 {unit}",
        "原因 was",
        "累计 share",
    ):
        words = head[:2] in ("措施", "地点", "原因")
        table.add_column(head, justify="left" if words else "right", overflow="fold")
    for row in told["actions"]:
        added = "、".join(SERVICES[key][0] for key in row["added"])
        kinds = " + ".join(_KINDS[kind] for kind in row["kind"].split("+"))
        table.add_row(
            str(row["rank"]),
            kinds + (f"（{added}）" if added else "") + _more(row),
            _place(row),
            f"{row['cost']:g}",
            f"{row['gained']:,.0f}",
            _main_cause(row),
            console.percent(row["share"]),
        )
    if told["actions"]:
        out.print(table)
    if told["reason"] is not None:
        out.print(told["reason"])
    _print_promise(told, unit)
    _print_limits(told, unit)
    for line in told["assumptions"]:
        out.print(f"• {line}")


def _place(row: dict[str, Any]) -> str:
    """Return name, neighbourhood and id of an action's place, each once."""
    area = f"（{row['area']}）" if row["area"] not in row["name"] else ""
    return f"{row['name']}{area} {row['id'] if row['id'] != row['name'] else ''}".strip()


def _main_cause(row: dict[str, Any]) -> str:
    """Return why most of those whom an action helps are not covered now, and their share."""
    whole = sum(row["mends"].values())
    if not whole:
        return ""
    name, weight = max(row["mends"].items(), key=lambda item: item[1])
    return f"{console.CLASS_TITLES[name]} {weight / whole:.0%}"


def _more(row: dict[str, Any]) -> str:
    """Return the seats that are added to a station, "" for other actions."""
    return f" +{row['seats']:,}" if row["kind"] == "enlarge" else ""


def _print_promise(told: dict[str, Any], unit: str) -> None:
    out = console.plain()
    table = Table(title=f"承诺与复算 · promised and recomputed · {unit}")
    for head in ("", "覆盖 covered", "占比 share", "新增 gained"):
        table.add_column(head, justify="right" if head else "left")
    for name, title in (
        ("before", "现在 now"),
        ("promised", "承诺 promised"),
        ("recomputed", "复算 recomputed"),
    ):
        row = told[name]
        gained = f"{row['gained']:,.3f}" if "gained" in row else ""
        table.add_row(title, f"{row['covered']:,.0f}", console.percent(row["share"]), gained)
    out.print(table)
    kept = "一致 equal" if told["recomputed"]["kept"] else "不一致 NOT EQUAL"
    proof = "已证明最优 proven optimal" if told["proven"] else "未证明最优 not proven optimal"
    gap = "–" if told["gap"] is None else f"{told['gap']:.2%}"
    out.print(f"{kept} · 费用 cost {told['cost']:g} · 差距 gap {gap} · {proof} · {told['method']}")
    sought = told["objective"]
    before, after, bound = (_said(sought["name"], sought[k]) for k in ("before", "after", "bound"))
    ruler = "（按地面点计 by points of ground）" if told["measure"] == "m2" else ""
    out.print(f"{_SOUGHT[sought['name']]}{ruler}: {before} → {after} · 界 bound {bound}")


def _said(name: str, value: float | None) -> str:
    """Return a figure of the objective: minutes for times."""
    if value is None:
        return "有人无路可到 some have no way"
    return f"{value / 60:,.2f} min" if name.endswith("_s") else f"{value:,.10g}"


def _print_limits(told: dict[str, Any], unit: str) -> None:
    """Print who cannot be helped, which sites are none, and where somebody should ask."""
    out = console.plain()
    rest, sites, ask = told["uncoverable"], told["candidates"], told["to_verify"]
    listed = f"候选点 candidates: {sites['usable']:,}（{sites['origin']}）· "
    possible = f"可行措施 possible actions: {told['possible_actions']:,}"
    out.print(possible if told["measure"] == "users" else listed + possible)
    if rest["weight"]:
        causes = "、".join(
            f"{(console.CLASS_TITLES | _BEYOND)[name]} {row['weight']:,.0f}"
            for name, row in rest["causes"].items()
        )
        out.print(
            f"任何措施都惠及不到 no action reaches: {rest['weight']:,.0f} {unit}（"
            f"{console.percent(rest['share'])}）· {causes}"
        )
    for row in sites["left_out"][:_SHOWN]:
        out.print(f"  不可用 left out: {row['name']}（{row['id']}）: {row['reason']}")
    if sites["left_out_count"] > _SHOWN:
        out.print(f"  … {sites['left_out_count']:,} 个候选点不可用 left out in all")
    for row in ask["stations"][:_SHOWN]:
        out.print(
            f"  先核实时间 ask for the hours: {row['name']}（{row['id']}），若开放可覆盖 would "
            f"cover {row['gained']:,.0f}"
        )
