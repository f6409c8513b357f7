"""Break text into lines: sentences with figures in bold, titles into lines of like length."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise

from geo.report.numbers import Line
from geo.report.sheet import Sheet, breaks

#: A run of text of one weight: the text, and whether it is bold.
Run = tuple[str, bool]

#: Never at the beginning of a line; never at its end.
_CLOSING, _OPENING = "，。；：、！？”’）》」％%,.;:!?)", "“‘（《「("
#: Never broken: a number with what it counts, and words that a reader would stumble over.
_WHOLE = re.compile(
    r"\d[\d.,]*(?: ?(?:%|km²|k?m\b|[位个人公处点分万米]))?"
    "|居民|驿站|街道|社区|土地|公顷|分钟|小时|直线|空白|附近|此时|时间|开放|关闭|不明|隔开|阻断"
    "|高速|铁路|江河|人口|数据|走得到|走不到|骑得到|骑不到|到不了|四分之一|五分之一|三分之一"
)
#: In another language Chinese letters are a name; a very long one is broken all the same.
_WHOLE_NAMES = re.compile(_WHOLE.pattern + "|[\u2e80-\u9fff]{1,12}")
_CHINESE = re.compile("[，。；：、！？]")
_WORDS = re.compile("[A-Za-z]{2}")
#: A last line shorter than this part of the room is an orphan; lines get narrower to avoid it.
_ORPHAN = 0.22
_NARROWER = (1.0, 0.96, 0.92, 0.88, 0.84)


def sentence(sheet: Sheet, line: Line, size: float, room: float, *, most: int) -> list[list[Run]]:
    """Return a sentence as at most so many lines of runs, its figures in bold.

    What is left over is cut with an ellipsis.
    """
    groups = list(_groups(sheet, line))
    rows = _filled(sheet, groups, size, room)
    for part in _NARROWER:
        tried = _filled(sheet, groups, size, room * part)
        if len(tried) > len(rows):
            break
        if len(tried) < 2 or _width(sheet, tried[-1], size) > _ORPHAN * room:
            rows = tried
            break
    if len(rows) > most:
        rest = "".join(text for row in rows[most - 1 :] for text, _ in row)
        rows = [*rows[: most - 1], [(sheet.fitted(rest, size, room), False)]]
    return [_within(sheet, row, size, room) for row in rows]


def plain(sheet: Sheet, text: str, size: float, room: float, *, most: int) -> list[str]:
    """Return a text as at most so many lines, cut with an ellipsis where it has more."""
    rows = sentence(sheet, (text,), size, room, most=most)
    return ["".join(part for part, _ in row) for row in rows]


def title(sheet: Sheet, text: str, size: float, room: float, *, most: int) -> list[str]:
    """Return a title in bold as at most so many lines, broken after a clause or evenly.

    A break behind a comma is better than one in the middle of a clause, if it costs no line.
    """

    def lines(part: str, room: float) -> list[str]:
        groups = [[(piece, True)] for piece in _pieces(part)]
        return ["".join(text for text, _ in row).strip()
                for row in _filled(sheet, groups, size, room)]  # fmt: skip

    text = sheet.clean(text, bold=True)
    greedy = lines(text, room)
    if len(greedy) > 1:
        greedy = _by_clause(text, greedy, lambda part: lines(part, room)) or _even(
            greedy, lambda part: lines(text, room * part)
        )
    if len(greedy) > most:
        rest = "".join(greedy[most - 1 :])
        greedy = [*greedy[: most - 1], _cut(sheet, rest, size, room)]
    return [sheet.fitted(line, size, room, bold=True) for line in greedy]


def _cut(sheet: Sheet, text: str, size: float, room: float) -> str:
    """Return the beginning of a text in bold that has room with an ellipsis behind it."""
    while text and sheet.advance(text + "…", size, bold=True) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def _by_clause(
    text: str, greedy: Sequence[str], lines: Callable[[str], list[str]]
) -> list[str] | None:
    """Return a title broken behind all its clauses, else behind one; ``None`` if that costs."""
    ends = [found.end() for found in re.finditer("[，；：—]|[,;:](?= )", text)]
    for cuts in [ends, *([end] for end in ends)]:
        parts = [text[a:b].strip() for a, b in pairwise([0, *cuts, len(text)])]
        broken = [line for part in parts if part for line in lines(part)]
        if cuts and len(broken) <= len(greedy):
            return broken
    return None


def _even(greedy: list[str], lines: Callable[[float], list[str]]) -> list[str]:
    """Return the narrowest setting that has as many lines."""
    for part in (0.5, 0.6, 0.7, 0.8, 0.9):
        tried = lines(part)
        if len(tried) <= len(greedy):
            return tried
    return greedy


def _groups(sheet: Sheet, line: Line) -> Iterator[list[Run]]:
    """Yield what a line must not be broken within: a mark stays with what it closes or opens."""
    group: list[Run] = []
    for part in line:
        bold = not isinstance(part, str)
        text = part if isinstance(part, str) else part.text
        pieces = [sheet.clean(text, bold=True)] if bold else _pieces(_clean(sheet, text))
        for piece in pieces:
            if not piece:
                continue
            if group and not _stays(group[-1][0], piece):
                yield group
                group = []
            group.append((piece, bold))
    if group:
        yield group


def _pieces(text: str) -> list[str]:
    """Return what a text may be broken between."""
    foreign = _WORDS.search(text) and not _CHINESE.search(text)
    parts: list[str] = []
    last = 0
    for found in [*(_WHOLE_NAMES if foreign else _WHOLE).finditer(text), None]:
        until = len(text) if found is None else found.start()
        parts += [part for part in breaks(text[last:until]) if part]
        if found is not None:
            parts.append(found[0])
            last = found.end()
    joined: list[str] = []
    for part in parts:
        if joined and (_stays(joined[-1], part) or _latin(joined[-1], part)):
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def _stays(before: str, piece: str) -> bool:
    """Return whether a piece must stand on the line of what is before it."""
    if piece.isspace() or piece[0] in _CLOSING or before[-1] in _OPENING:
        return True
    closes = piece[0] == '"' and (len(piece) == 1 or piece[1] in _CLOSING or piece[1].isspace())
    opens = before[-1] == '"' and (len(before) == 1 or before[-2].isspace())
    return closes or opens


def _latin(before: str, piece: str) -> bool:
    """Return whether two pieces are parts of one word, or of a number, without a space."""
    return before[-1] < "\u2e80" and not before[-1].isspace() and piece[0] < "\u2e80"


def _filled(sheet: Sheet, groups: Sequence[list[Run]], size: float, room: float) -> list[list[Run]]:
    """Return groups in lines, as many in each as there is room for."""
    rows: list[list[Run]] = []
    wide = 0.0
    for group in groups:
        if rows and wide + _width(sheet, _trimmed(group), size) <= room:
            rows[-1] += group
        else:
            (text, bold), *rest = group
            group = [(text.lstrip(), bold), *rest]
            rows.append(group)
            wide = 0.0
        wide += _width(sheet, group, size)
    return [row for row in rows if any(text.strip() for text, _ in row)]


def _clean(sheet: Sheet, text: str) -> str:
    """Return a text as :meth:`Sheet.clean` does, with a space where it begins or ends with one."""
    ahead, behind = text[:1].isspace(), text[-1:].isspace()
    inner = sheet.clean(text)
    return f"{' ' if ahead else ''}{inner}{' ' if behind and inner else ''}"


def _width(sheet: Sheet, runs: Sequence[Run], size: float) -> float:
    return sum(sheet.advance(text, size, bold=bold) for text, bold in runs)


def _trimmed(group: Sequence[Run]) -> list[Run]:
    """Return a group without the spaces that would end a line."""
    *first, (text, bold) = group
    return [*first, (text.rstrip(), bold)]


def _within(sheet: Sheet, row: list[Run], size: float, room: float) -> list[Run]:
    """Return a line, neighbours of one weight joined, cut where a word is wider than the room."""
    row = [
        ("".join(text for text, _ in runs), bold)
        for bold, runs in groupby(_trimmed(row), lambda run: run[1])
    ]
    if _width(sheet, row, size) <= room:
        return row
    return [(sheet.fitted("".join(text for text, _ in row), size, room), False)]
