"""Say what every column of an exported table means, in which unit, and how exactly it is written.

One name means one thing in all tables. Numbers are rounded once, before anything is written, so
that every format of one export holds the same ones:

==========  ====================================================================================
kind        written as
==========  ====================================================================================
people      exact: people are kept in multiples of 1/1024, which ten decimals write in full
share       0–1, six decimals; a percentage only as the number format of a workbook
m2, m       one decimal
s           three decimals: times are whole milliseconds
degrees     seven decimals, about a centimetre; longitude and latitude, WGS84
figure      as its own unit asks, see above
count       whole
==========  ====================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Kind:
    """Hold how values of one kind are written: decimals (``None`` = no number) and unit.

    ``shown`` is the number format of a workbook.
    """

    decimals: int | None
    unit: str
    shown: str = "General"


KINDS = {
    "text": Kind(None, ""),
    "flag": Kind(None, "true/false"),
    "count": Kind(0, "", "#,##0"),
    "people": Kind(10, "人 people", "#,##0"),
    "share": Kind(6, "0–1", "0.0%"),
    "m2": Kind(1, "m²", "#,##0"),
    "m": Kind(1, "m", "#,##0"),
    "s": Kind(3, "s", "#,##0"),
    "min": Kind(6, "min"),
    "mps": Kind(6, "m/s"),
    "degrees": Kind(7, "° WGS84", "0.0000000"),
    "figure": Kind(10, ""),
}


@dataclass(frozen=True)
class Column:
    """Describe one column of the export."""

    kind: str
    zh: str
    en: str


#: Texts may be long in these; the rest is short.
COLUMNS: dict[str, Column] = {
    "code": Column("text", "网格编码", "code of the cell"),
    "name": Column("text", "名称", "name"),
    "level": Column("count", "层级，1 为最上层", "level of the grid, 1 = top"),
    "parent": Column("text", "上级网格编码", "code of the cell above"),
    "kind": Column("text", "社区类型", "type of community"),
    "people": Column("people", "居民", "people"),
    "people_judged": Column("people", "可判断的居民", "people who can be judged"),
    "covered": Column("people", "预算内到达驿站的居民", "people who reach a station in time"),
    "uncovered": Column("people", "其余居民", "the other people"),
    "share": Column("share", "覆盖居民的比例", "covered part of the people"),
    "ring_covered": Column("people", "直线圈内的居民", "people within the straight-line ring"),
    "ground_m2": Column("m2", "地面面积（不含水面）", "ground without water"),
    "judged_m2": Column("m2", "可判断的地面", "ground that can be judged"),
    "covered_m2": Column("m2", "服务圈内的地面", "ground within the network circle"),
    "ground_share": Column("share", "覆盖地面的比例", "covered part of the ground"),
    "ring_m2": Column("m2", "直线圈内的地面", "ground within the straight-line ring"),
    "class": Column("text", "等级或未覆盖的原因", "class of the cell, or cause of the gap"),
    "reason": Column("text", "未覆盖的主要原因", "main cause of what is not covered"),
    "null_reason": Column("text", "没有等级的原因", "why the cell has no class"),
    "suppressed": Column("text", "为保护少数人而不列出", "withheld to protect a few people"),
    "lon": Column("degrees", "经度（面内一点）", "longitude, of a point inside"),
    "lat": Column("degrees", "纬度（面内一点）", "latitude, of a point inside"),
    "id": Column("text", "驿站（或通道、门）编号", "id of the station, or of the link or gate"),
    "name_en": Column("text", "英文名称", "name in English"),
    "tier": Column("text", "等级", "rank of the station"),
    "services": Column("text", "服务项目", "services, joined by ;"),
    "opening_hours": Column("text", "开放时间（OSM 写法）", "opening hours in OSM's syntax"),
    "address": Column("text", "地址", "address"),
    "phone": Column("text", "电话", "telephone"),
    "host": Column("text", "依托单位", "who houses it"),
    "status": Column("text", "状态", "in service or not"),
    "capacity": Column("count", "座位", "seats"),
    "verified": Column("text", "最近现场核实的日期", "day of the last check on the spot"),
    "state": Column("text", "对所问需要的状态", "what it is for the need asked for"),
    "serves": Column("flag", "是否计入本次研究", "whether it counts in this study"),
    "people_nearest": Column(
        "people",
        "覆盖居民中最先由它服务的人",
        "of the covered people those whom it serves first; they add up to all covered",
    ),
    "rank": Column("count", "排名，1 为最严重", "rank, 1 = worst"),
    "area_m2": Column("m2", "面积", "area"),
    "barrier": Column("text", "阻隔", "barrier"),
    "budget": Column("text", "预算", "budget"),
    "radius_m": Column("m", "直线半径", "straight-line radius"),
    "places": Column("count", "居住点数", "places with people"),
    "title": Column("text", "说明", "in words"),
    "key": Column("text", "名称", "key"),
    "value": Column("figure", "数值", "value"),
    "unit": Column("text", "单位", "unit"),
    "text": Column("text", "内容", "text"),
    "change": Column("text", "改动的种类", "kind of change"),
    "subject": Column("text", "改动的对象", "what is changed: station, link or gate"),
    "when": Column(
        "text",
        "改动前（before）或后（after）的位置，空为不动",
        "place before or after the change; empty = it stays where it is",
    ),
    "what": Column("text", "改动的内容（JSON）", "what the change says, as JSON"),
    "table": Column("text", "表或图层", "table or layer"),
    "column": Column("text", "列名", "name of the column"),
    "meaning_zh": Column("text", "中文含义", "meaning in Chinese"),
    "meaning_en": Column("text", "英文含义", "meaning in English"),
}


def rounded(values: pd.Series, kind: str) -> pd.Series:
    """Return the numbers of a column as they are written; texts and flags as they are."""
    decimals = KINDS[kind].decimals
    if decimals is None:
        return values
    if kind == "count":
        return values.astype("Int64")
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    return pd.Series(np.round(numbers, decimals) + 0.0, index=values.index)  # no minus zero


def unmasked(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame without pandas' masked numbers: whole ones as floats where some are missing.

    Formats that know no masks take it; the geometry stays.
    """
    masked = frame.columns[[str(dtype) in ("Int64", "Float64") for dtype in frame.dtypes]]
    if not len(masked):
        return frame
    out = frame.copy()
    for name in masked:
        whole = str(out[name].dtype) == "Int64" and not out[name].isna().any()
        out[name] = out[name].astype("int64" if whole else "float64")
    return out
