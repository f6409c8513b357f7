"""Choose the language of an answer: the address, then the cookie, then the browser, then Chinese.

The texts are written in Chinese; the English catalogue is ``translations/en``. Scripts get the
same catalogue as plain data, so that one word has one translation on the whole page.
"""

from __future__ import annotations

from flask import Flask, Response, request
from flask_babel import Babel, get_translations

from webmap.config import LANGUAGES

COOKIE = "lang"
_YEAR_S = 365 * 24 * 3600


def chosen() -> str:
    """Return the language of the running request, one of :data:`~webmap.config.LANGUAGES`."""
    for wanted in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wanted in LANGUAGES:
            return wanted
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def messages() -> dict[str, str]:
    """Return the catalogue of the running request: Chinese text → text; empty for Chinese."""
    catalogue = getattr(get_translations(), "_catalog", {})
    return {
        key: text for key, text in catalogue.items() if key and isinstance(key, str) and text != key
    }


def remember(response: Response) -> Response:
    """Keep a language that was asked for in the address; say what the answer depends on."""
    kind = response.mimetype
    if kind not in ("text/html", "application/problem+json"):
        return response
    response.headers["Content-Language"] = chosen()
    response.vary.update(("Accept-Language", "Cookie"))
    if request.args.get("lang") in LANGUAGES and kind == "text/html":
        response.set_cookie(
            COOKIE, request.args["lang"], max_age=_YEAR_S, samesite="Lax", secure=request.is_secure
        )
    return response


def init_app(app: Flask) -> None:
    """Let Flask-Babel ask :func:`chosen`, and mark every answer."""
    app.config["BABEL_DEFAULT_LOCALE"] = LANGUAGES[0]
    Babel(app, locale_selector=chosen)
    app.after_request(remember)
