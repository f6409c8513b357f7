"""Draw the product's mark as pictures, for the home screen of a phone.

It is the mark of ``static/favicon.svg``: a house with a light in it, in white on blue. A *maskable*
picture fills its square, and its mark stands within the circle that every phone leaves.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

#: The colours of the mark, which are those of the pages (css/tokens.css).
BLUE, WHITE = "#26327f", "#ffffff"
#: The mark on a square of 32: house, line width, light and its radius.
_HOUSE = ((8.0, 14.0), (16.0, 8.0), (24.0, 14.0), (24.0, 24.0), (8.0, 24.0))
_LINE, _LIGHT, _RADIUS = 2.4, (16.0, 17.5), 2.6
_SIDE, _MARGIN, _CORNER = 32.0, 2.0, 8.0
#: Drawn so many times larger and made smaller, so that edges are smooth.
_FINER = 4


@dataclass(frozen=True)
class Icon:
    """Describe a picture: its side in pixels, and whether it fills its square to the edge."""

    side: int
    full: bool
    purpose: str = "any"


ICONS: Mapping[str, Icon] = {
    "icon-192": Icon(192, full=False),
    "icon-512": Icon(512, full=False),
    "maskable-512": Icon(512, full=True, purpose="maskable"),
    "apple-touch": Icon(180, full=True),
}


@lru_cache
def png(name: str) -> bytes:
    """Return a picture of :data:`ICONS` as PNG."""
    icon = ICONS[name]
    side = icon.side * _FINER
    picture = Image.new("RGBA", (side, side), BLUE if icon.full else "#00000000")
    pen = ImageDraw.Draw(picture)
    scale = side / _SIDE
    if not icon.full:
        edge = (_MARGIN * scale, _MARGIN * scale, side - _MARGIN * scale, side - _MARGIN * scale)
        pen.rounded_rectangle(edge, _CORNER * scale, fill=BLUE)
    corners = [(x * scale, y * scale) for x, y in _HOUSE]
    width = round(_LINE * scale)
    pen.line([*corners, corners[0]], WHITE, width, joint="curve")
    for x, y in corners:  # Pillow rounds the joints between lines, but not the first one
        pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), WHITE)
    x, y, radius = *(each * scale for each in _LIGHT), _RADIUS * scale
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), WHITE)
    out = io.BytesIO()
    small = picture.resize((icon.side, icon.side), Image.Resampling.LANCZOS)
    small.save(out, "PNG", optimize=True)
    return out.getvalue()
