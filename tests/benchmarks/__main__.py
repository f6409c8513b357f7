"""Run all benchmarks and write docs/benchmarks.md; real streets from ``YIZHAN_REAL_DATA``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from geo import reach
from tests.benchmarks import city, felt, lattice, porto, siting
from tests.benchmarks.measure import Table, machine

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def main() -> int:
    """Measure, print as it goes, and write the table; say what could not be measured."""
    print(machine(), flush=True)
    reach.compile()
    table = Table()
    data = os.environ.get("YIZHAN_REAL_DATA", "")
    if data:
        streets_file = Path(data) / "big" / "porto.osm.pbf"
        porto.run(streets_file, table)
        city.run(streets_file, table)
    else:
        print("YIZHAN_REAL_DATA is not set: the real streets are left out, the page stays as it is")
    lattice.run(table)
    felt.run(table)
    siting.run(table)
    if data:
        PAGE.write_text(table.markdown(), encoding="utf-8")
        print(f"written: {PAGE}")
    return 0


sys.exit(main())
