"""Serve the city's own map tiles: whole files by byte ranges, or one tile at a time."""

from __future__ import annotations

import gzip
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request, send_file
from pmtiles.tile import Compression
from werkzeug.exceptions import NotFound

from webmap import catalog, responses
from webmap.catalog import LoadedCity
from webmap.facts import TileFile

tiles = APIBlueprint("tiles", __name__, tag="Tiles")

_MVT = "application/vnd.mapbox-vector-tile"
_PMTILES = "application/vnd.pmtiles"


def _bytes(mimetype: str, said: dict[int, str]) -> dict[int | str, Any]:
    """Describe answers of bytes for OpenAPI; ``said`` is one sentence for each status."""
    content = {mimetype: {"schema": {"type": "string", "format": "binary"}}}
    return {
        status: {"description": text, **({"content": content} if status in (200, 206) else {})}
        for status, text in said.items()
    }


def _file(city: LoadedCity, layer: str) -> TileFile:
    if layer not in city.tiles:
        known = ", ".join(city.tiles) or "none"
        raise NotFound(f"{city.slug} has no tile layer {layer!r}; there are: {known}")
    return city.tiles[layer]


@tiles.get("/tiles/<slug>/<version>/<layer>.pmtiles")
@tiles.doc(
    responses=_bytes(
        _PMTILES, {200: "The file", 206: "A range of it", 416: "The file has no such range"}
    )
)
def tile_archive(slug: str, version: str, layer: str) -> Response:
    """Return a PMTiles file, or a range of its bytes.

    The version stands in the address, so that a browser never mixes the ranges of two files.
    """
    city = catalog.current().city(slug)
    if version != city.version:
        raise NotFound(f"{slug} is at version {city.version}, not {version}; load the page again")
    file = _file(city, layer)
    response = send_file(
        file.path, mimetype=_PMTILES, conditional=True, etag=f"{version}-{layer}", max_age=31536000
    )
    response.headers["Cache-Control"] = responses.IMMUTABLE
    return response


@tiles.get("/api/cities/<slug>/tiles/<layer>/<int:z>/<int:x>/<int:y>.mvt")
@tiles.doc(responses=_bytes(_MVT, {200: "A tile", 204: "Nothing is drawn in this tile"}))
def one_tile(slug: str, layer: str, z: int, x: int, y: int) -> Response:
    """Return one Mapbox vector tile."""
    city = catalog.current().city(slug)
    file = _file(city, layer)
    packed = file.header["tile_compression"] == Compression.GZIP

    def produce() -> bytes:
        content = file.tile(z, x, y) or b""
        return gzip.decompress(content) if packed and content else content

    if packed and request.accept_encodings["gzip"]:
        response = responses.body(city.version, lambda: file.tile(z, x, y) or b"", mimetype=_MVT)
        if response.status_code == 200:
            response.headers["Content-Encoding"] = "gzip"
    else:
        response = responses.body(city.version, produce, mimetype=_MVT)
    response.vary.add("Accept-Encoding")
    if response.status_code == 200 and not response.get_data():
        response.status_code = 204
        response.headers.pop("Content-Encoding", None)
    return response
