"""Hand a story over as one file that opens in a meeting room without any network.

The file is the served page of a meeting (``templates/stage.html`` and ``static/js/meeting``) over
a source that reads the file itself. Equal questions of several views are carried once; what is
large is packed and opened when it is first looked at. Equal stories of equal cities give equal
bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd

from geo import writing
from geo.handout.making import Handout
from geo.handout.pdf import check_file
from geo.progress import Progress, silent
from webmap import disclosed
from webmap import facts as city_facts
from webmap.maps import answers, assets, atlas, beneath
from webmap.maps.answers import Changes
from webmap.maps.whole import Island, Packed, Page, WholeCanvas, translated

#: Style sheets of the served page, and what only the file needs.
SHEETS = ("css/tokens.css", "css/base.css", "css/overlays.css", "css/present.css",
          "css/meeting.css", "css/meetingnarrow.css", "css/meetingfile.css")  # fmt: skip
#: What takes its time.
_PAGE = "写文件"


def check(path: Path) -> None:
    """Refuse a file that cannot be, before anything is computed for it."""
    check_file(path, ".html")


def write(
    made: Handout,
    path: Path,
    *,
    basemap: Mapping[str, gpd.GeoDataFrame] | None = None,
    changes: Changes | None = None,
    progress: Progress = silent,
) -> Path:
    """Write a story as one file, whole or not at all; see :func:`meeting`."""
    check(path)
    content = meeting(made, basemap=basemap, changes=changes, progress=progress)
    with writing.whole(path) as place:
        place.write_bytes(content)
    return path


def meeting(
    made: Handout,
    *,
    basemap: Mapping[str, gpd.GeoDataFrame] | None = None,
    changes: Changes | None = None,
    progress: Progress = silent,
) -> bytes:
    """Return a story as one page of HTML that asks for nothing.

    ``basemap`` are the layers that lie beneath, as :func:`geo.workspace.basemap` reads them, in the
    city's metric CRS; without it the map has the streets and waters that the study itself knows.
    ``changes`` are those of the scenarios that views name, as plain values, to be marked on the
    map. Raises :class:`~geo.errors.InputError` where set-up has not made the scripts.
    """
    city = made.today
    known = city_facts.of_city(city, "", {})
    known = disclosed.facts(known) if made.edition == "public" else known
    ground = beneath.packed_layers(city, basemap or {})
    facts = known | {"tiles": beneath.tile_sets(ground)}
    page = Page("meeting.html", SHEETS, assets.MEETING_BUNDLE, closed=True)
    title = f"{city.city.name} · {made.name}"
    area = WholeCanvas(facts, made.lang, made.edition, page, title=title)
    kept = answers.Kept()
    story = answers.of_story(made, changes or {}, kept, progress)
    progress(_PAGE, 0, 1)
    for name, layer in ground.items():
        kept.put(beneath.island(name), layer)
    plain = {
        "city-facts": {name: value for name, value in known.items() if name != "tiles"}
        | {"map_approval": made.map_approval},
        "messages": assets.messages(made.lang),
        "meeting": story,
    }
    for key, value in plain.items():
        area.add_child(Island(key, value))
    for key, text in kept.texts.items():
        area.add_child(Packed(key, text))
    translated(atlas.furnished(area, facts, "present", ""), made.lang)
    content = area.get_root().render().encode()
    progress(_PAGE, 1, 1)
    return content
