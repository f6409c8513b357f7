"""Make an empty presentation of our own, and the bytes of a full one.

python-pptx brings a template of 4:3 with eleven layouts in a Latin font. Of it only the skeleton is
kept: 16:9, three layouts that are used, a theme that names a Latin and an East Asian typeface (no
boxes on a machine that has either) and the colours of the maps. Measures are in points, from the
upper left corner of a slide of 960 × 540: half a point is a pixel of a screen of 1920 × 1080.

Nothing reads a clock: a file carries the date of the data, and equal slides are equal bytes.
"""

from __future__ import annotations

import copy
import io
import zipfile
from datetime import datetime
from typing import Any

import pptx
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.opc.oxml import serialize_part_xml
from pptx.opc.package import Part
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.presentation import Presentation
from pptx.slide import NotesMaster, Slide, SlideLayout, SlideMaster
from pptx.util import Pt

from geo.report import style

WIDTH, HEIGHT, MARGIN = 960.0, 540.0, 36.0
#: Where the map of a view stands, and how much the words of the cover leave to the same map.
MAP = (384.0, 16.0, WIDTH - 384.0 - 16.0, 460.0)
COVER_WIDE = WIDTH - HEIGHT * MAP[2] / MAP[3]
#: A typeface that every office suite has, or knows by what to replace it.
LATIN, EAST_ASIAN = "Arial", "Microsoft YaHei"
AUTHOR = "yizhan"
#: Sizes of the smallest text, of captions and of sentences, points: readable from eight metres.
SMALL, CAPTION, SENTENCE = 10.0, 12.0, 15.0

_COLOURS = {
    "dk1": style.INK,
    "lt1": style.PAPER,
    "dk2": style.BRAND,
    "lt2": style.GROUND,
    "accent1": style.FIGURE,
    "accent2": style.CIRCLE,
    "accent3": style.GAP_HATCH,
    "accent4": style.GOOD,
    "accent5": style.SHARE[3],
    "accent6": style.OFFER_HATCH,
    "hlink": style.CIRCLE,
    "folHlink": style.BRAND,
}
#: Name, kind and placeholders of every layout that is kept, by its number in the template; the
#: place of a title is (left, top, width, height).
_LAYOUTS = {
    0: ("Cover", "title", (MARGIN, 150.0, COVER_WIDE - 2 * MARGIN, 150.0)),
    5: ("View", "titleOnly", (MARGIN, 50.0, 320.0, 84.0)),
    1: ("Table", "titleOnly", (MARGIN, 50.0, WIDTH - 2 * MARGIN, 44.0)),
}
COVER, VIEW, TABLE = range(3)
_FOOTER = (MARGIN, 516.0, WIDTH - 2 * MARGIN - 40.0, 14.0)
_NUMBER = (WIDTH - MARGIN - 36.0, 516.0, 36.0, 14.0)
#: Archives carry this for every file, as no date is the date of a part.
_STILL = (1980, 1, 1, 0, 0, 0)


def empty() -> Presentation:
    """Return a presentation without slides: our size, layouts, fonts and colours."""
    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = Pt(WIDTH), Pt(HEIGHT)
    _themed(deck.slide_master)
    _master(deck.slide_master)
    _layouts(deck)
    for part, kind in (
        (deck.part, RT.PRINTER_SETTINGS),
        (deck.part.package, RT.THUMBNAIL),
        (deck.part.package, RT.EXTENDED_PROPERTIES),
    ):
        _forget(part, kind)
    _themed(deck.notes_master)
    return deck


def add(deck: Presentation, layout: int) -> Slide:
    """Add a slide by the number of its layout, with an empty footer and its number."""
    chosen = deck.slide_layouts[layout]
    slide = deck.slides.add_slide(chosen)
    placeholders: Any = chosen.placeholders  # which python-pptx types as one that has no items
    for shape in placeholders:
        kind = shape.element.find(f".//{qn('p:ph')}").get("type")
        if kind not in ("ftr", "sldNum"):
            continue
        own = copy.deepcopy(shape.element)
        slide.shapes._spTree.append(own)
        own.nvSpPr.cNvPr.set("id", str(slide.shapes._next_shape_id))
        text = own.find(f".//{qn('a:t')}")
        text.text = "" if kind == "ftr" else str(len(deck.slides))
    return slide


def packed(deck: Presentation, title: str, day: datetime) -> bytes:
    """Return the bytes of a presentation: dates of the data, archives without dates."""
    about = deck.core_properties
    about.title, about.author, about.last_modified_by = title, AUTHOR, AUTHOR
    about.subject = about.keywords = about.comments = about.category = ""
    about.created = about.modified = day.replace(tzinfo=None)
    about.revision = 1
    held = io.BytesIO()
    deck.save(held)
    out = io.BytesIO()
    with zipfile.ZipFile(held) as made, zipfile.ZipFile(out, "w") as still:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, _STILL)
            entry.external_attr = 0o600 << 16
            packing = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            still.writestr(entry, made.read(name), packing)
    return out.getvalue()


# --- theme ---------------------------------------------------------------------------------------


def _themed(master: SlideMaster | NotesMaster) -> None:
    """Give the theme of a master our fonts and colours."""
    part: Part = master.part.part_related_by(RT.THEME)
    # The part of a slide master's theme holds bytes, that of the notes' an element.
    theme: Any = part._element if hasattr(part, "_element") else parse_xml(part.blob)
    theme.set("name", AUTHOR)
    for kind in ("a:majorFont", "a:minorFont"):
        fonts = theme.find(f".//{qn(kind)}")
        fonts.find(qn("a:latin")).set("typeface", LATIN)
        fonts.find(qn("a:ea")).set("typeface", EAST_ASIAN)
        for other in fonts.findall(qn("a:font")):
            if other.get("script") == "Hans":
                other.set("typeface", EAST_ASIAN)
    for name, colour in _COLOURS.items():
        entry = theme.find(f".//{qn('a:clrScheme')}/{qn(f'a:{name}')}")
        for child in list(entry):
            entry.remove(child)
        own = OxmlElement("a:srgbClr")
        own.set("val", colour.lstrip("#"))
        entry.append(own)
    if not hasattr(part, "_element"):
        part._blob = serialize_part_xml(theme)


# --- layouts -------------------------------------------------------------------------------------


def _master(master: SlideMaster) -> None:
    _, _, place = _LAYOUTS[5]
    _placeholders(
        master.element.cSld.spTree,
        _placeholder(2, "title", "title", place, "Title", 'anchor="t"'),
        _placeholder(3, "body", 'body" idx="1', (MARGIN, 150.0, 888.0, 330.0), "Text"),
        _footer(4, "3"),
        _number(5, "4"),
    )
    title = master.element.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    title.set("algn", "l")
    words = title.find(qn("a:defRPr"))
    words.set("sz", "2800")
    words.set("b", "1")


def _layouts(deck: Presentation) -> None:
    """Keep the layouts that are used, in our order, with our placeholders."""
    kept = [deck.slide_layouts[number] for number in _LAYOUTS]
    for layout in list(deck.slide_layouts):
        if layout not in kept:
            deck.slide_layouts.remove(layout)
    listed = deck.slide_master.element.get_or_add_sldLayoutIdLst()
    entries = {deck.slide_master.part.related_part(e.rId): e for e in list(listed)}
    for layout, (name, kind, place) in zip(kept, _LAYOUTS.values(), strict=True):
        listed.append(entries[layout.part])  # moved to the end: in our order
        _layout(layout, name, kind, place)


def _layout(
    layout: SlideLayout, name: str, kind: str, place: tuple[float, float, float, float]
) -> None:
    layout.element.set("type", kind)
    layout.element.cSld.set("name", name)
    if kind == "title":
        left, top, width, height = place
        panel = (0.0, 0.0, left + width + MARGIN, HEIGHT)
        below = (left, top + height + 12.0, width, 84.0)
        white = '<a:schemeClr val="bg1"/>'
        shapes = [
            _panel(6, panel),
            _placeholder(2, "title", "ctrTitle", place, "Title", 'anchor="b"', 44, white),
            _placeholder(3, "subtitle", 'subTitle" idx="1', below, "Subtitle", "", 18, white),
        ]
    else:
        title = _placeholder(2, "title", "title", place, "Title", 'anchor="t"')
        shapes = [title, _footer(4, "11"), _number(5, "12")]
    _placeholders(layout.element.cSld.spTree, *shapes)


def _placeholders(tree: Any, *shapes: str) -> None:
    """Put shapes in the place of all that a master or a layout shows."""
    for shape in list(tree)[2:]:
        tree.remove(shape)
    for shape in shapes:
        tree.append(parse_xml(shape))


def _placeholder(
    number: int,
    name: str,
    kind: str,
    place: tuple[float, float, float, float],
    text: str,
    body: str = "",
    size: float = 0.0,
    colour: str = "",
    align: str = "",
) -> str:
    """Return the XML of a placeholder; a size (points) or colour of its own on demand."""
    fill = f"<a:solidFill>{colour}</a:solidFill>" if colour else ""
    points = f' sz="{size * 100:.0f}"' if size else ""
    own = f"<a:defRPr{points}>{fill}</a:defRPr>"
    level = f'<a:lvl1pPr marL="0" indent="0"{align}><a:buNone/>{own}</a:lvl1pPr>'
    return (
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/>'
        f'<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr>'
        f"</p:nvSpPr><p:spPr>{_place(place)}"
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody>'
        f'<a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" {body}><a:noAutofit/>'
        f"</a:bodyPr><a:lstStyle>{level if size or align else ''}</a:lstStyle>"
        f"<a:p>{text if text.startswith('<') else f'<a:r><a:t>{text}</a:t></a:r>'}</a:p>"
        "</p:txBody></p:sp>"
    )


_QUIET = f'<a:srgbClr val="{style.THIRD.lstrip("#")}"/>'


def _footer(number: int, index: str) -> str:
    return _placeholder(
        number, "footer", f'ftr" sz="quarter" idx="{index}', _FOOTER, "Footer", "", 9, _QUIET,
        ' algn="l"',
    )  # fmt: skip


def _number(number: int, index: str) -> str:
    field = (
        '<a:fld id="{C1FF6DA9-008F-8B48-92A6-B652298478BF}" type="slidenum">'
        "<a:rPr/><a:t>‹#›</a:t></a:fld>"
    )
    return _placeholder(
        number, "slide number", f'sldNum" sz="quarter" idx="{index}', _NUMBER, field, "", 9,
        _QUIET, ' algn="r"',
    )  # fmt: skip


def _panel(number: int, place: tuple[float, float, float, float]) -> str:
    """Return the XML of the coloured ground of the cover's words."""
    return (
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{number}" name="panel"/><p:cNvSpPr/>'
        f'<p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>{_place(place)}'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="tx2"/>'
        "</a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>"
        "<p:txBody><a:bodyPr/><a:lstStyle/><a:p/></p:txBody></p:sp>"
    )


def _place(place: tuple[float, float, float, float]) -> str:
    left, top, width, height = (int(Pt(each)) for each in place)
    return f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'


def _forget(part: Any, kind: str) -> None:
    """Drop the relations of a kind: what only the template's maker needed."""
    rels = part._rels
    for rid in [rid for rid, rel in rels.items() if rel.reltype == kind]:
        rels.pop(rid)
