"""Say when stations were last checked on the spot, and draw a picture of some of them.

The pictures are drawn, not taken, and say so in large letters: 示例图片.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFont

from yundu.stations import Station

#: How many stations have a picture.
COUNT = 12
_CHECKED_FROM, _CHECKED_DAYS = date(2026, 4, 1), 200
#: So many of a hundred were never checked.
_UNCHECKED = 0.12
_SIZE = (1280, 960)
_FONT = (
    Path(__file__).resolve().parents[3] / "webmap/static/vendor/noto-sans-sc/NotoSansSC_700Bold.ttf"
)
_WALLS = ("#e8d9c5", "#d9e2e8", "#e6d3cf", "#dfe4d2", "#e4dced", "#f0e6d0")
_SIGNS = ("#0b7a75", "#b5442e", "#2f5d9b", "#7a5195", "#3f7d3a", "#a86a12")
_SKY, _GROUND, _GLASS, _DARK = "#cfe3f2", "#b9b5ac", "#9fc3d6", "#3c4650"
_LABEL = "示例图片"


def add(rows: Sequence[Station], folder: Path, rng: Random) -> None:
    """Give stations their dates, and some of them a picture in a folder."""
    folder.mkdir(exist_ok=True)
    for row in rows:
        day = _CHECKED_FROM + timedelta(days=rng.randrange(_CHECKED_DAYS))
        row.verified = "" if rng.random() < _UNCHECKED else day.isoformat()
    hubs = [row for row in rows if row.tier != "点"]
    for row in rng.sample(hubs, min(COUNT, len(hubs))):
        row.photo = f"{folder.name}/{row.id}.jpg"
        _front(row, rng).save(folder / f"{row.id}.jpg", "JPEG", quality=82)


def _front(row: Station, rng: Random) -> Image.Image:
    """Draw the front of a station: wall, sign, windows, door, bench, tap and a tree."""
    width, height = _SIZE
    image = Image.new("RGB", _SIZE, _SKY)
    draw = ImageDraw.Draw(image)
    floor = height - 190
    left, right, top = 90 + rng.randrange(60), width - 110 - rng.randrange(60), 210
    draw.rectangle((0, floor, width, height), fill=_GROUND)
    draw.rectangle((left, top, right, floor), fill=rng.choice(_WALLS))
    draw.rectangle((left - 24, top - 34, right + 24, top), fill=_DARK)
    sign = rng.choice(_SIGNS)
    draw.rectangle((left + 40, top + 34, right - 40, top + 164), fill=sign)
    _text(draw, (left + right) / 2, top + 99, row.name, right - left - 130, "white", 66)
    bays = [left + (right - left) * (2 * number + 1) // 8 for number in range(4)]
    door = rng.choice(bays)
    for middle in bays:
        if middle != door:
            draw.rectangle((middle - 82, top + 220, middle + 82, floor - 130), fill=_GLASS)
            draw.line((middle, top + 220, middle, floor - 130), fill=_DARK, width=6)
    draw.rectangle((door - 92, top + 210, door + 92, floor), fill=_DARK)
    draw.rectangle((door - 80, top + 222, door - 4, floor - 8), fill=_GLASS)
    draw.rectangle((door + 4, top + 222, door + 80, floor - 8), fill=_GLASS)
    bench = (left + right) // 2 + rng.randrange(-90, 90)
    draw.rectangle((bench - 130, floor + 28, bench + 130, floor + 46), fill="#7a4f2b")
    for leg in (-110, 110):
        draw.rectangle((bench + leg - 8, floor + 46, bench + leg + 8, floor + 92), fill=_DARK)
    tree = rng.choice((left - 30, right + 30))
    draw.rectangle((tree - 12, floor - 190, tree + 12, floor + 20), fill="#6b4a2f")
    draw.ellipse((tree - 105, floor - 400, tree + 105, floor - 170), fill="#5d8f4e")
    _text(draw, width / 2, height - 46, _LABEL, width - 200, "#5a5750", 64)
    return image


def _text(
    draw: ImageDraw.ImageDraw, x: float, y: float, text: str, width: float, fill: str, size: int
) -> None:
    """Write a line around a point, smaller where it would be too long."""
    font = ImageFont.truetype(_FONT, size)
    while size > 20 and draw.textlength(text, font) > width:
        size -= 4
        font = ImageFont.truetype(_FONT, size)
    draw.text((x, y), text, fill=fill, font=font, anchor="mm")
