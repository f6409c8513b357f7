"""Read the package's own scripts, style sheets and words, for maps that carry everything inside.

Nothing but files of this package is ever read here; the data of a map comes from its caller.
"""

from __future__ import annotations

import base64
import gettext
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from geo.errors import Fault, InputError

PACKAGE = Path(__file__).resolve().parents[1]
STATIC = PACKAGE / "static"
#: The modules of a page as one classic script, made at set-up by ``python -m webmap.vendor``.
MAP_BUNDLE, MEETING_BUNDLE = "bundle/file.js", "bundle/meetingfile.js"

_IMAGE = re.compile(r"url\((?!data:)[\"']?([^)\"']+)[\"']?\)")
_END_OF_SCRIPT = re.compile(r"<(?=/script|!--)", re.IGNORECASE)


def script(name: str) -> str:
    """Return a script below the static folder, fit to stand inside a script element."""
    text = _read(STATIC / name)
    # The map beside it would be asked for, and a file has no such neighbour.
    text = re.sub(r"(?m)^//# sourceMappingURL=.*$", "", text)
    return _END_OF_SCRIPT.sub(r"\\x3c", text)


def sheet(name: str) -> str:
    """Return a style sheet below the static folder; its images become part of it."""
    path = STATIC / name

    def inlined(found: re.Match[str]) -> str:
        image = path.parent / found[1]
        if image.suffix != ".png" or not image.is_file():
            return "none"  # such as url(#default#VML), for browsers of old
        return f"url({_data_url(image)})"

    return _IMAGE.sub(inlined, _read(path))


def marker_icons() -> dict[str, str]:
    """Return Leaflet's own marker images as data, for markers that somebody adds to a map."""
    folder = STATIC / "vendor/leaflet/images"
    names = {
        "iconUrl": "marker-icon",
        "iconRetinaUrl": "marker-icon-2x",
        "shadowUrl": "marker-shadow",
    }
    return {option: _data_url(folder / f"{name}.png") for option, name in names.items()}


def _data_url(image: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(image.read_bytes()).decode()}"


def messages(lang: str) -> dict[str, str]:
    """Return the catalogue of a language, Chinese text → text; empty for Chinese itself."""
    path = PACKAGE / "translations" / lang / "LC_MESSAGES" / "messages.mo"
    if not path.is_file():
        return {}
    with path.open("rb") as stream:
        found: dict[Any, str] = getattr(gettext.GNUTranslations(stream), "_catalog", {})
    return {key: text for key, text in found.items() if key and isinstance(key, str)}


def body(name: str, lang: str, **values: Any) -> str:
    """Return one of the page templates rendered in a language; all values are escaped."""
    words: Mapping[str, str] = messages(lang)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PACKAGE / "templates"), autoescape=True
    )
    environment.globals["_"] = lambda text: words.get(text, text)
    return environment.get_template(name).render(lang=lang, **values)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        remedy = "run 'make vendor' (or python -m webmap.vendor)"
        raise InputError(Fault(str(path), "no such file", remedy)) from error
