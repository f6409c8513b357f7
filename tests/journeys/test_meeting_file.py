"""A meeting in a room without network: one file, opened as from a stick, tells the whole story.

Every page here is offline, and whatever is not a file on this machine is refused and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely

from geo import story as stories
from geo import workspace
from geo.crs import to_wgs84
from tests.journeys.conftest import PHONE
from tests.watched import Watched
from tests.webmap import held
from tests.webmap.held import Held, tiny_story
from tests.webmap.kept import CITY
from tests.webmap.tinycity import HOSTILE
from webmap.maps import meeting

WALL = {"width": 1920, "height": 1080}
QUERY = "profile=walk&budget=2min"
MOST_BYTES = 15_000_000


class Room(Watched):
    """A file as it is looked at, and what it asked of the network."""

    def __init__(self, page: Any) -> None:
        super().__init__(page)
        self.refused: list[str] = []

    def refuse(self, route: Any) -> None:
        """Let files pass, and nothing else."""
        if route.request.url.startswith("file://"):
            route.continue_()
        else:
            self.refused.append(route.request.url)
            route.abort()

    def turn(self, view: int) -> None:
        """Go to a view, counted from 1, and wait until it is painted."""
        self.page.keyboard.press(str(view))
        self.page.wait_for_function(
            "(n) => document.documentElement.dataset.view === String(n)", arg=view
        )

    def run(self, script: str, argument: Any = None) -> Any:
        """Evaluate a function of ``{map, layers}`` and one argument."""
        return self.page.evaluate(
            f"(argument) => yizhan.drawn.then((atlas) => ({script})(atlas, argument))", argument
        )

    def click(self, at: shapely.Point) -> str:
        """Look at a position in degrees from near, click it, and return what is said."""
        self.run("({map}, at) => map.setView(at, 17, {animate: false})", [at.y, at.x])
        self.page.wait_for_function(
            "(at) => yizhan.drawn.then(({layers}) => layers.cells.codeAt(at) !== null)",
            arg={"lat": at.y, "lng": at.x},
        )
        x, y = self.run(
            "({map}, at) => { const p = map.latLngToContainerPoint(at); return [p.x, p.y]; }",
            [at.y, at.x],
        )
        self.page.mouse.click(x, y)
        note = self.page.locator("#note:not([hidden])")
        note.wait_for()
        return str(note.inner_text())


@pytest.fixture(scope="module")
def files(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the story of the tiny city for planners, in both languages."""
    folder = tmp_path_factory.mktemp("stick")
    for lang in ("zh", "en"):
        content = held.page("tiny", tiny_story(), edition="internal", lang=lang)
        (folder / f"{lang}.html").write_bytes(content)
    return folder


@pytest.fixture
def room(window: Callable[..., Any]) -> Iterator[Callable[..., Room]]:
    """Return a function that opens a file without network, and waits for its first view."""
    rooms: list[Room] = []

    def opened(path: Path, size: dict[str, int] = WALL) -> Room:
        phone = size["width"] < 768
        page = window(viewport=size, offline=True, reduced_motion="reduce", has_touch=phone,
                      is_mobile=phone)  # fmt: skip
        rooms.append(Room(page))
        page.route("**/*", rooms[-1].refuse)
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready]")
        page.wait_for_function("() => document.documentElement.dataset.view === '1'")
        return rooms[-1]

    yield opened
    for one in rooms:
        assert (one.faults, one.refused) == ([], [])
        assert len(one.asked) == 1 and one.asked[0].startswith("file://")


def _shown(room: Room) -> set[str]:
    """Return the layers that are seen."""
    panes = """() => ["cells", "gaps", "circles", "ring", "stations"].filter((name) => {
        const pane = document.querySelector(`.leaflet-${name}-pane`);
        return pane.classList.contains("worn") && !pane.classList.contains("off");
    })"""
    return set(room.page.evaluate(panes))


def _centres(slug: str) -> dict[str, shapely.Point]:
    cells = workspace.load(slug).cells
    cells = cells[cells["level"] == cells["level"].max()]
    inside = to_wgs84(cells.set_geometry(cells.geometry.representative_point()))
    return dict(zip(cells["code"], inside.geometry, strict=True))


def test_the_story_is_told_and_its_layers_follow(files, room):
    told = Held((files / "zh.html").read_bytes()).views
    seen = room(files / "zh.html")
    for number, view in enumerate(told, start=1):
        seen.turn(number)
        said = seen.page.inner_text("#headline").replace("\n", "")
        assert said == view["told"]["title"]
        for one in view["told"]["numbers"]:
            assert one["text"].split(" ")[0] in seen.page.inner_text("#numbers")
        assert _shown(seen) == set(view["layers"])
    assert seen.page.locator("#pager [data-language]").count() == 0
    seen.page.keyboard.press("e")
    assert seen.page.locator("#editor:not([hidden])").count() == 0


def test_a_click_gives_the_figures_of_the_api(files, room, client):
    seen = room(files / "zh.html")
    told = client.get(f"{CITY}/coverage/cells?{QUERY}&level=2").json
    for code, at in _centres("tiny").items():
        row = told["codes"].index(code)
        said = seen.click(at)
        assert f"{told['share'][row] * 100:.1f}" in said
        assert f"{told['people'][row]:,.0f} 位居民中 {told['covered'][row]:,.0f} 位" in said
    places = to_wgs84(workspace.load("tiny").stations).set_index("id")
    assert "西门驿站" in seen.click(places.loc["c1", "geometry"])
    assert HOSTILE in seen.click(places.loc["h2", "geometry"])
    assert seen.page.locator("img[src=x]").count() == 0


def test_before_and_after_and_a_day_need_no_network(files, room, client):
    seen = room(files / "zh.html")
    seen.turn(3)
    seen.page.keyboard.press("s")
    seen.page.wait_for_selector("#divider:not([hidden])")
    assert HOSTILE.split("`")[0] in seen.page.inner_text("#headline").replace("\n", "")
    seen.page.keyboard.press("s")
    seen.turn(1)
    seen.page.keyboard.press("c")
    seen.page.wait_for_selector("#hours:not([hidden])")
    day = Held((files / "zh.html").read_bytes()).meeting["story"]["day"]
    for hour in (3, 12):
        seen.page.locator("#hours input").fill(str(hour))
        query = f"{QUERY}&at={day}T{hour:02d}:00&level=2"
        city = client.get(f"{CITY}/coverage/cells?{query}").json["city"]["people"]
        share = f"{city['covered'] / city['judged'] * 100:.1f}%"
        seen.page.wait_for_function(
            "(share) => document.querySelector('.hour-share').textContent === share", arg=share
        )


def test_it_fits_a_phone_and_speaks_english(files, room):
    seen = room(files / "en.html", PHONE)
    assert seen.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert seen.page.locator("html").get_attribute("lang") == "en"
    told = Held((files / "en.html").read_bytes()).views
    assert seen.page.inner_text("#headline").replace("\n", "") == told[0]["told"]["title"]
    seen.page.click("#next")
    seen.page.wait_for_function("() => document.documentElement.dataset.view === '2'")


def test_a_city_of_streets_alone_is_shown(home, room, tmp_path):
    path = tmp_path / "bare.html"
    default = stories.default(workspace.load("bare"), "public")
    path.write_bytes(held.page("bare", default))
    seen = room(path)
    for number in range(1, len(default.views) + 1):
        seen.turn(number)
        assert seen.page.inner_text("#headline").strip()


def test_an_old_browser_and_a_broken_file_say_what_is_needed(files, window, tmp_path):
    page = window(viewport=WALL, offline=True)
    page.add_init_script("delete window.DecompressionStream")
    page.goto((files / "zh.html").as_uri())
    assert "浏览器太旧" in page.inner_text("#too-old")
    text = (files / "zh.html").read_text(encoding="utf-8")
    cells = Held(text.encode()).question(QUERY)["cells"]
    start = text.index(f'id="{cells}">') + len(f'id="{cells}">')
    path = tmp_path / "broken.html"
    path.write_text(text[: start + 40] + "AAAA" + text[start + 44 :], encoding="utf-8")
    page = window(viewport=WALL, offline=True)
    page.goto(path.as_uri())
    page.wait_for_selector("#fault:not([hidden])")
    assert "文件不完整" in page.inner_text("#fault-text")


def test_the_demonstration_city_is_small_enough_for_any_mail(
    demo_home, room, tmp_path, monkeypatch
):
    monkeypatch.setenv("YIZHAN_HOME", str(demo_home))
    data, path = workspace.load("demo"), tmp_path / "demo.html"
    story = stories.default(data, "public")
    made = held.handout("demo", story)
    meeting.write(made, path, basemap=workspace.basemap("demo"))
    assert path.stat().st_size < MOST_BYTES
    seen = room(path)
    for number, (_, told) in enumerate(made.views, start=1):
        seen.turn(number)
        assert seen.page.inner_text("#headline").replace("\n", "") == told.title
    assert "合成示例数据" in seen.page.inner_text("#kicker")
    assert "公开版" in seen.page.inner_text("#kicker")
