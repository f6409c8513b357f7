"""What people type finds what they mean, the best answer first.

Orders are derived by hand, from all forms that a name can be typed in (enumerated), and from an
edit distance computed by its definition.
"""

from __future__ import annotations

import importlib
import itertools
import json
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import search
from geo.model import Position
from geo.search import pack
from geo.search.entries import KINDS, STREET, entries_of
from geo.search.folding import fold
from geo.search.readings import readings_of
from geo.search.together import together
from geo.search.variants import PAIRS, SIMPLIFIED
from tests.geo.named import LAT, LON, index_of_names, many_names, typed
from tests.geo.toy_city import toy_city


def names(index, text, count=20, near=None):
    return [found.name for found in search.find(index, text, count, near)]


# --- Folding and readings ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("龍津社區", "龙津社区"),
        ("ＡＢＣ３号门", "abc3号门"),
        ("Xi'an·Lu", "xianlu"),
        ("Café Müller", "cafemuller"),
        ("③（2）㎡", "32m2"),
        (" -·'’() ", ""),
    ],
)
def test_texts_are_folded_to_bare_letters(text, folded):
    assert fold(text).text == folded


def test_words_begin_after_gaps_and_where_the_script_changes():
    folded = fold("KFC餐厅 3号B座")
    begun = [folded.text[n] for n, begins in enumerate(folded.begins) if begins]
    # k of KFC; 餐 after Latin letters; 3 after the gap; b after Chinese; 座 after Latin letters.
    assert begun == ["k", "餐", "3", "b", "座"]
    assert folded.origin == (0, 1, 2, 3, 4, 6, 7, 8, 9)


@given(st.text(max_size=30))
def test_a_folded_text_folds_to_itself(text):
    folded = fold(text)
    assert fold(folded.text).text == folded.text
    assert len(folded.origin) == len(folded.begins) == len(folded.text)
    assert list(folded.origin) == sorted(folded.origin)


def test_both_characters_of_a_pair_have_a_reading_in_common():
    pypinyin = importlib.import_module("pypinyin")

    def ways(character):
        style = pypinyin.Style.NORMAL
        return set(pypinyin.pinyin(character, style=style, heteronym=True)[0])

    assert len(PAIRS) == 2 * len(SIMPLIFIED)
    assert [pair for pair in SIMPLIFIED.items() if not ways(pair[0]) & ways(pair[1])] == []
    assert not set(SIMPLIFIED) & set(SIMPLIFIED.values())


def test_the_reading_that_the_city_uses_comes_first():
    """Alone, 重 is read zhong; in the name of the city of Chongqing it is chong."""
    assert readings_of(["重量"])["重"][0] == "zhong"
    assert readings_of(["重庆路", "重庆村"])["重"][:2] == ("chong", "zhong")


def test_a_reading_that_no_word_uses_is_not_known():
    """The dictionary of characters has 号 as xiao and 区 as ou, which no word is read with."""
    readings = readings_of(["3号", "区", "银行"])
    assert readings["号"] == ("hao",) and readings["区"] == ("qu",)
    assert readings["行"] == ("hang", "xing")


def test_a_letter_that_keyboards_lack_is_typed_in_several_ways():
    index = index_of_names("绿湖路")
    assert index.readings["绿"][:3] == ("lv", "lu", "lyu")
    for text in ("lvhu", "lühu", "luhu", "lyuhu", "LÜ HU"):
        assert names(index, text) == ["绿湖路"]


@given(st.lists(st.text(max_size=8), max_size=6))
def test_any_names_can_be_read(texts):
    for character, ways in readings_of([fold(text).text for text in texts]).items():
        assert len(character) == 1 and ways
        assert all(way.isascii() and way.isalpha() for way in ways)


# --- What is found, and in which order ------------------------------------------------------------


def test_the_example_of_the_rider():
    """“longjin” and “ljsq” find what people mean by them."""
    index = index_of_names(
        ("street", "龙津路"), ("compound", "龙井小区"), ("cell", "龙津社区"), ("cell", "凤凰社区")
    )
    # Whole syllables come before the unfinished jin of jing (龙井).
    assert names(index, "longjin") == ["龙津路", "龙津社区", "龙井小区"]
    assert names(index, "ljsq") == ["龙津社区"]
    assert names(index, "longj社") == ["龙津社区"]
    assert names(index, "龙jinshequ") == ["龙津社区"]
    assert names(index, "Long Jin She'qu") == ["龙津社区"]
    assert names(index, "龍津社區") == ["龙津社区"]


def test_better_matches_come_first():
    """One name for each class of match of “an”, each a street, in an order that is no help.

    “an” alone: a name that is these letters; one that begins with them; a word inside that begins
    with them; letters inside; 阿内 (a…, n…) by initials; 安 as a syllable first; 安 further on.
    """
    index = index_of_names(
        "永安路", "安东路", "阿内路", "Susanna", "Big Andrew", "Andrew", "An",
    )  # fmt: skip
    assert names(index, "an") == [
        "An", "Andrew", "Big Andrew", "Susanna", "阿内路", "安东路", "永安路",
    ]  # fmt: skip


def test_equal_matches_are_ordered_by_kind_then_nearness_then_row():
    kinds = ["cell", "address", "compound", "street", "place", "station"]
    index = index_of_names(*((kind, "龙津") for kind in kinds))
    assert [found.kind for found in search.find(index, "lj")] == list(KINDS)
    # One degree of longitude at 29.45° N is 96.8 km: 0.01° are 968 m, 0.001° 97 m.
    spots = [(LON + 0.01, LAT), (LON, LAT), (LON + 0.0002, LAT)]
    streets = index_of_names("龙津北路", "龙津南路", "龙津东路", spots=spots)
    assert names(streets, "龙津") == ["龙津北路", "龙津南路", "龙津东路"]
    near = search.find(streets, "龙津", near=Position(LON, LAT))
    # The second and the third stand in the same step of 100 m: their row decides.
    assert [found.name for found in near] == ["龙津南路", "龙津东路", "龙津北路"]
    assert [found.metres for found in near] == [0, 19, 968]


def test_the_units_of_a_compound_are_told_only_when_one_of_them_is_meant():
    index = index_of_names(
        ("compound", "新盛家属院"), ("cell", "新盛家属院1单元"), ("cell", "新盛社区"),
        ("cell", "新盛家属院2单元"),
    )  # fmt: skip
    assert names(index, "xinsheng") == ["新盛家属院", "新盛社区"]
    assert names(index, "新盛家属院2")[0] == "新盛家属院2单元"
    assert names(index, "danyuan") == ["新盛家属院1单元", "新盛家属院2单元"]


def test_a_station_is_found_by_its_host_after_what_is_called_so():
    index = index_of_names(("station", "人民路驿站"), ("place", "江城银行"), hosts={0: "江城银行"})
    by_name, by_host = search.find(index, "jiangcheng")
    assert (by_name.name, by_name.field, by_name.detail) == ("江城银行", "name", "somewhere")
    assert (by_host.name, by_host.field, by_host.detail) == ("人民路驿站", "detail", "江城银行")
    assert by_host.mark == (0, 2)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("龙津", "龙 津"),
        ("longj", "龙 津"),
        ("西门", "西门"),
        ("xm3", "西门（3"),
        ("kfc", "KFC"),
        ("xinmeng", "西门"),  # a letter too many twice is no slip: see below
    ],
)
def test_what_fits_is_marked_in_the_name_as_it_is_shown(text, mark):
    shown = "龙 津·西门（3号KFC）"
    found = search.find(index_of_names(shown), text)
    if text == "xinmeng":
        assert found == []
        return
    first, count = found[0].mark
    assert shown[first : first + count] == mark


def test_one_letter_finds_only_beginnings():
    index = index_of_names("龙津路", "新龙路", "Lido")
    assert names(index, "l") == ["Lido", "龙津路"]


@pytest.mark.parametrize("text", ["", "   ", "·'-", "…"])
def test_nothing_typed_finds_nothing(text):
    assert search.find(index_of_names("龙津路"), text) == []


def test_a_city_without_names_has_nothing_to_find():
    assert search.find(index_of_names(), "longjin") == []
    assert json.loads(json.dumps(pack(index_of_names())))["name"] == []


# --- Every way of typing: enumerated by the rules, without the index ------------------------------


def _forms(character, ways, is_last):
    """Yield (typed, manner) for one character: itself, initials, syllables, beginnings."""
    yield character, "L"
    for way in ways:
        yield way, "F"
        yield way[0], "I"
        for size in range(2, len(way)):
            if way[:size] in ("zh", "ch", "sh"):
                yield way[:size], "I"
            elif is_last:
                yield way[:size], "P"


def _rank(name, start, end, manners):
    """Return (class, loose, part) of a match; the classes count from 0 as documented."""
    whole, at_start = start == 0 and end == len(name), start == 0
    used = set(manners) - {"L"}
    if not used:
        kind = 0 if whole else 1 if at_start else 3
    else:
        kind = 6 if not at_start else 4 if used == {"I"} else 5
    return kind, not used <= {"F"}, not whole


def test_every_way_of_typing_is_found_in_the_right_order():
    """Names of Chinese characters only: no word begins inside, so class 2 does not occur."""
    texts = ["龙津路", "龙井", "长安路", "安乐里", "重庆", "石桥", "沙石里", "新儿桥", "长乐行重庆"]
    index = index_of_names(*texts)
    expected: dict[str, dict[int, tuple[int, bool, bool]]] = {}
    for row, name in enumerate(texts):
        for start, end in itertools.combinations(range(len(name) + 1), 2):
            options = [
                [*_forms(c, index.readings.get(c, ()), place == end - 1)]
                for place, c in enumerate(name[start:end], start)
            ]
            for parts in itertools.product(*options):
                text = "".join(part for part, _ in parts)
                rank = _rank(name, start, end, [manner for _, manner in parts])
                if rank[0] == 6 and len(text) == 1:
                    continue
                rows = expected.setdefault(text, {})
                rows[row] = min(rows.get(row, rank), rank)
    assert len(expected) > 3_000
    for text in random.Random(5).sample(sorted(expected), 600):
        rows = expected[text]
        wanted = [texts[row] for row in sorted(rows, key=lambda row: (rows[row], row))]
        assert names(index, text)[: len(wanted)] == wanted, text


# --- One slip -------------------------------------------------------------------------------------


def _distance(one, other):
    """Return the edit distance with swaps of neighbours (optimal string alignment)."""
    table = np.zeros((len(one) + 1, len(other) + 1), int)
    table[:, 0], table[0, :] = np.arange(len(one) + 1), np.arange(len(other) + 1)
    for i, a in enumerate(one, 1):
        for j, b in enumerate(other, 1):
            ways = [table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a != b)]
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                ways.append(table[i - 2, j - 2] + 1)
            table[i, j] = min(ways)
    return table[-1, -1]


def _is_near(text, typed_text, starts):
    """Return whether a text holds what was typed but for one slip, from one of the starts on."""
    return any(
        text[start] == typed_text[0]
        and any(_distance(text[start:end], typed_text) <= 1 for end in range(start, len(text) + 1))
        for start in starts
    )


def test_one_slip_is_found_as_the_edit_distance_says():
    index = index_of_names(*many_names(60, 3).entries.name)
    rng = random.Random(8)
    some = 0
    for _ in range(150):
        text = typed(index, rng)
        question = fold(text).text
        found = {one.name for one in search.find(index, text)}
        if not question.isascii() or len(question) < 4 or len(found) >= 20:
            continue
        near = set()
        for name in index.entries.name:
            parts = [index.spelled(c) for c in fold(name).text]
            starts = [len("".join(parts[:n])) for n in range(len(parts))]
            if _is_near("".join(parts), question, starts):
                near.add(name)
        if not near or len(near) > 20:
            continue
        some += 1
        # With three better answers nobody asks for slips; without, every near name is there.
        best = search.find(index, text, 3)
        assert near <= found or len(best) == 3, text
    assert some > 10


@pytest.mark.parametrize(
    "text", ["lognjin", "longjn", "longgjin", "lonjinlu", "longjinu", "龙金路", "龙近路", "龙靳路"]
)
def test_a_slip_or_a_wrong_character_of_the_same_sound_is_forgiven(text):
    index = index_of_names("龙津路", "金安路", "近湖路", "凤凰路")
    assert names(index, text)[0] == "龙津路"


@pytest.mark.parametrize("text", ["aongjin", "lojnj", "logjni", "凤津路"])
def test_two_slips_or_a_wrong_first_letter_are_not(text):
    assert "龙津路" not in names(index_of_names("龙津路", "凤凰路"), text)


# --- Laws -----------------------------------------------------------------------------------------


def test_fewer_answers_are_the_first_of_more():
    index = many_names(400, 1)
    rng = random.Random(2)
    for _ in range(120):
        text, near = typed(index, rng), rng.choice((None, Position(LON, LAT)))
        whole = search.find(index, text, 20, near)
        for count in (1, 4, 11):
            assert search.find(index, text, count, near) == whole[:count]


def test_every_name_is_found_by_itself_by_its_pinyin_and_by_its_initials():
    index = many_names(120, 4)
    for name in index.entries.name:
        folded = fold(name).text
        spelled = index.spelled(folded)
        initials = "".join(index.readings.get(c, (c,))[0][0] for c in folded)
        for text in (name, spelled, initials, name.upper(), " ".join(spelled)):
            # Of the same name there may be several; the name itself must be among the first.
            assert any(fold(n).text == folded for n in names(index, text)), (name, text)


@given(st.text(max_size=90), st.integers(-3, 40))
def test_any_text_is_answered(text, count):
    index = _SOME
    found = search.find(index, text, count)
    assert len(found) <= max(0, min(count, search.MOST))
    for one in found:
        shown = one.name if one.field == "name" else one.detail
        first, size = one.mark
        assert 0 <= first < first + size <= len(shown)


_SOME = many_names(80, 6)


def test_a_hostile_repetition_costs_nothing():
    """Every letter of aaaa… is both an initial and a syllable of 啊: 2⁸⁰ ways, one answer."""
    index = index_of_names("啊" * 80, "饿" * 40)
    assert names(index, "a" * 200) == ["啊" * 80]


# --- What there is to find in a city --------------------------------------------------------------


def test_a_street_is_found_once_where_it_runs():
    """Points of one name within 150 m squares that touch are together, over others between them."""
    name = np.array([1, 1, 1, 1, 2, 1])
    xy = np.array([[0, 0], [200, 0], [400, 0], [2000, 0], [0, 0], [2100, 90]], float)
    group = together(name, xy)
    assert group[0] == group[1] == group[2]
    assert group[3] == group[5]
    assert len({group[0], group[3], group[4]}) == 3
    joined = together(name, xy, (np.array([2]), np.array([3])))
    assert joined[0] == joined[5] != joined[4]


def test_a_station_is_found_by_its_english_name():
    data = toy_city([(100, 0), (300, 0)], [])
    named = {
        "name": ["建设银行", "驿站"],
        "name_en": ["Construction Bank", ""],
        "host": ["", "bank"],
    }
    data = replace(data, stations=data.stations.assign(**named))
    found = search.find(search.index(data), "construction")
    assert [(one.name, one.detail) for one in found] == [("建设银行", "Construction Bank")]
    found = search.find(search.index(data), "bank")
    assert {one.name for one in found} == {"建设银行", "驿站"}


def test_the_streets_and_cells_of_the_toy_city():
    """Each line of the toy has a name of its own; cells without names cannot be found."""
    data = toy_city([(100, 0), (300, 0)], [], closed=[1])
    entries = entries_of(data)
    by_kind = {
        kind: [n for n, k in zip(entries.name, entries.kind, strict=True) if KINDS[k] == kind]
        for kind in KINDS
    }
    assert set(by_kind["cell"]) == {"half w", "half e"}
    lines = {f"{line}{number}" for line in "HV" for number in range(6)}
    assert lines <= set(by_kind["street"])
    assert len(by_kind["street"]) == len(set(by_kind["street"]))
    # The closed station is not there; the toy's stations have neither name nor address.
    assert len(by_kind["station"]) <= 1 and by_kind["address"] == []
    rank = [(k, n) for k, n in zip(entries.kind, entries.name, strict=True)]
    assert [k for k, _ in rank] == sorted(k for k, _ in rank)


def test_the_point_of_a_street_lies_on_it():
    data = toy_city([(100, 0)], [])
    entries = entries_of(data)
    streets = data.network.imported
    for row in np.flatnonzero(entries.kind == STREET).tolist():
        spot = data.locate(Position(entries.lon[row] / 1e6, entries.lat[row] / 1e6))[0]
        number = streets.names.index(entries.name[row])
        off = [
            _off(streets.coords[streets.coord_start[e] : streets.coord_start[e + 1]], spot)
            for e in np.flatnonzero(streets.name_id == number)
        ]
        assert min(off) < 0.2  # a millionth of a degree is 0.1 m


def _off(line, spot):
    import shapely

    return shapely.LineString(np.asarray(line)).distance(shapely.Point(spot))
