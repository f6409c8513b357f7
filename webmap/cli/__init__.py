"""The command ``yizhan``: all that :mod:`geo.cli` offers, and what needs the web package.

``export`` takes the place of that of :mod:`geo.cli`: it writes what is made for a meeting, too.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from geo import answers, build, gazetteer, kernels, locator, report, workspace, writing
from geo import cli as geo_cli
from geo.capacity import Crowd
from geo.city import CityData
from geo.cli.options import (
    FILE,
    Changed,
    Question,
    crowd_options,
    print_json,
    print_scenario,
    question_options,
    scenario_option,
)
from geo.console import plain
from geo.disclosure import Edition
from geo.errors import OptionError
from geo.model import PROFILES, Position
from geo.sources import requirements
from webmap import clock, vendor
from webmap.cli.export import export_command
from webmap.cli.story import story_group

if TYPE_CHECKING:
    from apiflask import APIFlask

_LOOPBACK = "127.0.0.1"
_EDITIONS = {
    "internal": "内部版：数字精确，只供本机的规划人员 · internal edition: exact, this machine only",
    "public": "公开版：不足 10 人不显示，没有规划页 · public edition: no counts below 10, no "
    "planning page",
}


@click.group("yizhan", commands=dict(geo_cli.main.commands))
@click.version_option(package_name="yizhan")
def main() -> None:
    """驿站地图 · Who reaches a rest station in time, and who does not."""


main.add_command(export_command)
main.add_command(story_group)


@main.command()
@click.option("--host", default=_LOOPBACK, show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Worker processes.",
)
@click.option(
    "--threads",
    default=8,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Threads of each process; 1 only behind a proxy such as nginx.",
)
@click.option(
    "--allow-network",
    is_flag=True,
    help="Let other machines connect. There is no login: put nginx with TLS in front.",
)
@click.option(
    "--public/--internal",
    "public",
    default=None,
    help="Edition: public withholds small counts of people and refuses the planner's pages; "
    "internal is exact, for this machine alone.  [default: internal on this machine, else public]",
)
@geo_cli.clear_errors
def serve(
    host: str, port: int, workers: int, threads: int, allow_network: bool, public: bool | None
) -> None:
    """在本机提供地图服务 · Serve the maps of all cities.

    Without any city, the demonstration city is built first; an outdated one is built anew. The
    service listens on this machine only, unless --allow-network is given.
    """
    # Imported here: the other commands need no web framework and start faster without it.
    from webmap import server

    if not allow_network and not server.is_loopback(host):
        raise OptionError(
            f"{host} lets other machines connect, and there is no login; "
            "use 127.0.0.1, or say --allow-network if that is wanted"
        )
    edition = server.edition(host, public)
    console = Console(stderr=True)
    listening = server.listen(host, port)
    app = _prepared(console, edition)
    console.print(_EDITIONS[edition], markup=False)
    address = Text(server.address(listening), style="bold")  # [::1] is no markup
    console.print(Text.assemble("驿站地图 · ", address, "  (Ctrl+C 停止 · stops)"))
    server.Server(app, listening, workers=workers, threads=threads).run()


@main.command()
@click.argument("slug")
@click.option(
    "--out", type=FILE, required=True, help="File to write, or to replace: FILE.pdf or FILE.html."
)
@click.option("--lang", type=click.Choice(report.LANGS), default="zh", show_default=True)
@click.option(
    "--edition",
    type=click.Choice(report.EDITIONS),
    default="internal",
    show_default=True,
    help="internal: exact, for planners; public: numbers of fewer than 10 people are withheld.",
)
@click.option(
    "--requirements",
    "names",
    multiple=True,
    metavar="ID|FILE",
    default=("union-double-15", "gb50180-2018"),
    show_default=True,
    help="The standard to quote (see audit-circle); may be repeated.",
)
@click.option(
    "--map-approval",
    default="",
    metavar="TEXT",
    help="Number of the map's review (审图号), printed as it is.",
)
@question_options
@crowd_options
@scenario_option
@click.option(
    "--json", "as_json", is_flag=True, help="Print the path and every printed number as JSON."
)
def brief(
    slug: str,
    question: Question,
    crowd: Crowd | None,
    changed: Changed,
    out: Path,
    lang: report.Lang,
    edition: report.Edition,
    names: tuple[str, ...],
    map_approval: str,
    as_json: bool,
) -> None:
    """一页简报 · Hand a study of SLUG over as one page: map, figures, method, clause, sources.

    With --scenario the page tells the changes, too, and compares with the city as it is.
    """
    report.check(out)
    fonts = report.Fonts(*vendor.letters())
    standards = [requirements.named_or_read(name) for name in names]
    question, crowd = changed.asked(question, crowd)
    with geo_cli.progress_bars() as progress:
        told, chart = report.of_city(
            changed.load(slug),
            *question,
            crowd,
            scenario=changed.scenario,
            lang=lang,
            edition=edition,
            standards=standards,
            map_approval=map_approval,
            progress=progress,
        )
        report.write(told, chart, fonts, out, progress)
    if as_json:
        print_json(
            {
                "path": str(out),
                "pages": 1,
                "lang": lang,
                "edition": edition,
                "figures": [asdict(figure) for figure in report.listed(told)],
                **changed.told(slug),
            }
        )
        return
    print_scenario(changed.told(slug))
    click.echo(f"{told.share.text} % · {edition} → {out}")


@main.command()
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@geo_cli.clear_errors
def feedback(slug: str, as_json: bool) -> None:
    """骑手反馈 · Count what riders said of the stations of SLUG, in the last 30 days and ever."""
    # Imported here: the other commands need no database and start faster without it.
    from webmap import said
    from webmap.config import from_environment
    from webmap.store.engine import Store

    data = workspace.load(slug)
    told = said.of_city(data, Store(from_environment().database, workspace.home()))
    if as_json:
        print_json({"city": slug, **told})
        return
    if not told["stations"]:
        click.echo("还没有反馈 · nobody has said anything yet")
        return
    table = Table(
        title=f"{data.city.name} · 骑手反馈 · what riders said",
        caption=f"{told['since']} 起 / 全部 · since then / ever",
    )
    table.add_column("驿站 station")
    for words in said.WORDS.values():
        table.add_column(words, justify="right")
    for station in told["stations"]:
        counts = (f"{station['recent'][kind]} / {station['all'][kind]}" for kind in said.WORDS)
        table.add_row(station["name"] or f"（{station['station']}）", *counts)
    plain().print(table)


@main.command("pocket")
@click.argument("slug")
@click.option("--out", type=FILE, required=True, help="File to write, or to replace.")
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="First of the fourteen days whose opening hours it holds.  [default: today in the city]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the sizes as JSON.")
@geo_cli.clear_errors
def pocket_command(slug: str, out: Path, day: datetime | None, as_json: bool) -> None:
    """离线数据 · Write SLUG into the one file from which a phone answers without network.

    Prints the bytes of each part as it travels, compressed. The layout stands in docs/pocket.md.
    """
    from webmap import pocket

    data = workspace.load(slug)
    first = clock.today(data) if day is None else day.date()
    made = pocket.made(data, first)
    with writing.whole(out) as place:
        place.write_bytes(made.content)
    sizes = pocket.sizes(made)
    if as_json:
        print_json({"path": str(out), "day": first.isoformat(), "bytes": sizes})
        return
    for part, size in sizes.items():
        click.echo(f"{size:>11,}  {pocket.PARTS[part]}")
    click.echo(f"{len(made.content):>11,}  {out}")


def _prepared(console: Console, edition: Edition = "internal") -> APIFlask:
    """Return the application with kernels compiled, a city at hand and all pages built."""
    from webmap import create_app
    from webmap.config import from_environment

    with console.status("编译计算核心 · compiling the kernels …"):
        kernels.compile()
    with geo_cli.progress_bars() as report:
        if build.ensure_demo(report):
            answers.prebuild(workspace.load(build.DEMO_SLUG), report)
    with console.status("载入城市与页面 · loading cities and pages …"):
        app = create_app(replace(from_environment(), edition=edition))
    cities = app.extensions["yizhan"].cities
    with console.status("为骑手准备 · getting ready for riders …"):
        for city in cities.values():
            _first_answers(city.data)
    for city in cities.values():
        line = f"  {city.facts['name']} · {city.slug} · {city.facts['stations']} stations"
        console.print(line, markup=False, highlight=False)  # a name may hold brackets
    return app


def _first_answers(data: CityData) -> None:
    """Answer a rider of every profile, so that no other waits for what is made once.

    The worker processes, which are made later, share it.
    """
    from webmap import rows

    west, south, east, north = data.city.view
    middle = Position((west + east) / 2, (south + north) / 2)
    for profile in PROFILES.values():
        locator.ranked(data, profile, middle, clock.now(data))
    rows.written_stations(data)
    gazetteer.index(data)


if __name__ == "__main__":
    main()
