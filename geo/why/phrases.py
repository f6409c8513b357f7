"""Say the answer about a place in one sentence, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from geo.model import SERVICES
from geo.why.obstacle import Obstacle

#: Kinds of barriers, where a barrier has no name of its own.
BARRIER_TITLES = {
    "water": ("水体", "water"),
    "railway": ("铁路", "a railway"),
    "motorway": ("高速公路", "a motorway"),
    "wall": ("围墙", "a wall"),
}
#: Why a place is not covered (:data:`geo.gaps.CLASSES`), in Chinese and English.
CLASS_TITLES = {
    "outside": ("远离街道", "far from all streets"),
    "no_street": ("附近无街道", "no street nearby"),
    "refused": ("门禁或台阶不放行", "gate, steps or closed way"),
    "unreachable": ("道路不连通", "streets not connected"),
    "severed": ("被阻断", "cut off by a barrier"),
    "detour": ("绕路太远", "too long a detour"),
    "beyond_reach": ("附近没有驿站", "no station near enough"),
    "service_missing": ("没有所需服务", "services missing"),
    "unknown_hours": ("开放时间不明", "hours unknown"),
    "closed": ("此时关闭", "closed at that time"),
    "full": ("位置已满", "no seat left"),
}
OBSTACLE_TITLES = {
    "gate": ("门禁", "a gate"),
    "steps": ("台阶", "steps"),
    "closed_way": ("不许通行的路", "a closed way"),
}


class Words(NamedTuple):
    """Hold one sentence in both languages; placeholders as in :meth:`str.format`."""

    zh: str
    en: str

    def filled(self, facts: Mapping[str, Words]) -> Words:
        """Return the sentence with the facts put in, each in its language."""
        return Words(
            self.zh.format(**{name: words.zh for name, words in facts.items()}),
            self.en.format(**{name: words.en for name, words in facts.items()}),
        )


#: One sentence a class of :data:`geo.gaps.CLASSES`, and one for who is covered ("").
CAUSES: dict[str, Words] = {
    "": Words("{minutes} 分钟到{station}", "{minutes} min to {station}"),
    "outside": Words(
        "离文件中所有街道都超过 500 米，无法判断",
        "farther than 500 m from every street of the file: cannot be judged",
    ),
    "no_street": Words(
        "250 米内、阻隔的这一侧没有可用的街道",
        "no usable street within 250 m on this side of the barriers",
    ),
    "refused": Words(
        "{obstacle}{now}不让通行；若放行，{minutes} 分钟可到",
        "{obstacle} refuses{now}; let through, it would be {minutes} min",
    ),
    "unreachable": Words("这里的街道不通向任何驿站", "the streets here lead to no station"),
    "severed": Words(
        "到最近的驿站直线 {straight} 米，但隔着{barrier}",
        "{straight} m to the nearest station in a straight line, but {barrier} lies between",
    ),
    "detour": Words(
        "到最近的驿站直线 {straight} 米，但沿街道太远",
        "{straight} m to the nearest station in a straight line, but too far along the streets",
    ),
    "beyond_reach": Words(
        "直线距离内也没有驿站", "no station is near enough, even in a straight line"
    ),
    "service_missing": Words(
        "来得及到的驿站没有一个提供全部所需服务（{services}）",
        "no station in reach offers all that is needed ({services})",
    ),
    "unknown_hours": Words(
        "来得及到的{station}可能开着，但开放时间不明",
        "{station}, in reach, may be open: its hours are not known",
    ),
    "closed": Words(
        "来得及到的驿站这时都不开放；{opens}", "the stations in reach are closed then; {opens}"
    ),
    "full": Words("来得及到的驿站都满了", "the stations in reach are full"),
}
OPENS = Words("{station} {at} 开门", "{station} opens {at}")
NOW_ONLY = Words("此时", " at this hour")
NEVER_OPENS = Words("一周内也不开门", "nor do they open within a week")
NO_STATION = Words("这座城市还没有开放的驿站", "no station of this city is in service")

#: Why a gap has no missing link.
NO_LINK: dict[str, Words] = {
    "class": Words("修路不能解决这一类缺口", "a new path does not mend a gap of this class"),
    "nobody": Words("这个缺口里没有居民点", "nobody lives in this gap"),
    "beyond": Words(
        "没有一条新路能让这里来得及", "no single new path would bring this gap in time"
    ),
}


BLANK = Words("", "")


def same(text: str) -> Words:
    """Return a name that is the same in both languages."""
    return Words(text, text)


def barrier(name: str) -> Words:
    """Return the name of a barrier, its kind where that stands for it."""
    return Words(*BARRIER_TITLES.get(name, (name, name)))


def obstacle(found: Obstacle) -> Words:
    """Return what refuses, and on which street."""
    zh, en = OBSTACLE_TITLES[found.kind]
    if found.name:
        zh = en = found.name
    return (
        Words(f"{found.street}的{zh}", f"{en} on {found.street}") if found.street else Words(zh, en)
    )


def services(keys: tuple[str, ...]) -> Words:
    """Return services in words."""
    names = [SERVICES[key] for key in keys]
    return Words("、".join(zh for zh, _ in names), ", ".join(en for _, en in names))


def metres(length_m: float | None) -> Words:
    """Return a length in whole metres."""
    return same("–" if length_m is None else f"{length_m:,.0f}")


def instant(at: datetime) -> Words:
    """Return a day and time on the city's clocks."""
    return same(f"{at:%m-%d %H:%M}")


def minutes(time_ms: int | None) -> Words:
    """Return a time in minutes with one digit."""
    return same("–" if time_ms is None else f"{time_ms / 60_000:.1f}")
