from __future__ import annotations

import gzip
import math

import pytest

from tests.webmap import tinycity


@pytest.fixture
def facts(client):
    return client.get("/api/cities/tiny").json


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int]:
    """Return the column and row of the web map tile that holds a position."""
    n = 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * n), int(y * n)


def test_a_range_of_the_file(client, facts):
    url = facts["tiles"]["roads"]["url"]
    whole = client.get(url)
    assert whole.status_code == 200
    assert whole.mimetype == "application/vnd.pmtiles"
    part = client.get(url, headers={"Range": "bytes=7-126", "Accept-Encoding": "gzip"})
    assert part.status_code == 206
    assert part.data == whole.data[7:127]
    assert part.headers["Content-Range"] == f"bytes 7-126/{len(whole.data)}"
    assert "Content-Encoding" not in part.headers
    assert "immutable" in part.headers["Cache-Control"]


def test_a_range_beyond_the_file_is_refused(client, facts):
    answer = client.get(facts["tiles"]["roads"]["url"], headers={"Range": "bytes=99999999-"})
    assert answer.status_code == 416
    assert answer.mimetype == "application/problem+json"


def test_the_same_file_is_not_sent_twice(client, facts):
    url = facts["tiles"]["roads"]["url"]
    etag = client.get(url).headers["ETag"]
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304


def test_an_old_version_is_gone(client):
    answer = client.get("/tiles/tiny/old/roads.pmtiles")
    assert answer.status_code == 404
    assert "load the page again" in answer.json["detail"]


@pytest.mark.parametrize("layer", ["volcanoes", "..", "%2e%2e%2fmanifest"])
def test_only_known_layers_are_served(client, facts, layer):
    assert client.get(f"/tiles/tiny/{facts['version']}/{layer}.pmtiles").status_code == 404
    assert client.get(f"/api/cities/tiny/tiles/{layer}/14/1/1.mvt").status_code == 404


def test_one_tile_holds_the_cells(client, facts):
    zoom = facts["tiles"]["cells"]["maxzoom"]
    x, y = tile_of(tinycity.lon(2.5), tinycity.lat(2.5), zoom)
    url = f"/api/cities/tiny/tiles/cells/{zoom}/{x}/{y}.mvt"
    plain = client.get(url)
    assert plain.status_code == 200
    assert plain.mimetype == "application/vnd.mapbox-vector-tile"
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    for text in (b"cells", b"code", b"0101", "西社区".encode()):  # strings lie open in a tile
        assert text in plain.data
    assert client.get(url, headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("tile", ["14/0/0", "30/1/1", "14/99999/1", "9999999999/1/1"])
def test_a_tile_without_content_is_empty(client, tile):
    answer = client.get(f"/api/cities/tiny/tiles/cells/{tile}.mvt")
    assert answer.status_code == 204
    assert answer.data == b""
