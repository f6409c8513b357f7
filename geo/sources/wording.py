"""Understand how lists of stations are written: tiers, services, hours and states in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from geo.model import SERVICES
from geo.sources.files import plain

#: Words in a list of services → key; the first rule that fits a word decides.
_SERVICE_RULES: tuple[tuple[str, str], ...] = (
    ("battery_swap", r"换电|充换电|电动车.*充|电瓶|车辆充电|汽车充电|e-?bike|battery|vehicle"),
    ("charging", r"充电|充电宝|charg"),
    ("toilet", r"厕|卫生间|洗手|toilet|wc|restroom"),
    ("hot_meal", r"热饭|热餐|加热|微波|用餐|餐食|饭菜|meal|food|microwave"),
    ("water", r"饮水|喝水|热水|饮用|开水|水$|water|drink"),
    ("first_aid", r"急救|药|医|first.?aid|medic"),
    ("shelter", r"避雨|避暑|避寒|纳凉|取暖|降温|空调|遮|shelter|shade|air.?con|heating"),
    ("consultation", r"咨询|法律|政策|维权|advice|consult|legal"),
    ("rest", r"休息|歇|休憩|座椅|rest|seat|lounge"),
)
_STATUS_RULES: tuple[tuple[str, str], ...] = (
    ("planned", r"规划|在建|筹|拟建|待建|未开|planned|proposed|construction"),
    ("closed", r"关闭|停用|停业|暂停|撤销|不开|closed|inactive|suspended"),
    ("open", r"开放|营业|正常|运营|启用|在用|使用中|open|active|yes|running"),
)
_DAYS = dict(zip("一二三四五六日天", ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "Su"), strict=True))
_DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)"
_TIME = r"\d{1,2}:\d{2}"
_ALWAYS = re.compile(
    r"(每[天日])?\s*(24 ?小时|24 ?h(ours)?|全天候?|全时)\s*(对外)?(开放|服务|营业)?", re.IGNORECASE
)
_HOURS_SAID = re.compile(
    rf"24/7|({_DAY}([-,]{_DAY})* )?"
    rf"({_TIME}-{_TIME}(, ?{_TIME}-{_TIME})*|off)"
)

_DAY_SAID = re.compile(
    r"(?:(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})|(\d{4})(\d{2})(\d{2}))"
    r"(?:\s*日|(?=[ T])|$)"
)


def tier(word: str) -> str:
    """Return the tier that a word names, ``""`` when it names none."""
    text = plain(word)
    if text in ("centre", "center") or "中心" in word:
        return "centre"
    if text == "point" or text.endswith("点"):
        return "point"
    return "station" if text == "station" or "站" in word or "之家" in word else ""


def status(word: str) -> str:
    """Return the state that a word names, ``""`` when it names none."""
    return _first(word, _STATUS_RULES)


def services(words: str) -> tuple[str, list[str]]:
    """Return the keys of a list of services, joined in the order of the model, and odd words.

    Words may be keys, Chinese or English, separated by almost anything.
    """
    found: set[str] = set()
    odd: list[str] = []
    for word in filter(None, map(str.strip, re.split(r"[;；,，、/|＋+\n]", words))):
        key = _exact_service(word) or _first(word, _SERVICE_RULES)
        if key:
            found.add(key)
        else:
            odd.append(word)
    return ";".join(key for key in SERVICES if key in found), odd


def _exact_service(word: str) -> str:
    bare = plain(word)
    for key, titles in SERVICES.items():
        if bare in (plain(key), *map(plain, titles)):
            return key
    return ""


def _first(word: str, rules: Iterable[tuple[str, str]]) -> str:
    low = word.lower()
    return next((key for key, pattern in rules if re.search(pattern, low)), "")


def opening_hours(words: str) -> str | None:
    """Return opening hours in the syntax of OpenStreetMap, ``None`` when the words are not plain.

    What is in that syntax already stays; plain Chinese such as 周一至周五 9:00-17:00 is turned
    into it. Empty stays empty: not known.
    """
    text = words.strip()
    if not text:
        return ""
    if _ALWAYS.fullmatch(text):
        return "24/7"
    if not re.search(r"[\u4e00-\u9fff]", text):
        if not re.search(r"\d{1,2}[:：]\d{2}|24/7|\boff\b|\bclosed\b|sunrise", text):
            return None
        return _padded(re.sub(r"\s*[–—－~～]\s*", "-", text.replace("：", ":")))
    text = text.translate(str.maketrans("：，；－—–～~至到（）", ":,;-------()"))
    text = re.sub(r"法定节假日|节假日", "PH", text)
    text = re.sub(r"工作日", "Mo-Fr", text)
    text = re.sub(r"周末|双休日", "Sa-Su", text)
    text = re.sub(r"每[天日]", "", text)
    text = re.sub(r"(?:周|星期|礼拜)([一二三四五六日天])", lambda day: f"{_DAYS[day[1]]} ", text)
    text = re.sub(rf"({_DAY}) ?-+ ?(?={_DAY})", r"\1-", text)
    text = re.sub(r"不开放|休息|关闭", "off", text)
    text = re.sub(r"24 ?小时|全天", "00:00-24:00", text)
    text = re.sub(r"\s*-+\s*", "-", text)
    text = re.sub(rf"({_DAY})\s*[、和及,]\s*(?={_DAY})", r"\1,", text)
    text = re.sub(rf"(?<![a-zH])[、,]\s*(?={_DAY})", "; ", text)
    rules = [re.sub(r"\s+", " ", rule).strip() for rule in re.split(r"[;。\n]", text)]
    rules = [_padded(rule) for rule in rules if rule]
    if rules and all(_HOURS_SAID.fullmatch(rule) for rule in rules):
        return "; ".join(rules)
    return None


def day(words: str) -> str | None:
    """Return a day in ISO's form, ``None`` when the words name none; a time of day is left out."""
    found = _DAY_SAID.match(words.strip())
    if found is None:
        return None
    try:
        return date(*map(int, filter(None, found.groups()))).isoformat()
    except ValueError:  # a 13th month, a 30 February
        return None


def _padded(text: str) -> str:
    """Return the text with two digits for every hour, and a space between days and times."""
    text = re.sub(r"(?<!\d)(\d):(\d{2})", r"0\1:\2", text)
    return re.sub(rf"({_DAY})(?=\d|off)", r"\1 ", text)
