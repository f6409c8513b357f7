"""Shape the answers: JSON with an ETag, pages, and the headers that keep a browser safe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from flask import Flask, Response, current_app, make_response, render_template, request
from flask.json.provider import DefaultJSONProvider

from webmap import language

GEOJSON = "application/geo+json"
JSON = "application/json"
#: An answer that may be kept for ever: its address changes with its content.
IMMUTABLE = "public, max-age=31536000, immutable"
#: An answer that may be kept, and must be asked about each time.
REVALIDATE = "no-cache"

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
}


class JsonReader(DefaultJSONProvider):
    """Read JSON strictly: no NaN, no half characters, and no more brackets than a stack holds."""

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """Return the value of a JSON text, or raise ``ValueError``."""
        return orjson.loads(s)


def content_security_policy(script_hashes: Sequence[str] = ()) -> str:
    """Return the policy: everything from this server only, inline scripts only by their hash.

    Leaflet and the documentation page set styles on elements, so inline style is allowed.
    """
    hashes = " ".join(f"'{value.strip(chr(39))}'" for value in script_hashes)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {hashes}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def body(
    stamp: str, produce: Callable[[], bytes], *, mimetype: str = JSON, cache: str = REVALIDATE
) -> Response:
    """Answer a GET whose content follows from its address and ``stamp`` alone.

    A browser that has it already gets 304, and nothing is computed. The ETag is weak because the
    same content travels in several encodings; it changes with the software, too, because another
    version may say the same in another shape.
    """
    stamp = f"{stamp}.{current_app.config['SOFTWARE_STAMP']}"
    if request.if_none_match.contains_weak(stamp):
        response = Response(status=304)
    else:
        response = Response(produce(), mimetype=mimetype)
    response.set_etag(stamp, weak=True)
    response.headers["Cache-Control"] = cache
    return response


def private(content: bytes, mimetype: str = JSON) -> Response:
    """Answer something that follows from a person's position: nobody keeps it."""
    response = Response(content, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-store"
    return response


def page(
    name: str, *, city: Mapping[str, Any] | None, parts: Any = None, **context: Any
) -> Response:
    """Render the template of a page, with the policy that its own map's scripts need."""
    text = render_template(
        f"{name}.html",
        city=city,
        parts=parts,
        page=name,
        lang=language.chosen(),
        messages=language.messages(),
        **context,
    )
    response = make_response(text)
    response.headers["Content-Security-Policy"] = content_security_policy(
        getattr(parts, "script_hashes", ())
    )
    response.headers["Cache-Control"] = REVALIDATE
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


#: The headers of every answer that has no other ones, each with its name as it is compared.
_GUARDS = [
    (name.lower(), name, value)
    for name, value in {**_HEADERS, "Content-Security-Policy": content_security_policy()}.items()
]


def _guard(response: Response) -> Response:
    # A look at all names at once takes a third of the time of a default for each.
    said = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - of pairs, not keys
    response.headers.extend([(name, value) for key, name, value in _GUARDS if key not in said])
    return response


def init_app(app: Flask) -> None:
    """Put the safety headers on every answer, and read JSON carefully."""
    app.json = JsonReader(app)
    app.after_request(_guard)
