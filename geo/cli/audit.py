"""Print how a city stands against requirement tables, or hand the whole audit over as a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from geo import audit, console, export, model
from geo.cli.options import (
    FILE,
    Changed,
    clear_errors,
    print_json,
    print_scenario,
    progress_bars,
    scenario_option,
)
from geo.sources import requirements

VERDICTS = {
    "met": "达到 · met",
    "not_met": "未达到 · not met",
    "not_judged": "无法判断 · not judged",
}
REASONS = {
    "no_level": "这座城市没有这一级网格 · the city has no cells of that level",
    "no_people": "这些区域没有居民 · nobody lives in these areas",
    "no_ground": "这些区域没有陆地 · these areas have no ground",
    "outside": "大部分离文件中的街道超过 500 米 · mostly over 500 m from the streets of the file",
    "people_unknown": "没有人口数据 · nobody is known",
    "no_station": "没有这一级的驿站 · no station of that tier",
}


def _print_tables(context: click.Context, _param: click.Parameter, asked: bool) -> None:
    """Print the shipped tables and stop."""
    if not asked or context.resilient_parsing:
        return
    for table in map(audit.described, requirements.shipped()):
        click.echo(f"{table['id']}  {_title(table)}\n    {_source(table)}")
        for rule in table["rules"]:
            note = "（参考 reported only）" if rule["advisory"] else ""
            click.echo(f"    - {rule['id']}: {_title(rule)}{note}")
    context.exit()


@click.command("audit-circle")
@click.argument("slug")
@click.option(
    "--requirements",
    "names",
    multiple=True,
    metavar="ID|FILE",
    help="A shipped table or a TOML file of one's own; may be repeated.  [default: all shipped]",
)
@click.option("--list", is_flag=True, is_eager=True, expose_value=False, callback=_print_tables,
              help="Print the shipped tables with source and clause, and exit.")  # fmt: skip
@click.option("--profile", help=f"Travel like this instead: one of {', '.join(model.PROFILES)}.")
@click.option(
    "--services", metavar="KEY,…", help="Only stations that offer all of these, for every rule."
)
@click.option(
    "--at",
    metavar="2026-11-20T22:30",
    help="When people set out, on the city's clocks; without it hours are not asked.",
)
@click.option(
    "--rows",
    type=click.IntRange(0, 1000),
    default=10,
    show_default=True,
    help="Failing areas and cells to name for each rule; the rest is counted.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the audit as JSON.")
@click.option("--out", type=FILE, help="Write every area and every failing cell as CSV.")
@click.option("--strict", is_flag=True, help="End with exit code 1 when a table is not met.")
@clear_errors
@scenario_option
def audit_command(
    slug: str,
    names: tuple[str, ...],
    profile: str | None,
    services: str | None,
    at: str | None,
    rows: int,
    as_json: bool,
    out: Path | None,
    strict: bool,
    changed: Changed,
) -> None:
    """Hold SLUG against requirement tables: which areas, cells and services fail."""
    if out is not None:
        export.check_file(out)
    chosen = None if profile is None else model.profile_named(profile)
    need = model.Need.of(services, at)
    tables = [requirements.named_or_read(name) for name in names] or requirements.shipped()
    data = changed.load(slug)
    with progress_bars() as report:
        found = audit.audit(data, tables, chosen, need, report)
    if out is not None:
        click.echo(f"→ {export.table(found.to_frame(), out)}", err=True)
    if as_json:
        print_json(found.to_json(rows) | changed.told(slug))
    else:
        print_scenario(changed.told(slug))
        print_audit(found.to_json(rows))
    if strict and found.fails:
        sys.exit(1)


def print_audit(told: dict[str, Any]) -> None:
    """Print an audit for a reader: the verdicts first, then who and what fails."""
    click.echo(f"{told['name']}：对照要求 · held against requirements{_asked(told)}")
    if told["people_reason"] is not None:
        click.echo(f"按地面判断 · judged by ground: {told['people_reason']}")
    for table in told["tables"]:
        click.echo(f"\n■ {VERDICTS[table['verdict']]}  {_title(table)}\n  {_source(table)}")
        for note in (table["note_zh"], table["note_en"]):
            if note:
                click.echo(f"  {note}")
        for rule in table["rules"]:
            _print_verdict(rule)
            if rule["clause"] != table["clause"]:
                click.echo(f"      条文 clause: {rule['clause']}")
    for table in told["tables"]:
        for rule in table["rules"]:
            _print_failures(table, rule)


def _asked(told: dict[str, Any]) -> str:
    """Return who travels, when and for what, as far as it was said."""
    words = [told["profile"], told["need"]["at"], *told["need"]["services"]]
    if told["need"]["holidays_known"] is False:
        words.append("节假日未知 holidays unknown")
    return "".join(f"；{word}" for word in words if word)


def _print_verdict(rule: dict[str, Any]) -> None:
    mark = VERDICTS[rule["verdict"]]
    if rule["advisory"]:
        mark = f"参考 reported only: {mark}"
    click.echo(f"  - {mark}  {_title(rule)}")
    if rule["reading_zh"] or rule["reading_en"]:
        readings = filter(None, (rule["reading_zh"], rule["reading_en"]))
        click.echo(f"      读法 reading: {' · '.join(readings)}")
    if rule["reason"] is not None:
        click.echo(f"      {REASONS[rule['reason']]}")
        return
    counts = rule["areas"]
    parts = [f"应为 wanted {_wanted(rule)}"]
    amounts = rule["people"] or rule["area_m2"]
    if rule["share"] is not None and amounts is not None:
        reached, judged = (_amount(rule, amounts[name]) for name in ("reached", "judged"))
        parts.append(f"全市 city {console.percent(rule['share'])}（{reached} / {judged}）")
        if amounts["judged"] < amounts["total"]:
            parts.append(f"可判断 judged {judged} / {_amount(rule, amounts['total'])}")
    if rule["level"] != "city":
        judged_areas = counts["met"] + counts["not_met"]
        parts.append(f"{rule['level']} {counts['met']:,} / {judged_areas:,} 达到 met")
    if counts["not_judged"]:
        parts.append(f"{counts['not_judged']:,} 个无法判断 not judged")
    click.echo(f"      {'；'.join(parts)}")


def _wanted(rule: dict[str, Any]) -> str:
    asked = rule["wanted"]
    if rule["kind"] == "share":
        return f"≥ {asked['share'] * 100:g} %"
    low = "" if asked["least"] is None else f"≥ {asked['least']:,}"
    high = "" if asked["most"] is None else f"≤ {asked['most']:,}"
    return " ".join(filter(None, (low, high)))


def _amount(rule: dict[str, Any], amount: float) -> str:
    return f"{amount:,.0f}" if rule["people"] is not None else f"{amount / 1e6:,.2f} km²"


def _print_failures(table: dict[str, Any], rule: dict[str, Any]) -> None:
    """Print the areas that fail a rule, and the cells where people miss what it asks."""
    areas, cells = rule["failing_areas"], rule["failing_cells"]
    if not areas["areas"]:
        return
    click.echo(f"\n× {table['id']} / {rule['id']}  {_title(rule)}")
    if rule["level"] != "city":
        click.echo(f"  未达到的区域 failing areas: {areas['areas']:,}")
        for row in areas["listed"]:
            click.echo(f"    {_named(row)}  {_found(rule, row)}")
        _print_rest(areas["areas"] - len(areas["listed"]))
    if cells["cells"]:
        click.echo(f"  有人缺的最下级网格 lowest cells where it is missed: {cells['cells']:,}")
        for row in cells["listed"]:
            click.echo(f"    {_named(row)}  {_missed(rule, row)}{_services(rule, row)}")
        _print_rest(cells["cells"] - len(cells["listed"]))


def _print_rest(rest: int) -> None:
    if rest > 0:
        click.echo(f"    … 其余 {rest:,} 个见 --out · {rest:,} more with --out")


def _named(row: dict[str, Any]) -> str:
    return f"{row['name']}（{row['code']}）" if row["name"] else row["code"]


def _found(rule: dict[str, Any], row: dict[str, Any]) -> str:
    """Say what was found in a failing area: its figure, or each service that is missing."""
    if row["services"]:
        return _services(rule, row).lstrip()
    if rule["kind"] != "share":
        return f"{row['seen']:,.0f}"
    return f"{console.percent(row['seen'])}，{_missed(rule, row)}"


def _missed(rule: dict[str, Any], row: dict[str, Any]) -> str:
    amounts = row.get("people") or row.get("area_m2")
    if amounts is not None:
        return f"缺 missing {_amount(rule, amounts['missing'])}"
    missing = row["missing_m2"] if row["people_missing"] is None else row["people_missing"]
    return f"缺 missing {_amount(rule, missing)}"


def _services(rule: dict[str, Any], row: dict[str, Any]) -> str:
    """Return the services that are missing, with the figure of each where one was found."""

    def figure(service: dict[str, Any]) -> str:
        if "seen" not in service:
            return ""
        seen = service["seen"]
        return f" {console.percent(seen)}" if rule["kind"] == "share" else f" {seen:,.0f}"

    found = [(service["service"], figure(service)) for service in row["services"]]
    if len(found) == len(model.SERVICES) and len({seen for _, seen in found}) == 1:
        return f"  全部 {len(found)} 类 all categories{found[0][1]}"
    words = [" ".join(model.SERVICES[key]) + seen for key, seen in found]
    return f"  {'、'.join(words)}" if words else ""


def _title(told: dict[str, Any]) -> str:
    return f"{told['title_zh']} · {told['title_en']}"


def _source(table: dict[str, Any]) -> str:
    date = table["date"] or "日期不详 date not stated"
    return f"依据 source: {table['source']}；{table['clause']}；{date}"
