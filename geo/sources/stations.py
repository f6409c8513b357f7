"""Read stations from lists as offices keep them, from map layers, or from tags of OpenStreetMap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geo import frames
from geo.errors import Fault, InputError
from geo.model import MOST_SEATS
from geo.sources import files, osm, photos, tags, wording
from geo.sources.notes import Note
from geo.sources.places import Places, read_places, repeated_ids

FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("编号", "站点编号", "驿站编号", "序列号", "编码", "代码", "code", "osmid"),
    "name": ("名称", "站名", "站点名称", "驿站名称", "驿站", "站点"),
    "name_en": ("英文名称", "英文名", "英文", "name:en", "english name"),
    "tier": ("级别", "层级", "站点级别", "驿站级别", "等级", "类型", "类别", "level"),
    "services": ("服务项目", "服务", "服务内容", "服务功能", "功能"),
    "opening_hours": ("开放时间", "营业时间", "服务时间", "开放时段", "时间", "hours"),
    "address": ("地址", "详细地址", "位置", "地点"),
    "phone": ("电话", "联系电话", "联系方式", "tel", "telephone"),
    "host": ("依托单位", "主办单位", "承办单位", "所属单位", "单位", "operator"),
    "status": ("状态", "运营状态", "开放状态", "state"),
    "capacity": ("容量", "可容纳人数", "容纳人数", "座位数", "座位", "seats"),
    "verified": ("核实日期", "核实时间", "最近核实", "查验日期", "check_date", "checked"),
    "photo": ("照片", "图片", "相片", "照片文件", "picture", "image"),
}
#: Fewer words than this are quoted in a note.
_WORDS_QUOTED = 12


def read_stations(
    source: Path | str,
    *,
    fields: Mapping[str, str] | None = None,
    where: Mapping[str, Sequence[str]] | None = None,
    datum: str | None = None,
    osm_paths: Sequence[Path] = (),
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Read stations into the frame ``stations`` (WGS84).

    ``source`` is a CSV, TSV, XLSX or vector file, or ``osm:key=value[,value2]`` for places of the
    OSM files in ``osm_paths``. ``fields`` tells which header holds which of our fields; ``where``
    keeps the rows whose column has one of the values; ``datum`` is that of the file's degrees.
    Words that are not understood are left out and said in the notes, never guessed. ``photo`` is
    the name of a file beside the list (:mod:`geo.sources.photos`). Raises
    :class:`~geo.errors.InputError` with all faults and their rows.
    """
    text = str(source)
    if text.startswith("osm:"):
        return _from_osm(text, osm_paths)
    path = Path(source)
    places = read_places(path, FIELDS, fields=fields or {}, datum=datum, where=where)
    faults = [*places.faults, *repeated_ids(places, "id", path.name)]
    shapes = places.frame.geometry.to_numpy()
    lost = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if path.suffix.lower() in files.VECTORS:
        faults += frames.row_faults(
            path.name, lost, lambda row: "no position", "draw it or remove the row", places.numbers
        )
    rows = [f"{path.name} row {number}" for number in places.numbers]
    faults += photos.faults_of(path.parent, places.column("photo"), rows)
    if "name" not in places.found and "name" not in (fields or {}):
        seen = f"no column with the name; it has: {', '.join(places.headers) or 'none'}"
        faults.append(Fault(path.name, seen, "add 名称 (name), or say which column holds it"))
    if faults:
        raise InputError(faults)
    notes = list(places.notes)
    if (shapely.get_type_id(shapes) != 0).any():
        notes.append(
            Note(
                path.name,
                "面或线状的驿站以其内部一点表示",
                "stations drawn as areas or lines stand at a point on them",
            )
        )
        shapes = shapely.point_on_surface(shapes)
    columns = _columns(places, path.name, notes)
    return frames.make("stations", columns, shapes, places.frame.crs, path.name), tuple(notes)


def _columns(places: Places, where: str, notes: list[Note]) -> dict[str, pd.Series]:
    """Return the columns of ``stations``; note what was made up or not understood."""
    made = [f"s{number:04d}" for number in places.numbers]
    given = places.column("id")
    ids = given.where(given != "", pd.Series(made, index=given.index, dtype="str"))
    taken = ids.duplicated(keep=False) & (given == "")
    ids = ids.where(~taken, ids + "-row")
    english = places.column("name_en")
    name = places.column("name").where(lambda given: given != "", english)
    unnamed = int((name == "").sum())
    if unnamed:
        notes.append(
            Note(
                where,
                f"{unnamed} 个驿站没有名称，以所在街道称呼",
                f"{unnamed} stations without a name are called by their street",
                unnamed,
            )
        )
    odd: dict[str, int] = {}
    keys = []
    for words in places.column("services"):
        found, unknown = wording.services(words)
        keys.append(found)
        for word in unknown:
            odd[word] = odd.get(word, 0) + 1
    _note_words(notes, where, "服务项目", "services", odd)
    return {
        "id": ids,
        "name": name,
        "name_en": english,
        "tier": _said(places, "tier", wording.tier, "point", "级别", where, notes),
        "services": pd.Series(keys, dtype="str"),
        "opening_hours": _said(
            places, "opening_hours", wording.opening_hours, "", "开放时间", where, notes
        ),
        **{key: places.column(key) for key in ("address", "phone", "host")},
        "status": _said(places, "status", wording.status, "open", "状态", where, notes),
        "capacity": _capacity(places, where, notes),
        "verified": _said(places, "verified", wording.day, "", "核实日期", where, notes),
        "photo": places.column("photo"),
    }


def _said(
    places: Places,
    field: str,
    understand: Callable[[str], str | None],
    otherwise: str,
    zh: str,
    where: str,
    notes: list[Note],
) -> pd.Series:
    """Return a field as we say it; words that are not understood become ``otherwise``."""
    words = places.column(field)
    meaning = {word: understand(word) if word else "" for word in words.unique()}
    odd = {word: int((words == word).sum()) for word, said in meaning.items() if word and not said}
    _note_words(notes, where, zh, field, odd, otherwise)
    return words.map(lambda word: meaning[word] or otherwise).astype("str")


def _note_words(
    notes: list[Note], where: str, zh: str, en: str, odd: Mapping[str, int], taken: str = ""
) -> None:
    if not odd:
        return
    count = sum(odd.values())
    quoted = "、".join(list(odd)[:_WORDS_QUOTED]) + (" …" if len(odd) > _WORDS_QUOTED else "")
    meant = f"，按 {taken} 处理" if taken else "，未采用"
    as_ = f"taken as {taken}" if taken else "left out"
    notes.append(
        Note(
            where,
            f"{zh}中有 {count} 处未能识别{meant}：{quoted}",
            f"{count} entries of {en} were not understood and {as_}: {quoted}",
            count,
        )
    )


def _capacity(places: Places, where: str, notes: list[Note]) -> pd.Series:
    words = places.column("capacity")
    number = pd.to_numeric(words.str.extract(r"^[^\d-]*(\d+)(?:\.0*)?\D*$")[0], errors="coerce")
    number = number.where(number <= MOST_SEATS)
    odd = dict.fromkeys(words[(words != "") & number.isna()], 1)
    _note_words(notes, where, "容量", "capacity", odd)
    return number.astype("Int64")


def _from_osm(text: str, paths: Sequence[Path]) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    key, _, values = text.removeprefix("osm:").partition("=")
    wanted = [value for value in map(str.strip, values.split(",")) if value]
    if not key.strip() or not wanted:
        raise InputError(
            Fault(
                "--stations", f"{text!r} names no tag", "write osm:key=value, as osm:amenity=bank"
            )
        )
    pbf = [path for path in paths if path.suffix.lower() == ".pbf"]
    if not pbf:
        seen = f"{text} needs an OSM PBF file, and the streets are none"
        raise InputError(Fault("--stations", seen, "give a PBF as --streets, or a station list"))
    parts: list[gpd.GeoDataFrame] = []
    found: list[dict[str, str]] = []
    for path in pbf:
        frame, described = osm.read_places(path, key.strip(), wanted)
        parts.append(frame)
        found += described
    whole = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=parts[0].crs)
    first = (~whole["osm_id"].duplicated()).to_numpy()
    whole, found = whole[first], [place for place, kept in zip(found, first, strict=True) if kept]
    if whole.empty:
        names = ", ".join(path.name for path in pbf)
        raise InputError(Fault(names, f"no place tagged {text[4:]}", "choose another tag"))
    table = pd.DataFrame([_described(place) for place in found], dtype="str").fillna("")
    table.insert(0, "id", whole["osm_id"].to_numpy())
    places = Places(
        gpd.GeoDataFrame(table, geometry=whole.geometry.to_numpy(), crs=whole.crs),
        whole.index.to_numpy() + 1,
        tuple(table.columns),
        {name: name for name in table.columns},
        [],
        [],
    )
    where = f"{pbf[0].name} ({text[4:]})"
    notes: list[Note] = []
    columns = _columns(places, where, notes)
    count = len(table)
    notes.insert(
        0, Note(where, f"取自 OSM 标签的 {count} 处", f"{count} places from tags of OSM", count)
    )
    shapes = whole.geometry.to_numpy()
    return frames.make("stations", columns, shapes, whole.crs, where), tuple(notes)


def _described(place: Mapping[str, str]) -> dict[str, str]:
    street = place.get("addr:street", "") + place.get("addr:housenumber", "")
    return {
        "name": tags.name_of(place),
        "name_en": place.get("name:en", ""),
        "opening_hours": place.get("opening_hours", ""),
        "address": place.get("addr:full", "") or street,
        "phone": place.get("phone", "") or place.get("contact:phone", ""),
        "host": place.get("operator", ""),
        "capacity": place.get("capacity", ""),
        "verified": place.get("check_date", "") or place.get("survey:date", ""),
    }
