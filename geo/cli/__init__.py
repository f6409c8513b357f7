"""Give the analysis a command line: one file a command.

Every error of :mod:`geo.errors` ends in one clear message on standard error and exit code 2.
"""

from __future__ import annotations

import click

from geo.cli.audit import audit_command
from geo.cli.city import city
from geo.cli.compare import compare_command
from geo.cli.equity import equity_command
from geo.cli.export import export_command
from geo.cli.impact import impact_command
from geo.cli.nearest import nearest_command
from geo.cli.options import clear_errors, progress_bars
from geo.cli.propose import propose_command
from geo.cli.scenario import scenario_group
from geo.cli.search import search_command
from geo.cli.study import study_command
from geo.cli.week import week_command
from geo.cli.why import why_command

__all__ = ["clear_errors", "main", "progress_bars"]


@click.group("geo")
def main() -> None:
    """驿站服务圈分析 · Who reaches a rest station in time, and who does not."""


for _command in (
    city,
    study_command,
    nearest_command,
    search_command,
    audit_command,
    compare_command,
    equity_command,
    export_command,
    impact_command,
    propose_command,
    scenario_group,
    week_command,
    why_command,
):
    main.add_command(_command)
