"""Say what stands on slides beside the words of a story and of a brief, Chinese and English."""

from __future__ import annotations

from geo.report import words
from geo.report.words import Lang

#: Word → (Chinese, English); placeholders as in :meth:`str.format`.
WORDS: dict[str, tuple[str, str]] = {
    "hours_people": (
        "每个整点出发，能到驿站的居民",
        "Residents with a station, by hour of leaving",
    ),
    "sides": ("两相对比，%", "Side by side, %"),
    "street": ("沿街道", "along streets"),
    "covered": ("已覆盖", "covered"),
    "gained": ("方案新增", "gained"),
    "left": ("仍未覆盖", "still not covered"),
    "gain_people": ("现状与方案（人）", "Today and with the proposal (people)"),
    "gain_ground": ("现状与方案（km²）", "Today and with the proposal (km²)"),
    "areas_worst": ("{name}缺得最多", "{name} misses most"),
    "areas_none": ("各{level}都到得了驿站", "Every {level} has its stations"),
    "gaps": ("最大的 {n} 处空白区，各有原因", "The {n} worst gaps and their causes"),
    "gap": ("最大的 1 处空白区", "The one gap"),
    "th_covered": ("其中已覆盖", "of them covered"),
    "th_covered_ground": ("其中已覆盖 km²", "covered km²"),
    "th_share": ("覆盖比例", "share covered"),
    "th_place": ("在哪里", "where"),
    "th_number": ("图上", "no."),
    "whole": ("全市", "whole city"),
    "map": ("地图：{title}。图上有：{layers}。", "Map: {title}. It shows: {layers}."),
    "table": ("表：{title}", "Table: {title}"),
    "exact": ("精确数", "Exact"),
    "chart": ("图表", "Chart"),
    "method": ("方法", "Method"),
    "sources": ("来源", "Sources"),
    "question": ("问题", "Question"),
}
#: What a map shows, by the layers of a view.
LAYERS: dict[str, tuple[str, str]] = {
    "cells": ("网格覆盖比例", "share covered by cell"),
    "gaps": ("空白区", "gaps"),
    "circles": ("服务圈", "service circles"),
    "ring": ("直线圈", "straight-line rings"),
    "stations": ("驿站", "stations"),
}


def say(key: str, lang: Lang, **facts: object) -> str:
    """Return a phrase in a language, with the facts put in."""
    return words.of(WORDS[key], lang).format(**facts)
