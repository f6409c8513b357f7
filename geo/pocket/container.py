"""Put named sections into one file that a phone can check and read: the container of a pocket.

Layout, numbers little-endian: ``YZPK``; the version of the format (2 bytes); 2 bytes of zero; the
length of the head (4 bytes); the head, JSON in UTF-8; the sections, one after the other; the
SHA-256 of all that stands before (32 bytes). The head's ``sections`` lists name, kind and number of
bytes of each section in their order; kind is one of :data:`geo.pocket.columns.Kind` or ``json``.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from geo.pocket import columns

MAGIC = b"YZPK"
#: Changes when an older reader would misread the file; such a reader throws it away.
FORMAT = 1
_FIXED = struct.Struct("<4sHHI")
_DIGEST = 32


@dataclass(frozen=True)
class Section:
    """Hold one named part of a pocket, written already."""

    name: str
    kind: columns.Kind | str
    content: bytes


class PocketBroken(ValueError):
    """A file is no pocket, is damaged, or was written by another version of the format."""


def column(name: str, values: ArrayLike, kind: columns.Kind) -> Section:
    """Return a section of numbers."""
    return Section(name, kind, columns.encode(values, kind))


def table(name: str, value: Any) -> Section:
    """Return a section of plain values, written as JSON."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Section(name, "json", text.encode())


def write(head: Mapping[str, Any], sections: list[Section]) -> bytes:
    """Return a pocket as bytes: its facts and its sections."""
    listed = [[section.name, section.kind, len(section.content)] for section in sections]
    text = json.dumps(
        {**head, "sections": listed}, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).encode()
    body = _FIXED.pack(MAGIC, FORMAT, 0, len(text)) + text
    body += b"".join(section.content for section in sections)
    return body + hashlib.sha256(body).digest()


def read(content: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the head and the sections of a pocket, or raise :class:`PocketBroken`."""
    if len(content) < _FIXED.size + _DIGEST or content[:4] != MAGIC:
        raise PocketBroken("this is no pocket")
    _, version, _, length = _FIXED.unpack_from(content)
    if version != FORMAT:
        raise PocketBroken(f"a pocket of format {version}; this version reads {FORMAT}")
    if hashlib.sha256(content[:-_DIGEST]).digest() != content[-_DIGEST:]:
        raise PocketBroken("the pocket is damaged: its bytes are not those that were written")
    at = _FIXED.size + length
    head = json.loads(content[_FIXED.size : at])
    sections: dict[str, Any] = {}
    for name, kind, size in head["sections"]:
        part = content[at : at + size]
        sections[name] = json.loads(part) if kind == "json" else columns.decode(part, kind)
        at += size
    return head, sections
