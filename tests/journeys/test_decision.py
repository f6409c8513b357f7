"""A planner decides on the demonstration city, and every figure on the way stands in a study.

The worst gap, why it is one, its cure within a budget, the proposed site dragged, the comparison
with today, what is handed over, and everything undone. The city is served by ``yizhan serve`` in a
process of its own; after every step the manifest is downloaded and ``yizhan study --scenario`` is
asked here.
"""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pyproj
import pytest

from geo.report.numbers import found
from tests.journeys import told
from tests.watched import Watched
from tests.webmap.running import Running

WIDE = {"width": 1920, "height": 1080}
QUESTION = "profile=walk&budget=15min"
LEVEL = "4"  # what the page shows at first: the compounds
SPEND = 30  # three stations at most
DRAGGED_M = 150.0


@pytest.fixture(autouse=True, scope="module")
def home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace of its own: what is written here, no other test sees."""
    folder = tmp_path_factory.mktemp("decision")
    (folder / "demo").symlink_to(demo_home / "demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(folder))
        yield folder


@pytest.fixture(scope="module")
def address(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the workspace as a planner would, and return the address."""
    running = Running(tmp_path_factory.mktemp("log") / "access.log")
    yield f"http://127.0.0.1:{running.port}"
    running.end()


class Desk:
    """The page in the planner's hands."""

    def __init__(self, seen: Watched, folder: Path) -> None:
        self.page = seen.page
        self.seen = seen
        self.folder = folder

    def settled(self) -> None:
        """Wait until everything that was asked is told."""
        page = self.page
        page.wait_for_selector("#busy:not(.on)", state="attached")
        page.wait_for_selector("#figure[aria-busy=false]:not(.previewed)")
        for pending in ("#grid.pending", "#minutes.pending", "#tab-gaps.pending", ".skeleton"):
            page.wait_for_selector(f"{pending} >> visible=true", state="hidden")
        if "scenario=" in page.url:
            page.wait_for_selector("#gain:not([hidden])")

    def saved(self) -> None:
        self.page.wait_for_selector(".save-status.saved:not([hidden])")
        self.settled()

    def text(self, place: str) -> str:
        return str(self.page.inner_text(place))

    def numbers(self, place: str) -> list[str]:
        return re.findall(r"[±+−]?\d[\d,]*(?:\.\d+)?", self.text(place))

    def tab(self, name: str) -> None:
        self.page.click(f"#tab-{name}-button")

    def download(self, press: Callable[[], None]) -> Path:
        """Return the file that is saved when something is pressed."""
        with self.page.expect_download() as loaded:
            press()
        path = self.folder / loaded.value.suggested_filename
        loaded.value.save_as(path)
        return path

    def manifest(self) -> Path:
        """Download the scenario in hand."""
        made = self.download(lambda: self.page.click(".scenario-tools [aria-label=存为文件]"))
        return made.rename(made.with_name(f"{len(list(self.folder.iterdir()))}.json"))

    def handed(self, form: str) -> Path:
        """Download a file of the menu."""
        button = f"#export-menu [data-form={form}]"
        if not self.page.is_visible(button):
            self.page.click("#export-button")
        path = self.download(lambda: self.page.click(button))
        return path.rename(self.folder / f"handed-{form}{path.suffix}")

    def standing(self, station: str) -> tuple[float, float]:
        """Return where a station stands on the screen."""
        return self._pixel("map.latLngToContainerPoint(layers.stations.position(wanted))", station)

    def pixel(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a place lies on the screen."""
        return self._pixel("map.latLngToContainerPoint([wanted[1], wanted[0]])", [lon, lat])

    def _pixel(self, point: str, wanted: Any) -> tuple[float, float]:
        x, y = self.page.evaluate(
            f"""async (wanted) => {{
                const {{ drawn }} = await import("/static/js/draw/bridge.js");
                const {{ map, layers }} = await drawn;
                const point = {point};
                const box = map.getContainer().getBoundingClientRect();
                return [point.x + box.x, point.y + box.y];
            }}""",
            wanted,
        )
        return x, y


def asked(address: str, path: str, body: Any = None) -> Any:
    """Ask the server as the page does."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"{address}/api/cities/demo/{path}", data, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def check_page(desk: Desk, study: dict[str, Any], today: dict[str, Any] | None = None) -> None:
    """Hold everything that the page says of a study against the study."""
    people, ring = study["people"], study["ring"]["people"]
    assert desk.text("#share") == f"{told.percent(people['share'])}%"
    assert desk.numbers("#of") == [told.whole(people["total"]), told.whole(people["covered"])]
    assert desk.numbers("#ring-note")[0] == told.percent(ring["share"])
    left = told.whole(people["total"] - people["covered"])
    cells = study["levels"][LEVEL]
    desk.tab("cells")
    assert desk.numbers("#hits-text") == [told.whole(cells["cells"]), left]
    for kind in ("none", "partial", "full"):
        desk.page.select_option("#filter-class", kind)
        assert desk.numbers("#hits-text")[1] == told.whole(cells[kind]), kind
    desk.page.click("#filter-clear")
    assert desk.numbers("#hits-text")[0] == told.whole(cells["cells"])
    desk.tab("gaps")
    assert desk.numbers("#tab-gaps .hits")[1] == left
    if today is not None:
        gained = people["covered"] - today["people"]["covered"]
        assert desk.numbers("#was") == [told.percent(today["people"]["share"])]
        assert desk.numbers("#gain")[1] == told.signed(gained)
        assert desk.numbers(".balance-people") == [told.signed(gained)]
        assert desk.numbers(".scenario-button span") == (
            [told.signed(gained)] if told.signed(gained) != "±0" else ["±0"]
        )


def check_tables(desk: Desk, tables: dict[str, pd.DataFrame]) -> None:
    """Hold the first rows of the page's tables against the tables of the export."""
    desk.tab("gaps")
    gaps = tables["gaps"].set_index("rank").sort_values("people", ascending=False)
    assert desk.numbers("#tab-gaps-button .count") == [told.whole(len(gaps))]
    worst = gaps.iloc[0]
    line = desk.text("#gap-list li:first-child .gap-line").split("\n")
    assert line[:2] == [str(gaps.index[0]), worst["name"]]
    assert line[-1] == f"{told.whole(worst['people'])} 人"
    desk.tab("cells")
    cells = tables["cells"].query(f"level == {LEVEL}").sort_values("uncovered", ascending=False)
    row = desk.text("#grid tr[data-place='0']").split("\t")
    first = cells.iloc[0]
    assert [cell.strip() for cell in row[:2]] == [first["name"], first["code"]]
    assert row[2].strip() == told.whole(first["people"])
    assert row[3].strip() == f"{told.percent(first['share'])} %"
    assert row[4].strip() == told.whole(first["uncovered"])


def test_a_decision_from_the_worst_gap_to_the_brief_and_back(visit, address, tmp_path):
    seen = visit("/demo/plan", size=WIDE, accept_downloads=True)
    desk = Desk(seen, tmp_path)
    desk.settled()
    first = told.study("demo")
    first_page = asked(address, "coverage?profile=walk&minutes=15")
    assert {name: first_page[name] for name in told.FIGURES} == first
    told.yizhan("export", "demo", "--format", "csv", "--out", tmp_path / "today")
    today = told.tables(tmp_path / "today")
    check_page(desk, first)
    check_tables(desk, today)

    why_it_is_a_gap(desk, address, today)
    cancelled_and_asked_again(desk, address)
    promise = promised(desk)
    desk.page.click("#adopt")
    desk.saved()
    plan = desk.manifest()
    station = changes_of(plan)[1]["station"]
    cured = told.study("demo", plan)
    assert told.whole(cured["people"]["covered"] - first["people"]["covered"]) == promise
    check_page(desk, cured, first)

    dragged(desk, station)
    moved = desk.manifest()
    after = told.study("demo", moved)
    check_move(plan, moved, station)
    assert after["people"] != cured["people"]
    check_page(desk, after, first)

    check_comparison(desk, address, moved)
    check_handed_over(desk, moved, after, today)
    colleague(visit, seen.page.url, desk)

    undone(desk)
    assert changes_of(desk.manifest()) == changes_of(plan)
    check_page(desk, cured, first)
    undone(desk)
    assert desk.page.is_disabled("[data-undo]") and desk.page.locator(".changes li").count() == 0
    nothing = desk.manifest()
    assert changes_of(nothing) == []
    assert told.study("demo", nothing) == first
    again = asked(address, f"coverage?profile=walk&minutes=15&scenario={scenario_of(desk)}")
    assert {name: again[name] for name in told.FIGURES} == first
    check_page(desk, first, first)
    assert seen.faults == []


def undone(desk: Desk) -> None:
    """Undo the last edit and wait until it is saved and told."""
    with desk.page.expect_response(lambda answer: answer.request.method == "PUT"):
        desk.page.keyboard.press("Control+z")
    desk.saved()


def changes_of(manifest: Path) -> Any:
    """Return what a manifest changes."""
    return json.loads(manifest.read_text(encoding="utf-8"))["changes"]


def scenario_of(desk: Desk) -> str:
    """Return the id of the scenario in hand."""
    named = re.search(r"scenario=(\w+)", desk.page.url)
    assert named
    return named[1]


def why_it_is_a_gap(desk: Desk, address: str, today: dict[str, pd.DataFrame]) -> None:
    """Open the worst gap: what severs it, and what link would mend it."""
    page = desk.page
    desk.tab("gaps")
    with page.expect_response(lambda answer: "/gaps/1/link" in answer.url) as asked_why:
        page.click("#gap-list li:first-child .gap-line")
    answer = asked_why.value.json()
    desk.settled()
    worst = today["gaps"].iloc[0]
    assert answer["class"] == worst["class"] == "severed"
    assert f"被{worst['barrier']}阻断" in desk.text("#gap-list li.chosen .tag")
    link = answer["missing_link"]
    line = pyproj.Geod(ellps="WGS84").line_length(*zip(*link["line"]["coordinates"], strict=True))
    assert link["metres"] == pytest.approx(line, rel=0.01)
    words = desk.text("#gap-list li.chosen .gap-more")
    assert re.search(rf"补一条 {told.whole(link['metres'])} 米 ?的通道", words)
    assert f"可让 {told.whole(answer['people_in_gap'])} 人到得了" in words
    # The same cause is told at the place in the gap that the export names; the link, if it is
    # built, brings what it promises: to those of this gap, and to others.
    place = json.loads(told.yizhan("why", "demo", worst["lon"], worst["lat"], "--json"))["place"]
    assert (place["class"], place["barrier"]) == (worst["class"], worst["barrier"])
    built = {"kind": "link", "link": "b1", "line": link["line"]["coordinates"]}
    gained = asked(
        address, "what-if", {"profile": "walk", "budget": "15min", "changes": [built]}
    )["gained"]  # fmt: skip
    assert gained >= answer["people_in_gap"] - 1 and gained == pytest.approx(
        link["people"], rel=0.01
    )


def cancelled_and_asked_again(desk: Desk, address: str) -> None:
    """Ask for a plan, cancel it without a trace, and ask again."""
    page = desk.page
    page.click("#gap-list li.chosen [data-act=cure]")
    page.select_option("#goal", "spend")
    page.fill("#goal-amount", str(SPEND))
    page.click("#propose")
    page.wait_for_selector("#propose-bar")
    page.click("#propose-cancel")
    page.wait_for_selector("#tab-plan .notice:not([hidden])")
    assert "已取消" in desk.text("#tab-plan .notice")
    page.wait_for_selector("#propose:enabled")
    assert page.locator("#adopt").count() == 0
    jobs = asked(address, "jobs")["jobs"]
    assert [job["status"] for job in jobs] == ["cancelled"]
    page.click("#propose")
    page.wait_for_selector("#propose-step:not(:empty)")


def promised(desk: Desk) -> str:
    """Wait for the plan and return how many people it promises; it keeps to the budget."""
    desk.page.wait_for_selector("#adopt", timeout=120_000)
    words = desk.text("#proposal .promise")
    gained = re.search(r"新增 ([\d,]+) 人", words)
    spent = re.search(r"费用 (\d+)", words)
    assert gained and spent and int(spent[1]) <= SPEND and "已证明最优" in words
    return gained[1]


def dragged(desk: Desk, station: str) -> None:
    """Drag a station some 150 m to the east; what is told meanwhile is what is true afterwards."""
    page = desk.page
    page.click(".changes li:nth-child(2) .change")
    page.wait_for_url("**view=**")
    desk.settled()
    x, y = desk.standing(station)
    lon, lat = page.evaluate(
        """async (id) => {
            const { drawn } = await import("/static/js/draw/bridge.js");
            const { lat, lng } = (await drawn).layers.stations.position(id);
            return [lng, lat];
        }""",
        station,
    )
    east, north, _ = pyproj.Geod(ellps="WGS84").fwd(lon, lat, 90, DRAGGED_M)
    to = desk.pixel(east, north)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move((x + to[0]) / 2, (y + to[1]) / 2)
    page.wait_for_selector(".edit-bubble b")
    with page.expect_response("**/what-if"):
        page.mouse.move(*to)
    page.wait_for_selector("#figure.previewed")
    page.wait_for_selector(".edit-bubble b")
    page.mouse.up()
    desk.saved()


def check_move(plan: Path, moved: Path, station: str) -> None:
    """Hold two manifests against each other: one station has moved as far as it was dragged."""
    before, after = (changes_of(path) for path in (plan, moved))
    places = [
        next(change["position"] for change in changes if change["station"] == station)
        for changes in (before, after)
    ]
    way = pyproj.Geod(ellps="WGS84").line_length(*zip(*places, strict=True))
    assert way == pytest.approx(DRAGGED_M, abs=5)  # a pixel is 2 m
    rest = [[one for one in changes if one["station"] != station] for changes in (before, after)]
    assert rest[0] == rest[1] and len(before) == len(after)


def check_comparison(desk: Desk, address: str, moved: Path) -> None:
    """Compare with today: the page tells what the command line tells, and back is the opposite."""
    page = desk.page
    page.select_option(".compare select", "today")
    page.wait_for_selector(".comparing")
    page.wait_for_selector(".compare-table:not(.pending) tbody tr")
    there, back = (told.compared("demo", *pair) for pair in (("today", moved), (moved, "today")))
    total = there["totals"]
    row = desk.text(".compare-table tbody tr:nth-child(2)").split("\t")
    assert row[1:] == [
        told.whole(total["before"]["covered"]),
        told.whole(total["after"]["covered"]),
        told.signed(total["difference"]["covered"]),
    ]
    assert opposite(there) == sides(back)
    scenario = scenario_of(desk)
    for level in range(1, 6):
        ways = [
            asked(address, f"compare?a={a}&b={b}&{QUESTION}&level={level}")
            for a, b in (("today", scenario), (scenario, "today"))
        ]
        assert opposite(ways[0]) == sides(ways[1])
        changed = [value for value in ways[0]["cells"]["difference"] if value]
        printed = [
            value
            for value, of in zip(there["cells"]["difference"], there["cells"]["level"], strict=True)
            if value and of == level
        ]
        assert changed == printed and changed
        if level == int(LEVEL):
            desk.tab("compare")
            page.wait_for_selector("#compare:not(.pending) tr[data-key]")
            shown = desk.text("#compare tr[data-place='0']").split("\t")[4].strip()
            assert shown == told.signed(max(changed))
    page.select_option(".compare select", "")
    page.wait_for_selector(".comparing", state="detached")


SIGNED = ("difference", "share_difference", "median_s_difference")


def sides(answer: dict[str, Any]) -> list[Any]:
    """Return what has a sign in a comparison."""
    return [*answer["totals"]["difference"].values()] + [
        value for name in SIGNED for value in answer["cells"][name]
    ]


def opposite(answer: dict[str, Any]) -> list[Any]:
    return [None if value is None else -value for value in sides(answer)]


def check_handed_over(
    desk: Desk, moved: Path, after: dict[str, Any], today: dict[str, pd.DataFrame]
) -> None:
    """Every number of the brief stands in the tables, and all files tell the same city."""
    folder = told.unpacked(desk.handed("csv"))
    told.yizhan("scenario", "run", moved, "--out", desk.folder / "run")
    for path in (desk.folder / "run").iterdir():
        assert (folder / path.name).read_bytes() == path.read_bytes(), path.name
    tables = told.tables(folder)
    figures = tables["figures"].set_index("key")["value"]
    assert figures["people.covered"] == pytest.approx(after["people"]["covered"], abs=0.05)
    check_tables(desk, tables)

    brief = told.Numbers(desk.handed("html").read_text(encoding="utf-8"))
    assert len(brief.found) > 20 and brief.loads == []
    for key, value in brief.found:  # an export keeps one place of people and of metres
        assert value == pytest.approx(found(tables, key, today), abs=0.11), key
    assert any(key.startswith("today:") for key, _ in brief.found)
    pdf = desk.handed("pdf").read_bytes()
    assert pdf.startswith(b"%PDF-") and len(re.findall(rb"/Type /Page\b", pdf)) == 1

    cells = tables["cells"].set_index("code")["covered"].sort_index()
    for form, read in READERS.items():
        other = read(desk.handed(form)).set_index("code")["covered"].sort_index()
        assert other.index.tolist() == cells.index.tolist(), form
        assert other.to_numpy(float) == pytest.approx(cells.to_numpy(), abs=0.06, nan_ok=True), form
    desk.page.keyboard.press("Escape")


def _zipped(name: str) -> Callable[[Path], gpd.GeoDataFrame]:
    def read(path: Path) -> gpd.GeoDataFrame:
        file = next(told.unpacked(path).rglob(name))
        return gpd.read_parquet(file) if file.suffix == ".parquet" else gpd.read_file(file)

    return read


READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    "xlsx": lambda path: pd.read_excel(path, "cells", dtype={"code": str}),
    "gpkg": lambda path: pyogrio.read_dataframe(path, layer="cells"),
    "geojson": _zipped("cells.geojson"),
    "parquet": _zipped("cells.parquet"),
    "shp": _zipped("cells.shp"),
}


def colleague(visit: Callable[..., Watched], url: str, desk: Desk) -> None:
    """The link reopens the same view in another browser."""
    seen = visit(url[url.index("/demo") :], size=WIDE)
    other = Desk(seen, desk.folder)
    other.settled()
    for place in ("#share", "#of", "#gain", ".scenario-button b", ".changes"):
        assert other.text(place) == desk.text(place), place
    assert seen.page.url == url and seen.faults == []
