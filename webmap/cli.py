"""The command ``yizhan``: everything that :mod:`geo.cli` offers, and ``serve``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.text import Text

from geo import answers, build, kernels, workspace
from geo import cli as geo_cli
from geo.errors import OptionError

if TYPE_CHECKING:
    from apiflask import APIFlask

_LOOPBACK = "127.0.0.1"


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
@geo_cli.clear_errors
def serve(host: str, port: int, workers: int, allow_network: bool) -> None:
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
    console = Console(stderr=True)
    listening = server.listen(host, port)
    app = _prepared(console)
    address = Text(server.address(listening), style="bold")  # [::1] is no markup
    console.print(Text.assemble("驿站地图 · ", address, "  (Ctrl+C 停止 · stops)"))
    server.Server(app, listening, workers=workers).run()


def _prepared(console: Console) -> APIFlask:
    """Return the application with kernels compiled, a city at hand and all pages built."""
    from webmap import create_app

    with console.status("编译计算核心 · compiling the kernels …"):
        kernels.compile()
    with geo_cli.progress_bars() as report:
        if build.ensure_demo(report):
            answers.prebuild(workspace.load(build.DEMO_SLUG), report)
    with console.status("载入城市与页面 · loading cities and pages …"):
        app = create_app()
    cities = app.extensions["yizhan"].cities
    for city in cities.values():
        line = f"  {city.facts['name']} · {city.slug} · {city.facts['stations']} stations"
        console.print(line, markup=False, highlight=False)  # a name may hold brackets
    return app


if __name__ == "__main__":
    main()
