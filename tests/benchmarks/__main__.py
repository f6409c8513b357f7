"""Run all benchmarks and write docs/benchmarks.md; real streets from ``YIZHAN_REAL_DATA``.

Named on the command line, only some of them run (``make bench ARGS="whatif siting"``), and the page
stays as it is.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from geo import reach
from tests.benchmarks import (
    asked,
    city,
    felt,
    lattice,
    meeting,
    porto,
    rider,
    rows,
    siting,
    web,
    whatif,
)
from tests.benchmarks.measure import Table, machine

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"

#: What needs real streets, and what makes its own.
REAL = ("porto", "city", "whatif")
MADE_UP = {
    "lattice": lattice.run,
    "felt": felt.run,
    "rows": rows.run,
    "asked": asked.run,
    "web": web.run,
    "rider": rider.run,
    "siting": siting.run,
    "meeting": meeting.run,
}


def main() -> int:
    """Measure, print as it goes, and write the table; say what could not be measured."""
    print(machine(), flush=True)
    data = os.environ.get("YIZHAN_REAL_DATA", "")
    known = {*REAL, *MADE_UP}
    chosen = set(sys.argv[1:]) or known
    if not chosen <= known:
        print(f"unknown: {', '.join(sorted(chosen - known))}; choose of {', '.join(sorted(known))}")
        return 2
    reach.compile()
    table = Table()
    if data:
        _real_streets(Path(data) / "big" / "porto.osm.pbf", chosen, table)
    else:
        print("YIZHAN_REAL_DATA is not set: the real streets are left out, the page stays as it is")
    for name, run in MADE_UP.items():
        if name in chosen:
            run(table)
    if data and chosen == known:
        PAGE.write_text(table.markdown(), encoding="utf-8")
        print(f"written: {PAGE}")
    return 0


def _real_streets(streets_file: Path, chosen: set[str], table: Table) -> None:
    """Measure what needs real streets; a whole city is imported once for all who look at it."""
    if "porto" in chosen:
        porto.run(streets_file, table)
    if chosen & {"city", "whatif"}:
        with city.imported(streets_file) as made:
            if "city" in chosen:
                city.run(made, table)
            if "whatif" in chosen:
                whatif.run(made["home"], table)


sys.exit(main())
