"""Say everything that a brief says, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")

#: Word → (Chinese, English); placeholders as in :meth:`str.format`.
WORDS: dict[str, tuple[str, str]] = {
    "brief": ("驿站服务圈 · 一页简报", "Service circles of rest stations · brief"),
    "residents": ("居民", "residents"),
    "ground": ("土地", "ground"),
    "people": ("人", "people"),
    "walk": ("步行", "on foot"),
    "slow": ("慢行", "at a slow walk"),
    "wheelchair": ("坐轮椅", "by wheelchair"),
    "ebike": ("骑电动车", "by e-bike"),
    "in_minutes": (
        "{how} {minutes} 分钟（{metres} 米）内能到驿站的{whom}",
        "{whom} with a station within {minutes} minutes ({metres} m) {how}",
    ),
    "in_metres": (
        "{how}沿街 {metres} 米（约 {minutes} 分钟）内能到驿站的{whom}",
        "{whom} with a station within {metres} m of street (about {minutes} minutes) {how}",
    ),
    "at": ("{day} 出发", "setting out at {day}"),
    "needing": ("需要{services}", "needing {services}"),
    "seats": ("每千人 {n} 人要座位", "{n} of every 1,000 people want a seat"),
    "and": ("、", ", "),
    "unknown": ("没有能算的数字", "no figure can be given"),
    "of_people": ("{total} 人中的 {covered} 人", "{covered} of {total} people"),
    "beyond_people": (
        "另有 {beyond} 人在街道数据之外，不计入",
        "{beyond} more beyond the street data, left out",
    ),
    "beyond_ground": (
        "另有 {beyond} km² 在街道数据之外，不计入",
        "{beyond} km² more beyond the street data, left out",
    ),
    "of_ground": ("{total} km² 中的 {covered} km²", "{covered} of {total} km²"),
    "no_people": ("没有人口数据，按土地算", "no data on people: judged by ground"),
    "nobody": ("这里没有居民", "nobody lives here"),
    "ring": ("直线圈会说", "straight lines would say"),
    "ring_m": ("直线 {metres} 米", "{metres} m in a straight line"),
    "uncovered_people": ("未覆盖居民，人", "people not covered"),
    "uncovered_ground": ("未覆盖土地，km²", "km² not covered"),
    "stations": ("能提供服务的驿站", "stations that serve"),
    "median": ("中位到达时间，分钟", "median minutes"),
    "why": ("未覆盖的原因（人）", "Why people are not covered"),
    "why_ground": ("未覆盖的原因（km²）", "Why ground is not covered (km²)"),
    "causes_rest": ("另有 {n} 种原因，见导出的表", "{n} more causes stand in the exported table"),
    "nothing_left": ("没有未覆盖的地方", "nothing is left uncovered"),
    "gaps": ("最大的空白区", "The worst gaps"),
    "no_gaps": ("没有空白区", "There is no gap"),
    "near": ("{name}附近", "near {name}"),
    "nameless": ("图上 {rank} 处", "no. {rank} on the map"),
    "areas": ("各{level}", "By {level}"),
    "areas_rest": ("其余 {n} 个见导出的表", "{n} more stand in the exported table"),
    "th_area": ("名称", "name"),
    "th_people": ("居民", "people"),
    "th_left": ("未覆盖", "not covered"),
    "th_ground": ("土地 km²", "ground km²"),
    "th_left_ground": ("未覆盖 km²", "not covered km²"),
    "th_share": ("覆盖", "covered"),
    "th_cause": ("主要原因", "main cause"),
    "legend_people": ("网格内居民覆盖比例", "share of residents covered"),
    "legend_ground": ("网格内土地覆盖比例", "share of ground covered"),
    "legend_gap": ("空白区", "gap"),
    "legend_offer": ("到得了，但不服务", "reached, not serving"),
    "legend_circle": ("服务圈", "circle"),
    "legend_centre": ("中心", "centre"),
    "legend_station": ("站", "station"),
    "legend_point": ("点", "point"),
    "legend_idle": ("未服务", "not serving"),
    "legend_changed": ("本方案改动", "changed here"),
    "legend_way": ("新通道", "new link"),
    "compared": ("与现状相比", "Compared with today"),
    "before": ("现状", "today"),
    "after": ("本方案", "with the changes"),
    "gain_people": ("多覆盖 {n} 人", "{n} more people covered"),
    "loss_people": ("少覆盖 {n} 人", "{n} fewer people covered"),
    "gain_ground": ("多覆盖 {n} km²", "{n} km² more covered"),
    "loss_ground": ("少覆盖 {n} km²", "{n} km² less covered"),
    "no_change": ("覆盖没有变化", "nothing changes in who is covered"),
    "changes": ("改动 {n} 处", "{n} changes"),
    "change": ("改动 1 处", "1 change"),
    "more_changes": ("另有 {n} 处", "{n} more"),
    "cost": ("造价 {cost}", "cost {cost}"),
    "method": ("方法", "Method"),
    "method_text": (
        "每个住处沿街道到最近可用驿站的时间（住处到街道 + 沿街 + 街道到驿站，{how} {speed} m/s），"
        "不超过预算即“覆盖”；河流、铁路、围墙不能穿越，门禁按规则。人数来自住处，不来自网格的面积。",
        "For every home, the time along the streets to the nearest station that serves (home to "
        "street, street, street to station; {speed} m/s {how}); covered = within the budget. "
        "Rivers, railways and walls are not crossed, gates bind. "
        "People are counted at their homes.",
    ),
    "method_ground": (
        "每处土地沿街道到最近可用驿站的时间（{how} {speed} m/s），不超过预算即“覆盖”；"
        "河流、铁路、围墙不能穿越，门禁按规则。没有人口数据，所以按土地面积算，水面不算。",
        "For every spot of ground, the time along the streets to the nearest station that serves "
        "({speed} m/s {how}); covered = within the budget. Rivers, railways and walls are not "
        "crossed, gates bind. Nobody is known, so ground counts; water is none.",
    ),
    "barriers_unknown": (
        "数据中没有阻隔，不判断“被阻断”。",
        "Barriers are unknown: none is claimed.",
    ),
    "clause": ("依据", "Clause"),
    "met": ("达到", "met"),
    "not_met": ("未达到", "not met"),
    "asks": (
        "{table}（{clause}）：应达 {asked} %，现 {share} %，{verdict}",
        "{table} ({clause}): {asked} % asked, {share} % found, {verdict}",
    ),
    "asks_else": (
        "{table}：没有与本题相同的条款，逐条对照用 yizhan audit-circle",
        "{table}: asks other questions, which yizhan audit-circle answers",
    ),
    "sources": ("来源", "Sources"),
    "source": ("{role} {file}（{hash}）", "{role} {file} ({hash})"),
    "role_streets": ("道路", "streets"),
    "role_areas": ("网格", "areas"),
    "role_demand": ("人口", "people"),
    "role_stations": ("驿站", "stations"),
    "data_date": ("数据日期 {day}", "data of {day}"),
    "no_date": ("数据日期不详", "date of the data unknown"),
    "scenario": ("方案：{name}", "Scenario: {name}"),
    "today": ("现状", "As it is today"),
    "check": (
        "每个数字都能在规划导出的表里查到：表 / 行 / 列",
        "Every number stands in the planner's export: table / row / column",
    ),
    "software": ("yizhan {version}", "yizhan {version}"),
    "approval": ("审图号 {number}", "Map approval no. {number}"),
    "synthetic": ("合成示例数据", "Synthetic example data"),
    "internal": ("内部资料 · 精确数", "Internal · exact"),
    "public": ("公开版 · 小于 10 人不显示", "Public · counts below 10 not shown"),
}

#: Why a place is not covered; keys of :data:`geo.gaps.CLASSES`.
CAUSES: dict[str, tuple[str, str]] = {
    "beyond_reach": ("附近没有驿站", "no station near"),
    "severed": ("被江河铁路等阻断", "cut off by a barrier"),
    "detour": ("街道绕行太远", "detour too long"),
    "refused": ("门禁或台阶不放行", "refused: gate or steps"),
    "unreachable": ("路网不相连", "streets not connected"),
    "no_street": ("附近没有街道", "no street near"),
    "outside": ("街道数据之外", "beyond the street data"),
    "service_missing": ("附近驿站没有所需服务", "service missing nearby"),
    "closed": ("此时已关闭", "closed at this hour"),
    "unknown_hours": ("开放时间不明", "hours unknown"),
    "full": ("位置已满", "full"),
}
SEVERED_BY = ("被{name}阻断", "cut off by {name}")
BARRIERS: dict[str, tuple[str, str]] = {
    "water": ("江河", "water"),
    "railway": ("铁路", "a railway"),
    "motorway": ("快速路", "a motorway"),
    "wall": ("围墙", "a wall"),
}
#: What is changed, by the kind of the change (:mod:`geo.scenario.changes`).
CHANGES: dict[str, tuple[str, str]] = {
    "open": ("新开“{name}”", "open “{name}”"),
    "move": ("迁移“{name}”", "move “{name}”"),
    "close": ("停用“{name}”", "close “{name}”"),
    "status": ("“{name}”改为{status}", "“{name}” becomes {status}"),
    "hours": ("“{name}”开放时间改为 {opening_hours}", "hours of “{name}”: {opening_hours}"),
    "add_services": ("“{name}”增加{services}", "“{name}” offers {services}, too"),
    "drop_services": ("“{name}”不再提供{services}", "“{name}” offers {services} no longer"),
    "enlarge": ("“{name}”座位 {seats:+d}", "“{name}”: {seats:+d} seats"),
    "link": ("新通道“{name}”", "new link “{name}”"),
    "unlink": ("撤回通道“{name}”", "link “{name}” taken back"),
    "gate": ("打开门禁“{name}”", "gate “{name}” opened"),
    "shut": ("恢复门禁“{name}”", "gate “{name}” shut again"),
}
STATUSES: dict[str, tuple[str, str]] = {
    "open": ("开放", "open"),
    "closed": ("停用", "closed"),
    "planned": ("规划中", "planned"),
}


def say(key: str, lang: Lang, **facts: object) -> str:
    """Return a phrase in a language, with the facts put in."""
    return of(WORDS[key], lang).format(**facts)


def of(pair: tuple[str, str], lang: Lang) -> str:
    """Return the words of a pair in a language."""
    return pair[LANGS.index(lang)]


def title(table: Mapping[str, tuple[str, str]], key: str, lang: Lang) -> str:
    """Return the title of a key; a key without one stands for itself."""
    return of(table[key], lang) if key in table else key
