"""Read what a meeting's file holds, and the stories that the tests put into one."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import Any
from urllib.parse import parse_qs

from geo import workspace
from geo.handout import making
from geo.handout.making import Handout
from geo.story import Asked, Story, View, cities
from tests.webmap.kept import OPEN
from tests.webmap.tinycity import HOSTILE
from webmap.maps import meeting
from webmap.told import WORDS

_ISLAND = re.compile(
    r'<script type="application/(json|gzip)" id="([^"]+)">(.*?)</script>', re.DOTALL
)
#: In a title braces hold the names of figures.
TITLE = HOSTILE.replace("{", "(").replace("}", ")")
#: Who walks two minutes: of the tiny city some arrive and some do not.
TWO = Asked(budget="2min")


def tiny_story() -> Story:
    """Return three views of the tiny city: ring, night against any hour, one more station."""
    views = (
        View("ring", layers=("cells", "circles", "ring", "stations"), asked=TWO),
        View("night", asked=Asked(budget="2min", at="23:00"), against=TWO),
        View("free", f"加一站 {TITLE}", asked=Asked(budget="2min", scenario="one"), against=TWO),
    )
    return Story("例会 " + HOSTILE, views, {"one": ("加一站", (OPEN,))})


def handout(slug: str, told: Story, **how: Any) -> Handout:
    """Return the handout of a story of a city of the workspace."""
    return making.of_story(cities(workspace.load(slug), told), told, **how)


def page(slug: str, told: Story, **how: Any) -> bytes:
    """Return the file of a story of a city of the workspace."""
    made = handout(slug, told, **how)
    changes = {key: rows for key, (_, rows) in told.scenarios.items()}
    return meeting.meeting(made, basemap=workspace.basemap(slug), changes=changes)


class Held:
    """What a file holds, by the names of its islands."""

    def __init__(self, content: bytes) -> None:
        self.text = content.decode()
        self.islands = {
            key: json.loads(_plain(text) if kind == "gzip" else text)
            for kind, key, text in _ISLAND.findall(self.text)
        }
        self.meeting = self.islands["meeting"]

    @property
    def views(self) -> list[dict[str, Any]]:
        """Return the views as the page shows them."""
        return self.meeting["story"]["views"]

    def question(self, query: str) -> dict[str, Any]:
        """Return where the data of a question is, as a view names it."""
        words = {name: value[0] for name, value in parse_qs(query).items()}
        return self.meeting["questions"]["|".join(words.get(word, "") for word in WORDS)]

    def columns(self, query: str, level: int) -> dict[str, Any]:
        """Return what the page makes of a question's cells, as ``/coverage/cells`` answers."""
        held, known = self.question(query), self.islands[self.meeting["cells"]]
        rows = [row for row, its in enumerate(known["level"]) if its == level]
        figures = self.islands[held["cells"]]
        told = {
            name: [figures[name][row] if name in figures else None for row in rows]
            for name in self.meeting["columns"]
        }
        codes = [known["code"][row] for row in rows]
        return {"level": level, "city": held["city"], "codes": codes, **told}


def _plain(letters: str) -> bytes:
    return gzip.decompress(base64.b64decode(letters))
