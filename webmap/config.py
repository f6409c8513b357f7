"""Hold the settings of the web application; everything that an operator may choose stands here.

Precedence, the last one wins: the defaults below, then variables of the environment that begin
with ``YIZHAN_WEB_`` (``YIZHAN_WEB_POLL_S=5``), then what the caller of ``create_app`` passes.
Where the cities live is the business of :mod:`geo.workspace` (``YIZHAN_HOME``); what people write
lives beside them, or where ``YIZHAN_DATABASE`` says (an address as SQLAlchemy writes it). Who is
served is chosen by ``YIZHAN_WEB_EDITION`` or by ``yizhan serve``; unless somebody says
otherwise, the public.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal

from geo.disclosure import EDITIONS, Edition
from geo.errors import OptionError

#: Languages of the pages; the first one is the default.
LANGUAGES = ("zh", "en")
#: Pages of one city, in the order of the navigation; each has a template of the same name.
PAGES: tuple[Literal["map", "plan", "find", "present"], ...] = ("map", "plan", "find", "present")

_PREFIX = "YIZHAN_WEB_"
#: Settings that may be 0; it means that there is none.
_MAY_BE_NONE = ("asks_per_minute", "searches_per_minute", "reports_per_minute", "proxies")
_DATABASE = "YIZHAN_DATABASE"


@dataclass(frozen=True)
class Settings:
    """Hold what may differ from one installation to the next.

    ``poll_s`` is the time between two looks at the cities' versions, in seconds. ``max_body_bytes``
    bounds a request's body. ``answer_cache_bytes`` bounds the memory for finished GeoJSON answers
    of one city, ``study_cache`` the number of studies kept in memory for one city,
    ``variant_cache`` that of its changed cities. ``asks_per_minute``, ``searches_per_minute`` and
    ``reports_per_minute`` bound what one client may do (:mod:`webmap.limits`; 0 = as much as it
    likes); ``proxies`` is how many proxies in front of the server pass on its address.
    ``database`` is the address of the database; empty: a file in the folder of all cities.
    ``edition`` is who is served (:mod:`webmap.access`).
    """

    poll_s: float = 1.0
    max_body_bytes: int = 16_384
    answer_cache_bytes: int = 64_000_000
    study_cache: int = 24
    variant_cache: int = 8
    asks_per_minute: int = 240
    searches_per_minute: int = 600
    reports_per_minute: int = 10
    proxies: int = 0
    database: str = ""
    edition: Edition = "public"


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the defaults changed by the environment.

    Raise :class:`~geo.errors.OptionError` for a value that is no positive number, or 0 where that
    has no meaning.
    """
    environ = os.environ if environ is None else environ
    changes: dict[str, float | int | str] = {"database": environ.get(_DATABASE, "")}
    for field in fields(Settings):
        if not isinstance(field.default, int | float):
            continue
        text = environ.get(_PREFIX + field.name.upper())
        if text is None:
            continue
        kind: type[int] | type[float] = int if isinstance(field.default, int) else float
        try:
            value: float = kind(text)
        except ValueError:
            value = -1
        none = field.name in _MAY_BE_NONE
        if not (value > 0 or (none and value == 0)):
            wanted = "neither 0 nor a positive number" if none else "no positive number"
            raise OptionError(
                f"{_PREFIX}{field.name.upper()}={text!r} is {wanted}; "
                f"leave it away for the default {field.default}"
            )
        changes[field.name] = value
    edition = environ.get(_PREFIX + "EDITION", Settings.edition)
    if edition not in EDITIONS:
        raise OptionError(
            f"{_PREFIX}EDITION={edition!r} is no edition; choose {' or '.join(EDITIONS)}"
        )
    return replace(Settings(), edition=edition, **changes)  # type: ignore[arg-type]
