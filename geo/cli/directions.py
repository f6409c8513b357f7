"""Say the steps of a way in words, Chinese and English."""

from __future__ import annotations

from geo.way.steps import LEAVE, STAIRS, Step

_DO = {
    "ride": ("骑行", "ride"),
    "push": ("推行", "push the vehicle"),
    "walk": ("步行", "walk"),
    "stairs": ("走台阶", "take the stairs"),
}
_TURN = {
    "straight": ("直行", "straight on"),
    "slight_left": ("向左前方", "bear left"),
    "left": ("左转", "turn left"),
    "sharp_left": ("向左后方转", "turn sharp left"),
    "slight_right": ("向右前方", "bear right"),
    "right": ("右转", "turn right"),
    "sharp_right": ("向右后方转", "turn sharp right"),
    "back": ("掉头", "turn back"),
}
_SIDE = {
    "left": ("在左手边", "on the left"),
    "right": ("在右手边", "on the right"),
    "ahead": ("在前方", "ahead"),
}
_COMPASS = (
    ("北", "north"),
    ("东北", "north-east"),
    ("东", "east"),
    ("东南", "south-east"),
    ("南", "south"),
    ("西南", "south-west"),
    ("西", "west"),
    ("西北", "north-west"),
)
_WHERE = {
    "gate": ("大门", "the gate"),
    "steps": ("台阶前", "the foot of the steps"),
    "street": ("路口", "the corner"),
}


def compass(heading: int) -> tuple[str, str]:
    """Return the nearest of the eight directions, Chinese and English."""
    return _COMPASS[round(heading / 45.0) % 8]


def said(step: Step) -> str:
    """Return a step in both languages."""
    chinese, english = _leave(step) if step.kind == LEAVE else _move(step)
    return f"{chinese} · {english}"


def _leave(step: Step) -> tuple[str, str]:
    zh, en = (step.gate, step.gate) if step.gate else _WHERE[step.cause]
    return f"把车停在{zh}", f"leave the vehicle at {en}"


def _move(step: Step) -> tuple[str, str]:
    metres = f"{step.metres:,.0f}"
    if step.turn == "arrive":
        zh, en = _SIDE[step.side]
        return f"到达：驿站{zh} {metres} 米", f"arrive: the station is {en}, {metres} m"
    do_zh, do_en = _DO[step.kind]
    if step.turn == "start":
        zh, en = compass(step.heading)
        zh, en = f"向{zh}{do_zh}", f"{do_en} {en}"
    else:
        zh, en = _TURN[step.turn]
        zh, en = f"{zh}，{do_zh}", f"{en}, {do_en}"
    if step.street:
        zh, en = f"{zh}，沿{step.street}", f"{en} along {step.street}"
    zh, en = f"{zh} {metres} 米", f"{en}, {metres} m"
    if step.kind == STAIRS:
        count = "" if step.stairs is None else f"，约 {step.stairs} 级"
        counted = "" if step.stairs is None else f", about {step.stairs} stairs"
        flights = "1 flight" if step.flights == 1 else f"{step.flights} flights"
        zh, en = f"{zh}（{step.flights} 段{count}）", f"{en} ({flights}{counted})"
    return zh, en
