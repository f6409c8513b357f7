"""Put into the archives what set-up made: compiled translations, vendor files, the demonstration.

In a checkout the demonstration's inputs stand in ``data/demo/out``; in the wheel in ``geo/demo``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NEEDED = {
    "webmap/static/vendor/leaflet/leaflet.js": "python -m webmap.vendor",
    "webmap/static/bundle/file.js": "python -m webmap.vendor",
    "webmap/static/bundle/meetingfile.js": "python -m webmap.vendor",
    "data/demo/out/streets.osm.pbf": "make demo",
}


def compile_translations(root: Path) -> None:
    """Write a ``.mo`` beside every ``.po``; whoever reads the old one meanwhile has it whole."""
    for source in sorted(root.glob("webmap/translations/*/LC_MESSAGES/*.po")):
        with source.open("rb") as stream:
            catalogue = read_po(stream, locale=source.parts[-3])
        half = source.with_suffix(".half")
        with half.open("wb") as stream:
            write_mo(stream, catalogue)
        half.replace(source.with_suffix(".mo"))


class CustomBuildHook(BuildHookInterface):
    """Run before each archive is written; an editable install needs none of the large files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, check and add; ``version`` is ``editable`` or ``standard``."""
        root = Path(self.root)
        compile_translations(root)
        if version == "editable":
            return
        for name, remedy in NEEDED.items():
            if not (root / name).is_file():
                raise FileNotFoundError(f"{name} is missing; run '{remedy}' before building")
        if self.target_name == "wheel":
            build_data["force_include"]["data/demo/out"] = "geo/demo"
