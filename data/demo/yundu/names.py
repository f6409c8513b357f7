"""Invent Chinese names, each used once."""

from __future__ import annotations

from random import Random

_FIRST = list("锦翠明华康安瑞祥和景云望永新清泰福盛丰嘉文书学春秋桂兰竹梅松柏柳杏榕枫荷莲霞虹晨曦")
_SECOND = list("绣湖德盛宁远丰园泉溪塘桥井坊巷台岭峰石林苑泽源兴业平庆乐善义礼智信贤才")
_OLD = ["巷", "街", "里", "弄"]
_NEW = ["路", "街"]


class Names:
    """Give out names without repeating one."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._used: set[str] = set()

    def _fresh(self, first: list[str], second: list[str], tails: list[str]) -> str:
        for _ in range(400):
            name = self._rng.choice(first) + self._rng.choice(second) + self._rng.choice(tails)
            if name not in self._used:
                self._used.add(name)
                return name
        raise RuntimeError("the invented names are used up")

    def street(self, quarter: str) -> str:
        """Return the name of a local street of this kind of quarter."""
        return self._fresh(_FIRST, _SECOND, _OLD if quarter == "old" else _NEW)

    def compound(self, use: str) -> str:
        """Return the name of a compound, as such places are called."""
        if use == "old":
            return self._fresh(_FIRST, _SECOND, ["里", "坊", "巷片", "大院"])
        if use == "walkup":
            return self._fresh(_FIRST, _SECOND, ["新村", "小区", "苑", "家属院", "小区东院"])
        if use == "tower":
            return self._fresh(
                _FIRST,
                ["澜", "悦", "宸", "御", "璟", "樾", "域", "汇"],
                ["国际", "公馆", "中心城", "天境", "首府"],
            )
        if use in ("village", "hamlet", "island"):
            return self._fresh(
                ["龙", "柏", "石", "杨", "竹", "高", "双", "青", "白", "黄"],
                ["家", "塘", "桥", "坪", "湾", "沟", "树"],
                ["村", "院子", "屋场"],
            )
        return self._fresh(_FIRST, _SECOND, ["花园", "名苑", "雅居", "家园", "华庭", "嘉园", "府"])

    def place(self, use: str) -> str:
        """Return the name of a park, school or other place where nobody lives."""
        tails = {
            "park": ["公园"],
            "lakeside": ["湖公园"],
            "school": ["小学", "中学", "实验学校"],
            "hospital": ["医院"],
            "campus": ["学院"],
            "square": ["广场"],
            "commerce": ["商场", "市场", "商业中心", "百货"],
            "office": ["大厦", "商务中心"],
            "industry": ["产业园", "机械厂", "食品厂", "电子厂"],
            "station": ["站前区"],
            "farm": ["农场", "田园"],
            "forest": ["林场"],
            "meadow": ["绿地"],
            "embankment": ["滨江绿带"],
            "verge": ["绿地"],
        }
        return self._fresh(_FIRST, _SECOND, tails.get(use, ["地块"]))


SUBDISTRICTS = ("临江街道", "云岭街道", "学府街道", "新城街道")
#: What people call the places; a community takes the name of the one that it lies nearest to.
COMMUNITIES: tuple[tuple[str, float, float], ...] = (
    ("钟鼓楼", 3930, 3450),
    ("文昌宫", 3620, 4150),
    ("十字街", 4350, 3750),
    ("状元坊", 3250, 3450),
    ("码头", 3800, 2450),
    ("青石巷", 3250, 2850),
    ("云渡里", 4750, 2700),
    ("步行街", 4880, 3420),
    ("书院", 4500, 4400),
    ("复兴", 5800, 3350),
    ("民生", 4000, 4750),
    ("太平桥", 5150, 4750),
    ("五福", 5800, 4350),
    ("望江", 2500, 3050),
    ("云岭", 1900, 4950),
    ("松涛", 2850, 5400),
    ("北郊", 5450, 5950),
    ("五里店", 3800, 5500),
    ("铁新", 6050, 5300),
    ("车站", 6750, 4650),
    ("站前", 6800, 4250),
    ("东平", 7000, 3600),
    ("仓前", 7950, 4600),
    ("物流园", 7950, 5300),
    ("竹林湾", 5200, 5450),
    ("晒网坝", 8100, 3500),
    ("石桥铺", 7150, 5500),
    ("凤凰台", 700, 5100),
    ("柳荫", 1750, 4150),
    ("梧桐", 2450, 4100),
    ("白鹭滩", 300, 3600),
    ("学府", 1450, 2200),
    ("翰林", 2250, 2200),
    ("砚池", 1600, 2600),
    ("科教", 800, 1950),
    ("桃李", 900, 3000),
    ("杏坛", 1650, 1550),
    ("云湖", 2750, 900),
    ("柏树湾", 600, 1050),
    ("芦花", 2750, 1950),
    ("南环", 1500, 450),
    ("滨南", 3950, 1550),
    ("金竹", 3200, 400),
    ("桂花园", 2400, 1350),
    ("荷塘", 400, 2500),
    ("稻香", 4000, 700),
    ("橡树坡", 1700, 900),
    ("新城", 4900, 1450),
    ("文澜", 5150, 700),
    ("江心洲", 5900, 2250),
    ("兴业", 6900, 2400),
    ("龙津", 6400, 1000),
    ("创新", 7600, 1600),
    ("货场", 7900, 2350),
    ("望江桥", 6400, 2300),
)
NUMERALS = "一二三四五六七八九十"


def numeral(value: int) -> str:
    """Return a number up to 99 in Chinese characters."""
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else NUMERALS[tens - 1] + "十")
    return head + (NUMERALS[ones - 1] if ones else "")
