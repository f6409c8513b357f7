"""Say what stands on a handout beside the words of its views, Chinese and English."""

from __future__ import annotations

from geo.report import words
from geo.report.words import Lang

#: Word → (Chinese, English); placeholders as in :meth:`str.format`.
WORDS: dict[str, tuple[str, str]] = {
    "page": ("第 {n} 页，共 {m} 页", "Page {n} of {m}"),
    "kind": ("驿站服务圈", "Service circles of rest stations"),
    "approval": ("审图号", "Map approval no."),
    "changes": ("建议", "What is proposed"),
    "classes": ("固定分级，%", "fixed classes, %"),
    "blank": ("没有比例（无居民或在数据外）", "no share (nobody, or beyond the data)"),
    "blank_public": (
        "没有比例（无居民、在数据外或不公开）",
        "no share (nobody, no data, or withheld)",
    ),
    "ring": ("直线圈", "straight-line ring"),
    "circle": ("沿街服务圈", "circle by street"),
    "border": ("{level}界", "{level} boundary"),
    "exact": ("准确数：{text}", "exactly {text}"),
}


def say(key: str, lang: Lang, **facts: object) -> str:
    """Return a phrase in a language, with the facts put in."""
    return words.of(WORDS[key], lang).format(**facts)
