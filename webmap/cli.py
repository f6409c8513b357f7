"""The command ``yizhan``: everything that :mod:`geo.cli` offers, ``brief`` and ``serve``."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.text import Text

from geo import answers, build, kernels, report, workspace
from geo import cli as geo_cli
from geo.capacity import Crowd
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
from geo.disclosure import Edition
from geo.errors import OptionError
from geo.sources import requirements
from webmap import vendor

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
    help="Worker processes; each has 8 threads.",
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
def serve(host: str, port: int, workers: int, allow_network: bool, public: bool | None) -> None:
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
    server.Server(app, listening, workers=workers).run()


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
    for city in cities.values():
        line = f"  {city.facts['name']} · {city.slug} · {city.facts['stations']} stations"
        console.print(line, markup=False, highlight=False)  # a name may hold brackets
    return app


if __name__ == "__main__":
    main()
