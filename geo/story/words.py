"""Say everything that a view of a story says by itself, Chinese and English."""

from __future__ import annotations

import re

from geo.report import words
from geo.report.words import Lang

_CHINESE = re.compile("[\u4e00-\u9fff]")

#: Word → (Chinese, English); placeholders as in :meth:`str.format`.
WORDS: dict[str, tuple[str, str]] = {
    # Above the headline.
    "kicker_city": ("城市与驿站", "The city and its stations"),
    "kicker_circle": ("{time}服务圈", "Within {time}"),
    "kicker_ring": ("直线圈与街道", "Straight lines and streets"),
    "kicker_night": ("夜间", "At night"),
    "kicker_gaps": ("空白区", "Gaps"),
    "kicker_proposal": ("方案", "What to do"),
    "kicker_free": ("", ""),
    # Headlines.
    "per_station": ("平均每 {n}位居民一个驿站", "One station for every {n} residents"),
    "of_city": ("{city}的驿站", "The stations of {city}"),
    "no_stations": ("{city}还没有开放的驿站", "{city} has no open station yet"),
    "nobody": ("这里没有居民", "Nobody lives here"),
    "withheld": ("人数太少，不公开", "So few people that no figure is published"),
    "unjudged": ("街道数据太少，无法判断", "There is too little street data to judge"),
    "some_people": ("每 100 位居民，{n} 位{can}驿站", "Of 100 residents, {n} {can} a station"),
    "all_people": ("每一位居民都{can}驿站", "Every resident {can} a station"),
    "no_people": ("没有一位居民{can}驿站", "No resident {can} a station"),
    "some_ground": (
        "每 100 公顷土地，{n} 公顷{can}驿站",
        "Of 100 hectares, {n} are within {reach} of a station",
    ),
    "all_ground": ("每一处都{can}驿站", "Every place is within {reach} of a station"),
    "no_ground": ("没有一处{can}驿站", "No place is within {reach} of a station"),
    "ring_near": (
        "地图上画的圆，几乎都{can}",
        "Nearly all of the circle on the map can be {walked}",
    ),
    "ring_lost": (
        "地图上画的圆，约{f}{cannot}",
        "About {f} of the circle on the map cannot be {walked}",
    ),
    "ring_none": (
        "地图上画的圆里，没有人{can}",
        "Nothing of the circle on the map can be {walked}",
    ),
    "night_people": (
        "{hour}，每 100 位居民还有 {n} 位{can}",
        "At {hour}, {n} of 100 residents still {can} a station",
    ),
    "night_ground": (
        "{hour}，每 100 公顷土地还有 {n} 公顷{can}",
        "At {hour}, {n} of 100 hectares are still within {reach} of a station",
    ),
    "night_all_people": (
        "{hour}，每一位居民都还{can}驿站",
        "At {hour}, every resident still {can} a station",
    ),
    "night_all_ground": (
        "{hour}，每一处都还{can}驿站",
        "At {hour}, every place is still within {reach} of a station",
    ),
    "night_no_people": ("{hour}，没有一位居民{can}驿站", "At {hour}, no resident {can} a station"),
    "night_no_ground": (
        "{hour}，没有一处{can}驿站",
        "At {hour}, no place is within {reach} of a station",
    ),
    "night_shut": ("{hour}，没有一个驿站开着", "At {hour}, not one station is open"),
    "night_untold": (
        "{hour}，没有一个驿站确知开着",
        "At {hour}, not one station is known to be open",
    ),
    "worst_gap": ("最大的空白区：{place}，{cause}", "The worst gap: {place}, {cause}"),
    "worst_nameless": ("最大的空白区：{cause}", "The worst gap: {cause}"),
    "no_gap": ("没有空白区", "There is no gap"),
    "opened_people": (
        "新设 {n} 处驿站，多 {gained}人{can}",
        "{n} new stations: {gained} more residents {can} one",
    ),
    "opened_one_people": (
        "新设 1 处驿站，多 {gained}人{can}",
        "One new station: {gained} more residents {can} one",
    ),
    "opened_ground": (
        "新设 {n} 处驿站，多覆盖 {gained} km²",
        "{n} new stations cover {gained} km² more",
    ),
    "opened_one_ground": (
        "新设 1 处驿站，多覆盖 {gained} km²",
        "One new station covers {gained} km² more",
    ),
    "better_people": (
        "这样改，多 {gained}人{can}",
        "So changed, {gained} more residents {can} a station",
    ),
    "better_ground": ("这样改，多覆盖 {gained} km²", "So changed, {gained} km² more are covered"),
    "worse_people": (
        "这样改，少 {gained}人{can}",
        "So changed, {gained} fewer residents {can} a station",
    ),
    "worse_ground": ("这样改，少覆盖 {gained} km²", "So changed, {gained} km² less are covered"),
    "no_change": ("覆盖没有变化", "Nothing changes in who is covered"),
    # Sentences.
    "stop": ("。", "."),
    "then": ("；", "; "),
    "comma": ("、", ", "),
    "last": ("和", " and "),
    "more_than": ("超过 {n}", "more than {n}"),
    "fewer_than": ("不到 {n}", "fewer than {n}"),
    "centre": ("{n} 个中心", "{n} centres"),
    "station": ("{n} 个站", "{n} stations"),
    "point": ("{n} 个点", "{n} points"),
    "centre_one": ("{n} 个中心", "{n} centre"),
    "station_one": ("{n} 个站", "{n} station"),
    "point_one": ("{n} 个点", "{n} point"),
    "half_by": (
        "一半居民 {median} 分钟内{can}最近的驿站",
        "half of all residents {can} one within {median} minutes",
    ),
    "left_people": (
        "{judged} 位居民中，还有 {uncovered} 位 {time}内{cannot}",
        "Of {judged} residents, {uncovered} {cannot} one within {time}",
    ),
    "left_ground": (
        "{judged} km² 土地中，还有 {uncovered} km² 在 {time}内{cannot}",
        "Of {judged} km² of ground, {uncovered} km² are not within {time}",
    ),
    "counted_people": (
        "一共 {judged} 人，按每个人的住处沿街道算",
        "{judged} people in all, counted from their homes along the streets",
    ),
    "counted_ground": ("一共 {judged} km² 土地", "{judged} km² of ground in all"),
    "cut_people": (
        "{name}把 {severed} 人与最近的驿站隔开",
        "{severed} residents are cut off from the nearest station by {name}",
    ),
    "cut_ground": (
        "{name}把 {severed} km² 土地与最近的驿站隔开",
        "{severed} km² are cut off from the nearest station by {name}",
    ),
    "and_others": ("{name}等", "{name} and others"),
    "more_detour_people": (
        "另有 {detour} 人直线不远、街道要绕",
        "{detour} more are near in a line but far by street",
    ),
    "more_detour_ground": (
        "另有 {detour} km² 直线不远、街道要绕",
        "{detour} km² more are near in a line but far by street",
    ),
    "detour_people": (
        "直线不远、街道要绕的有 {detour} 人",
        "{detour} residents are near in a line but far by street",
    ),
    "detour_ground": (
        "直线不远、街道要绕的有 {detour} km²",
        "{detour} km² are near in a line but far by street",
    ),
    "alike": ("直线和街道说的几乎一样", "Lines and streets say nearly the same"),
    "night_lost_people": ("比{before}少 {lost} 人", "{lost} fewer than {before}"),
    "night_lost_ground": ("比{before}少 {lost} km²", "{lost} km² less than {before}"),
    "night_closed_people": (
        "{closed} 人附近的驿站此时不开",
        "near {closed} of them the stations are closed",
    ),
    "night_closed_ground": (
        "{closed} km² 附近的驿站此时不开",
        "near {closed} km² of it the stations are closed",
    ),
    "night_unknown_people": (
        "{unknown} 人附近的开放时间不明",
        "near {unknown} of them the hours are not known",
    ),
    "night_unknown_ground": (
        "{unknown} km² 附近的开放时间不明",
        "near {unknown} km² of it the hours are not known",
    ),
    "night_same": ("与{before}一样多", "As many as {before}"),
    "of_them": ("，其中 ", "; "),
    "and_of_them": ("，", ", "),
    "still_people": ("全市还有 {uncovered} 人到不了驿站", "{uncovered} residents reach no station"),
    "still_ground": ("全市还有 {uncovered} km² 到不了驿站", "{uncovered} km² reach no station"),
    "main_people": (
        "最多的原因是“{cause}”，{weight} 人",
        "the main cause is “{cause}”, {weight} people",
    ),
    "main_ground": (
        "最多的原因是“{cause}”，{weight} km²",
        "the main cause is “{cause}”, {weight} km²",
    ),
    "all_reach_people": ("{judged} 人都{can}驿站", "All {judged} people {can} a station"),
    "all_reach_ground": (
        "{judged} km² 都{can}驿站",
        "All {judged} km² are within {reach} of a station",
    ),
    "sites": ("新点：{places}", "New: {places}"),
    "site": ("第 {n} 处", "site no. {n}"),
    "after_people": (
        "之后还有 {uncovered} 人{cannot}",
        "{uncovered} residents are left who {cannot} one",
    ),
    "after_ground": ("之后还有 {uncovered} km² {cannot}", "{uncovered} km² are left"),
    "more_sites": ("等 {n} 处", " and others, {n} in all"),
    # Under the numbers.
    "along": ("沿街道 {time}", "{time} along the streets"),
    "straight": ("直线 {metres} 米", "{metres} m in a straight line"),
    "covered_people": ("位居民{can}", "residents {can} one"),
    "covered_ground": ("的土地{can}", "within {reach}"),
    "uncovered_people": ("未覆盖居民", "residents not covered"),
    "uncovered_ground": ("未覆盖土地", "not covered"),
    "people_people": ("位居民", "residents"),
    "people_ground": ("土地", "of ground"),
    "judged_people": ("位能判断的居民", "residents who can be judged"),
    "judged_ground": ("能判断的土地", "of ground that can be judged"),
    "stations": ("个驿站", "stations"),
    "stations_one": ("个驿站", "station"),
    "stations_serving": ("个此时能用的驿站", "stations that serve then"),
    "median": ("一半居民到达所需", "until half of the residents arrive"),
    "minutes": ("时间预算", "budget"),
    "metres": ("{time}可走", "in {time}"),
    "severed": ("被江河铁路等阻断", "cut off by a barrier"),
    "detour": ("街道绕行太远", "the way round is too long"),
    "closed": ("附近驿站此时已关闭", "stations near by are closed"),
    "unknown": ("附近驿站开放时间不明", "hours of stations near by not known"),
    "gap": ("{sign} {place} · {cause}", "{sign} {place} · {cause}"),
    "gap_nameless": ("{sign} {cause}", "{sign} {cause}"),
    "gaps": ("处空白区", "gaps"),
    "gaps_one": ("处空白区", "gap"),
    "gained_people": ("位居民新{can}", "more residents {can} one"),
    "gained_ground": ("新覆盖土地", "more ground covered"),
    "lost_people": ("位居民不再{can}", "residents no longer covered"),
    "lost_ground": ("不再覆盖的土地", "no longer covered"),
    "added": ("个新驿站", "new stations"),
    "added_one": ("个新驿站", "new station"),
    # Units.
    "ten_thousand": ("万", ""),
    "million": ("", "million"),
    "persons": ("人", "people"),
    "minutes_unit": ("分钟", "min"),
    "metres_unit": ("米", "m"),
    "seconds_unit": ("秒", "s"),
    "n_minutes": ("{n} 分钟", "{n} minutes"),
    "n_metres": ("{n} 米", "{n} m"),
    # Beside the divider.
    "side_today": ("现状", "today"),
    "side_proposal": ("方案之后", "with the proposal"),
    "side_scenario": ("改动之后", "with the changes"),
    "side_any_hour": ("不问时间", "at whatever hour"),
    "side_at": ("{hour}", "at {hour}"),
    "side_no_services": ("不问服务", "whatever the services"),
    "side_services": ("需要{services}", "needing {services}"),
    "side_before": ("对比", "compared with"),
    "side_after": ("本图", "this map"),
    # Below the map.
    "speed": ("{how} {speed} m/s", "{how} {speed} m/s"),
    "day": (
        "{hour}：{day} 的开放时间，数据日期起的第一个工作日",
        "{hour}: by the hours of {day}, the first workday from the date of the data on",
    ),
    "some_day": (
        "{hour}：{day} 的开放时间，数据没有日期，取一个工作日",
        "{hour}: by the hours of {day}, some workday; the data bear no date",
    ),
    "holidays_unknown": ("当天是否放假还不知道", "whether that day is a holiday is not known"),
    "proposal_note": (
        "方案由程序在街道路口中选出，用整座城市重新计算核对",
        "The sites were chosen among street junctions and proven by a study of the whole city",
    ),
}

#: How somebody gets there, by the profile: can, cannot, and (in English) within what.
CAN: dict[str, tuple[str, str]] = {
    "walk": ("走得到", "can walk to"),
    "slow": ("慢慢走得到", "can walk slowly to"),
    "wheelchair": ("坐轮椅到得了", "can wheel to"),
    "ebike": ("骑得到", "can ride to"),
}
CANNOT: dict[str, tuple[str, str]] = {
    "walk": ("走不到", "cannot walk to"),
    "slow": ("慢慢走不到", "cannot walk slowly to"),
    "wheelchair": ("坐轮椅到不了", "cannot wheel to"),
    "ebike": ("骑不到", "cannot ride to"),
}
REACH: dict[str, tuple[str, str]] = {
    "walk": ("步行", "a walk"),
    "slow": ("慢行", "a slow walk"),
    "wheelchair": ("轮椅", "reach by wheelchair"),
    "ebike": ("骑行", "a ride"),
}
#: What is done with a way, in English.
WALKED: dict[str, tuple[str, str]] = {
    "walk": ("", "walked"),
    "slow": ("", "walked slowly"),
    "wheelchair": ("", "reached by wheelchair"),
    "ebike": ("", "ridden"),
}

#: Shares as a person says them.
FRACTIONS: tuple[tuple[float, tuple[str, str]], ...] = (
    (1 / 20, ("二十分之一", "a twentieth")),
    (1 / 10, ("十分之一", "a tenth")),
    (1 / 7, ("七分之一", "a seventh")),
    (1 / 5, ("五分之一", "a fifth")),
    (1 / 4, ("四分之一", "a quarter")),
    (1 / 3, ("三分之一", "a third")),
    (2 / 5, ("五分之二", "two fifths")),
    (1 / 2, ("一半", "half")),
    (3 / 5, ("五分之三", "three fifths")),
    (2 / 3, ("三分之二", "two thirds")),
    (3 / 4, ("四分之三", "three quarters")),
    (9 / 10, ("十分之九", "nine tenths")),
)


def say(key: str, lang: Lang, **facts: object) -> str:
    """Return a phrase in a language, with the facts put in."""
    return words.of(WORDS[key], lang).format(**facts)


def fraction(share: float, lang: Lang) -> str:
    """Return the plain fraction nearest to a share."""
    return words.of(min(FRACTIONS, key=lambda each: abs(each[0] - share))[1], lang)


def half(text: str, lang: Lang) -> str:
    """Return the half of a bilingual text (“中文 · English”) that is in the language."""
    zh, _, en = text.partition(" · ")
    if not _CHINESE.search(zh) or not en or _CHINESE.search(en):
        return text
    return words.of((zh, en), lang)
