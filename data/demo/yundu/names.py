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
            return self._fresh(_FIRST, ["澜", "悦", "宸", "御", "璟", "樾", "域", "汇"],
                               ["国际", "公馆", "中心城", "天境", "首府"])  # fmt: skip
        if use in ("village", "hamlet", "island"):
            return self._fresh(["龙", "柏", "石", "杨", "竹", "高", "双", "青", "白", "黄"],
                               ["家", "塘", "桥", "坪", "湾", "沟", "树"], ["村", "院子", "屋场"])
        return self._fresh(_FIRST, _SECOND, ["花园", "名苑", "雅居", "家园", "华庭", "嘉园", "府"])

    def place(self, use: str) -> str:
        """Return the name of a park, school or other place where nobody lives."""
        tails = {"park": ["公园"], "lakeside": ["湖公园"], "school": ["小学", "中学", "实验学校"],
                 "hospital": ["医院"], "campus": ["学院"], "square": ["广场"],
                 "commerce": ["商场", "市场", "商业中心", "百货"], "office": ["大厦", "商务中心"],
                 "industry": ["产业园", "机械厂", "食品厂", "电子厂"], "station": ["站前区"],
                 "farm": ["农场", "田园"], "forest": ["林场"], "meadow": ["绿地"],
                 "embankment": ["滨江绿带"], "verge": ["绿地"]}  # fmt: skip
        return self._fresh(_FIRST, _SECOND, tails.get(use, ["地块"]))


SUBDISTRICTS = ("临江街道", "云岭街道", "学府街道", "新城街道")
COMMUNITIES = (
    "望江 书院 钟鼓楼 文昌宫 十字街 状元坊 码头 云渡里 复兴 民生 五福 太平桥 青石巷 步行街 "
    "云岭 松涛 五里店 北郊 车站 铁新 站前 东平 仓前 物流园 晒网坝 "
    "学府 翰林 砚池 科教 桃李 云湖 南环 杏坛 石桥铺 柏树湾 芦花 "
    "新城 文澜 兴业 创新 龙塘 江心洲 滨南 望江桥 货场 金竹"
).split()
NUMERALS = "一二三四五六七八九十"


def numeral(value: int) -> str:
    """Return a number up to 99 in Chinese characters."""
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else NUMERALS[tens - 1] + "十")
    return head + (NUMERALS[ones - 1] if ones else "")
