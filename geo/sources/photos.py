"""Take pictures of stations into a city: small, upright, and with nothing in them but the picture.

A list names the files beside it. Each is decoded and encoded anew, so that no place or camera
written into the file (EXIF), no other payload and no broken end of it is ever handed on.
"""

from __future__ import annotations

import hashlib
import math
import struct
import warnings
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import geopandas as gpd
from PIL import Image, ImageOps, UnidentifiedImageError

from geo.errors import Fault, InputError, cut

#: The longer side of a kept picture, pixels.
SIDE = 1200
#: Larger files and pictures are refused before they are decoded: they fill the memory. So many
#: pixels are decoded; a JPEG of more is read at a half, a quarter or an eighth of its side.
MOST_BYTES, MOST_PIXELS, MOST_DECODED = 30_000_000, 60_000_000, 16_000_000
SUFFIX = ".webp"
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 80
#: What Pillow raises on files that are cut off, damaged or made to do harm.
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
_ANOTHER = "give a JPEG, PNG or WebP file of another picture, or leave the entry away"


def faults_of(folder: Path, names: Iterable[str], places: Iterable[str]) -> list[Fault]:
    """Return what is wrong with the file names of a list in ``folder``; each stands at a place.

    Names are relative to the list's folder, and lead nowhere else.
    """
    home = folder.resolve()
    faults = []
    for name, place in zip(names, places, strict=True):
        if not name:
            continue
        try:
            path = (home / name).resolve()
            there = path.is_file()
        except (OSError, ValueError):  # too long a name, or one with a null character
            there = False
        if not there:
            remedy = f"put it into {home}, or empty the entry"
            faults.append(Fault(place, f"photo {cut(name)}: no such file", remedy))
        elif not path.is_relative_to(home):
            seen = f"photo {cut(name)}: outside of the list's folder"
            faults.append(Fault(place, seen, f"put it into {home}"))
    return faults


def keep(stations: gpd.GeoDataFrame, source: Path, folder: Path) -> gpd.GeoDataFrame:
    """Write the pictures of a list of stations into a folder; return the stations with their names.

    ``source`` is the list, of which the stations have the names of its files. Kept names follow
    from the content. Raises :class:`~geo.errors.InputError` naming all that cannot be read.
    """
    kept: dict[str, str] = {"": ""}
    faults = []
    for name, station in zip(stations["photo"], stations["id"], strict=True):
        if name in kept:
            continue
        folder.mkdir(exist_ok=True)
        try:
            content = encoded(source.parent / name)
        except InputError as error:
            place = f"{source.name} station {station}"
            faults += [
                Fault(place, f"photo {cut(name)}: {fault.seen}", fault.remedy)
                for fault in error.faults
            ]
            continue
        kept[name] = hashlib.sha256(content).hexdigest()[:20] + SUFFIX
        (folder / kept[name]).write_bytes(content)
    if faults:
        raise InputError(faults)
    return stations.assign(photo=[kept[name] for name in stations["photo"]])


def encoded(path: Path) -> bytes:
    """Return a picture as WebP: upright, at most :data:`SIDE` pixels a side, without metadata.

    Raises :class:`~geo.errors.InputError` for what is no picture, or too large a one.
    """

    def refused(seen: str) -> InputError:
        return InputError(Fault(path.name, seen, _ANOTHER))

    if path.stat().st_size > MOST_BYTES:
        raise refused(f"{path.stat().st_size / 1e6:.0f} MB; {MOST_BYTES / 1e6:.0f} MB are taken")
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(path, formats=_FORMATS) as image:
                width, height = image.size
                image.draft("RGB", (SIDE, SIDE))  # a JPEG need not be decoded in full
                if width * height > MOST_PIXELS or math.prod(image.size) > MOST_DECODED:
                    most = f"{MOST_PIXELS // 10**6} million of a JPEG are taken, "
                    most += f"{MOST_DECODED // 10**6} million of others"
                    raise refused(f"{width} × {height} pixels are too many; {most}")
                ImageOps.exif_transpose(image, in_place=True)
                return _small(image)
        except UnidentifiedImageError:
            raise refused("no JPEG, PNG or WebP picture") from None
        except _UNREADABLE as error:
            raise refused(f"cannot be read as a picture ({type(error).__name__})") from error


def _small(image: Image.Image) -> bytes:
    """Return the first frame of a picture as WebP, what is transparent on white."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    small = image if image.mode == mode else image.convert(mode)  # convert always copies
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    flat = Image.new("RGB", small.size, "white")
    flat.paste(small, mask=small.getchannel("A") if mode == "RGBA" else None)
    out = BytesIO()
    flat.save(out, "WEBP", quality=_QUALITY, method=4)
    return out.getvalue()
