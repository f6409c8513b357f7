"""What a phone brings for flight mode: the pocket, its size, the service worker, the manifest."""

from __future__ import annotations

import gzip
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image

from geo import pocket, workspace
from webmap import clock, icons
from webmap import pocket as pockets
from webmap.cli import main

URL = "/api/cities/tiny/pocket"
STATIC = Path(pockets.__file__).parent / "static"


def shell_of(client: Any) -> dict[str, Any]:
    script = client.get("/sw.js?city=tiny").get_data(as_text=True)
    first = script.split(";\n", 1)[0]
    told: dict[str, Any] = json.loads(first.removeprefix("const SHELL = "))
    return told


# --- the pocket ----------------------------------------------------------------------------------
def test_the_pocket_is_the_citys(client: Any):
    answer = client.get(URL)
    assert answer.status_code == 200
    assert answer.mimetype == pockets.MIMETYPE
    head, sections = pocket.read(answer.get_data())
    assert head["city"] == "tiny"
    data = workspace.load("tiny")
    assert head["day"] == clock.today(data).isoformat()
    assert [station["id"] for station in sections["stations"]] == ["c1", "h2"]
    assert len(sections["node.lon"]) == data.network.n_nodes


def test_it_travels_packed_and_once(client: Any):
    plain = client.get(URL).get_data()
    packed = client.get(URL, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.get_data()) == plain
    again = client.get(URL, headers={"If-None-Match": packed.headers["ETag"]})
    assert again.status_code == 304


def test_its_size_is_told_before(client: Any):
    told = client.get(f"{URL}/facts").get_json()
    packed = client.get(URL, headers={"Accept-Encoding": "gzip"})
    assert told["bytes"] == len(packed.get_data())
    assert told["total"] == told["bytes"] + sum(tile["bytes"] for tile in told["tiles"])
    assert told["days"] == 14
    names = {tile["name"] for tile in told["tiles"]}
    assert "roads" in names
    assert "cells" not in names  # the planner's
    for tile in told["tiles"]:
        assert len(client.get(tile["url"]).get_data()) == tile["bytes"]


def test_map_files_too_large_for_a_phone_stay_away(client: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pockets, "MOST_TILE_BYTES", 1)
    with client.application.app_context():
        from webmap import catalog

        city = catalog.current().city("tiny")
        assert pockets.facts(city, date(2026, 1, 5), "")["tiles"] == []


def test_another_day_is_another_pocket(client: Any):
    data = workspace.load("tiny")
    days = [pocket.read(pockets.made(data, date(2026, 11, n)).content)[0]["day"] for n in (1, 2)]
    assert days == ["2026-11-01", "2026-11-02"]


def test_the_days_alone_are_a_small_part_that_stands_in_for_its_like(client: Any):
    answer = client.get(f"{URL}?only=days")
    head, sections = pocket.read(answer.get_data())
    whole, all_sections = pocket.read(client.get(URL).get_data())
    assert {name.partition(".")[0] for name in sections} == {"hours", "gate"}
    assert head["day"] == whole["day"] and set(sections) < set(all_sections)
    packed = client.get(f"{URL}?only=days", headers={"Accept-Encoding": "gzip"})
    told = client.get(f"{URL}/facts").get_json()
    assert told["renewal"] == len(packed.get_data()) < told["bytes"] / 4
    assert answer.headers["ETag"] != client.get(URL).headers["ETag"]
    assert client.get(f"{URL}?only=streets").status_code == 422


def test_an_unknown_city_has_none(client: Any):
    assert client.get("/api/cities/nowhere/pocket").status_code == 404
    assert client.get("/sw.js?city=nowhere").status_code == 404
    assert client.get("/sw.js").status_code == 404


# --- the page without network --------------------------------------------------------------------
def test_the_service_worker_keeps_every_file_of_the_page(client: Any):
    told = shell_of(client)
    assert told["page"] == "/tiny/find"
    files = set(told["files"])
    for address in files:
        assert client.get(address).status_code == 200, address
    named = re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get("/tiny/find").get_data(True))
    assert set(named) <= files
    # Whatever a module imports, at once or later, is kept with it.
    for address in [each for each in files if each.endswith(".js") and "/js/" in each]:
        path = STATIC / address.removeprefix("/static/")
        for found in re.findall(r'from "(\.[^"]+)"|import\("(\.[^"]+)"\)', path.read_text()):
            target = (path.parent / "".join(found)).resolve().relative_to(STATIC.resolve())
            assert f"/static/{target.as_posix()}" in files, (address, found)
    readers = (STATIC / "js/pocket").glob("*.js")
    assert {f"/static/js/pocket/{path.name}" for path in readers} <= files


def test_the_service_worker_changes_with_a_file(tmp_path: Path, client: Any):
    with client.application.app_context():
        from webmap import catalog

        city = catalog.current().city("tiny")
    (tmp_path / "js").mkdir()
    (tmp_path / "js/a.js").write_text('import { b } from "./b.js";\n')
    (tmp_path / "js/b.js").write_text("export const b = 1;\n")
    html = '<script type="module" src="/static/js/a.js"></script>'

    def shell() -> dict[str, Any]:
        return pockets.shell(city, "/tiny/find", html, tmp_path, "v1")

    before = shell()
    assert before["files"] == ["/static/js/a.js", "/static/js/b.js"]
    (tmp_path / "js/b.js").write_text("export const b = 2;\n")
    assert shell()["software"] != before["software"]
    other = pockets.shell(city, "/tiny/find", html, tmp_path, "v2")
    assert other["software"] != shell()["software"]


@pytest.mark.parametrize(("language", "name"), [("zh", "找驿站"), ("en", "Find a station")])
def test_the_manifest_lets_the_page_stand_on_a_home_screen(client: Any, language: str, name: str):
    answer = client.get(f"/tiny/find/manifest.webmanifest?lang={language}")
    assert answer.mimetype == "application/manifest+json"
    told = answer.get_json(force=True)
    assert told["short_name"] == name
    assert told["start_url"] == told["scope"] == "/tiny/find"
    assert told["display"] == "standalone"
    purposes = set()
    for icon in told["icons"]:
        picture = Image.open(io.BytesIO(client.get(icon["src"]).get_data()))
        assert f"{picture.width}x{picture.height}" == icon["sizes"]
        purposes.add((icon["sizes"], icon["purpose"]))
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= purposes


def test_a_maskable_picture_keeps_its_mark_within_the_circle_of_phones():
    # W3C, Web Application Manifest, “maskable”: a circle of 40 % of the side is always seen.
    picture = Image.open(io.BytesIO(icons.png("maskable-512"))).convert("RGB")
    ground = picture.getpixel((0, 0))
    for x in range(0, 512, 4):
        for y in range(0, 512, 4):
            if (x - 256) ** 2 + (y - 256) ** 2 > (0.4 * 512) ** 2:
                assert picture.getpixel((x, y)) == ground, (x, y)


def test_a_picture_that_there_is_not(client: Any):
    assert client.get("/tiny/find/icon-7.png").status_code == 404


# --- the command ---------------------------------------------------------------------------------
def test_the_command_writes_the_pocket_and_prints_its_parts(tmp_path: Path):
    out = tmp_path / "tiny.pocket"
    done = CliRunner().invoke(main, ["pocket", "tiny", "--out", str(out), "--day", "2026-11-20"])
    assert done.exit_code == 0, done.output
    head, _ = pocket.read(out.read_bytes())
    assert head["day"] == "2026-11-20"
    for part in pockets.PARTS.values():
        assert part in done.output
    assert f"{out.stat().st_size:,}" in done.output
