"""Say every error in one plain sentence: problem+json (RFC 9457) to programs, a page to people.

The views raise and never catch. What an error means in HTTP is written in one table here, because
the analysis knows nothing of HTTP.
"""

from __future__ import annotations

import logging
import traceback
from dataclasses import asdict, dataclass
from typing import Any, cast

from apiflask import APIFlask, HTTPError
from flask import Response, render_template, request
from flask_babel import lazy_gettext as _l
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from geo import errors
from webmap import access, catalog, geojson, language
from webmap.store import errors as store

log = logging.getLogger("yizhan.web")

MEDIA_TYPE = "application/problem+json"
#: An answer repeats what was asked wrongly, but not a whole body of it; characters.
_LONGEST_DETAIL = errors.MOST_TOLD * (errors.LONGEST_TOLD + 5)


#: A body in pieces that gunicorn cannot put together, found out while it is read.
_BROKEN_BODY = (ParseException, NoMoreData)


@dataclass(frozen=True)
class Meaning:
    """Hold what one kind of error means in HTTP and to a person."""

    status: int
    name: str
    title: Any
    remedy: Any


@dataclass(frozen=True)
class Problem:
    """Hold the members of a problem+json answer."""

    type: str
    title: str
    status: int
    detail: str
    remedy: str


#: The nearest class along an error's bases decides.
MEANINGS: dict[type[Exception], Meaning] = {
    access.PlannersOnly: Meaning(
        403,
        "planners-only",
        _l("这一部分只供规划人员使用"),
        _l("这里是公开版；请在内部版（本机的 yizhan serve）里打开。"),
    ),
    errors.CityNotFound: Meaning(
        404, "city-not-found", _l("没有这座城市"), _l("请从城市列表中选择。")
    ),
    errors.CityBroken: Meaning(
        503, "city-broken", _l("这座城市的数据不完整"), _l("请用 yizhan city create 重新导入。")
    ),
    catalog.CityRenewed: Meaning(
        503, "city-renewed", _l("这座城市刚刚更新"), _l("请重新载入页面。")
    ),
    errors.CityError: Meaning(
        409, "city", _l("城市数据有问题"), _l("请用 yizhan city check 检查。")
    ),
    errors.PositionSwapped: Meaning(
        422, "position-swapped", _l("经纬度似乎写反了"), _l("请先写经度，再写纬度。")
    ),
    errors.PositionOutside: Meaning(
        422, "position-outside", _l("这个位置不在本城市范围内"), _l("请在地图范围内选一个位置。")
    ),
    errors.PositionInvalid: Meaning(
        422,
        "position-invalid",
        _l("这不是一个有效的位置"),
        _l("请给出以度为单位的经度（±180）和纬度（±90）。"),
    ),
    errors.StationNotFound: Meaning(
        404, "station-not-found", _l("没有这个驿站"), _l("驿站可能已更新，请刷新页面。")
    ),
    store.ScenarioNotFound: Meaning(
        404, "scenario-not-found", _l("没有这个方案"), _l("它可能已被删除，请重新打开方案列表。")
    ),
    store.ScenarioConflict: Meaning(
        409,
        "scenario-conflict",
        _l("别人刚刚改过这个方案"),
        _l("请先看过最新的内容，再决定如何修改。"),
    ),
    store.StoryNotFound: Meaning(
        404, "story-not-found", _l("没有这个故事"), _l("它可能已被删除，请重新打开故事列表。")
    ),
    store.StoryConflict: Meaning(
        409,
        "story-conflict",
        _l("别人刚刚改过这个故事"),
        _l("请先看过最新的内容，再决定如何修改。"),
    ),
    store.StoryNameTaken: Meaning(
        409, "story-name-taken", _l("已有同名的故事"), _l("请改用建议的名称，或另取一个。")
    ),
    store.JobNotFound: Meaning(
        404, "job-not-found", _l("没有这个任务"), _l("结果只保留一天；请重新开始。")
    ),
    store.JobsFull: Meaning(
        503, "jobs-full", _l("等待的任务太多"), _l("请等一个任务完成，或取消一个再试。")
    ),
    store.ScenarioNameTaken: Meaning(
        409, "scenario-name-taken", _l("已有同名的方案"), _l("请改用建议的名称，或另取一个。")
    ),
    errors.ScenarioOutdated: Meaning(
        409,
        "scenario-outdated",
        _l("城市数据已重新导入，这个方案是按旧数据做的"),
        _l("请查看哪些改动仍然适用，再把方案移到新数据上。"),
    ),
    store.StoreFull: Meaning(
        507, "store-full", _l("磁盘已满，没有保存"), _l("请清出空间后再保存；地图仍可查看。")
    ),
    store.StoreReadOnly: Meaning(
        503,
        "store-read-only",
        _l("方案库只能读取，没有保存"),
        _l("已有的方案仍可查看；管理员请让数据文件夹可以写入。"),
    ),
    store.StoreBusy: Meaning(
        503, "store-busy", _l("正忙着保存别的内容，没有保存"), _l("请稍候几秒再试。")
    ),
    store.StoreFailed: Meaning(
        503,
        "store-failed",
        _l("方案库无法读写"),
        _l("地图仍可查看；管理员请检查数据文件夹能否写入。"),
    ),
    errors.OptionError: Meaning(422, "option", _l("没有这个选项"), _l("请改用说明中列出的值。")),
    errors.InputError: Meaning(422, "input", _l("输入有误"), _l("请按所列问题逐条更正。")),
    errors.GeoError: Meaning(422, "refused", _l("无法完成"), _l("请换一个位置或选项再试。")),
}
#: Errors that HTTP itself knows: title and remedy by status.
STATUSES: dict[int, tuple[Any, Any]] = {
    400: (_l("请求无法理解"), _l("请检查请求的格式，JSON 须为 UTF-8。")),
    403: (_l("不允许这样做"), _l("请在本站的页面上操作。")),
    404: (_l("没有这个页面"), _l("请检查地址，或返回首页。")),
    405: (
        _l("不支持这种请求方式"),
        _l("请改用 Allow 列出的方式；位置只用 POST 发送，不写在地址里。"),
    ),
    413: (_l("请求过大"), _l("请缩短请求内容。")),
    415: (_l("请求格式不对"), _l("请发送 application/json。")),
    416: (_l("文件没有这一段"), _l("请按文件大小请求字节范围。")),
    422: (_l("参数有误"), _l("请按所列问题逐条更正。")),
    429: (_l("请求太频繁"), _l("请过一会儿再试。")),
    500: (_l("服务器出错了"), _l("请稍后再试；管理员可在日志中看到原因。")),
    503: (_l("服务器正忙"), _l("请稍候几秒再试。")),
}


def _of_geo(error: errors.GeoError) -> Problem:
    meaning = next(MEANINGS[kind] for kind in type(error).__mro__ if kind in MEANINGS)
    return Problem(
        f"urn:yizhan:problem:{meaning.name}",
        str(meaning.title),
        meaning.status,
        errors.cut(str(error), _LONGEST_DETAIL),
        str(meaning.remedy),
    )


def _of_status(status: int, detail: str) -> Problem:
    phrase = HTTP_STATUS_CODES.get(status, "Error")
    title, remedy = STATUSES.get(status, (phrase, ""))
    name = phrase.lower().replace(" ", "-").replace("'", "")
    detail = errors.cut(detail, _LONGEST_DETAIL)
    return Problem(f"urn:yizhan:problem:{name}", str(title), status, detail, str(remedy))


def _validation_sentences(detail: Any) -> str:
    """Return the faults that APIFlask found in a request's fields as one sentence each."""
    if not isinstance(detail, dict) or not detail:
        return ""
    sentences = [
        f"{field}: {' '.join(map(str, faults))}"
        for fields in detail.values()
        for field, faults in (fields.items() if isinstance(fields, dict) else ())
    ]
    return "; ".join(errors.told(sentences))


def problem_of(error: Exception) -> Problem:
    """Return the problem that an error means, in the language of the request."""
    if isinstance(error, errors.GeoError):
        return _of_geo(error)
    if isinstance(error, HTTPError):
        status = error.status_code
        return _of_status(status, _validation_sentences(error.detail) or str(error.message or ""))
    if isinstance(error, HTTPException):
        return _of_status(error.code or 500, error.description or error.name)
    if isinstance(error, _BROKEN_BODY):
        return _of_status(400, "the body does not arrive whole: its chunks are broken")
    return _of_status(500, "")


def _wants_page() -> bool:
    """Tell whether a person's browser asks for a page (not a program or a script for data)."""
    if request.path.startswith(("/api/", "/tiles/", "/static/", "/healthz")):
        return False
    return request.accept_mimetypes.accept_html or not request.accept_mimetypes


def answer(error: Exception) -> Response:
    """Answer any error; the one error handler of the application."""
    if isinstance(error, HTTPException) and error.code in (301, 302, 303, 304, 307, 308):
        return cast(Response, Response.force_type(error.get_response()))
    slug = (request.view_args or {}).get("slug")
    if slug and isinstance(error, FileNotFoundError):
        error = catalog.why_gone(slug)
    problem = problem_of(error)
    # What a view raises as an answer of HTTP, such as 503 for “come again”, is foreseen.
    if problem.status >= 500 and not isinstance(error, (errors.GeoError, HTTPException)):
        _log_without_values(error)
    if _wants_page():
        body = render_template(
            "error.html",
            problem=asdict(problem),
            city=None,
            parts=None,
            page="error",
            lang=language.chosen(),
            messages=language.messages(),
        )
        response = Response(body, problem.status, mimetype="text/html")
    else:
        # What a program needs beside the sentence, such as the current state of a scenario.
        told = asdict(problem) | getattr(error, "members", {})
        response = Response(geojson.encode(told), problem.status, mimetype=MEDIA_TYPE)
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name.lower() not in ("content-type", "content-length"):
                response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


def _log_without_values(error: Exception) -> None:
    """Log where an unforeseen error arose, without its message: that may hold a position."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s in %s\n%s", type(error).__name__, request.endpoint, frames)


def init_app(app: APIFlask) -> None:
    """Send every error of the application to :func:`answer`."""
    for kind in (errors.GeoError, HTTPError, HTTPException, Exception):
        app.register_error_handler(kind, answer)
