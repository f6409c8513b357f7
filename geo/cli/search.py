"""Find a place of a city by its name."""

from __future__ import annotations

import click

from geo import gazetteer, search, workspace
from geo.cli.options import clear_errors, print_json
from geo.model import Position

_KINDS = {
    "station": "驿站 · station",
    "place": "地点 · place",
    "street": "道路 · street",
    "compound": "小区 · compound",
    "address": "地址 · address",
    "cell": "网格 · cell",
}


@click.command("search", context_settings={"ignore_unknown_options": True})
@click.argument("slug")
@click.argument("text")
@click.option(
    "-k", "count", type=click.IntRange(1, search.MOST), default=10, show_default=True,
    help="How many answers.",
)  # fmt: skip
@click.option("--near", type=float, nargs=2, metavar="LON LAT", help="Of equals, the near first.")
@click.option("--json", "as_json", is_flag=True)
@clear_errors
def search_command(
    slug: str, text: str, count: int, near: tuple[float, float] | None, as_json: bool
) -> None:
    """Find stations, places, streets, compounds, addresses and cells named TEXT.

    TEXT is characters, pinyin, initials or a mixture of them: 龙津, longjin, ljsq, longj桥.
    """
    index = gazetteer.index(workspace.load(slug))
    found = search.find(index, text, count, Position(*near) if near else None)
    if as_json:
        print_json({"found": [one.to_json() for one in found]})
        return
    if not found:
        click.echo(f"没有找到「{text}」 · nothing found")
    for one in found:
        away = "" if one.metres is None else f"  直线 {one.metres:,} m by air"
        about = f"（{one.detail}）" if one.detail else ""
        click.echo(f"{_KINDS[one.kind]}  {one.name}{about}  {one.lon:.6f} {one.lat:.6f}{away}")
