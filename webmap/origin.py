"""Refuse what another site's page sends in a visitor's name; programs without a browser pass.

A browser says where a request comes from: ``Sec-Fetch-Site``, and ``Origin`` in older ones. What
changes or asks something by POST, PUT, PATCH or DELETE must come from a page of this server, and
its body must be JSON, which a foreign form cannot send. A proxy in front must pass on the ``Host``
that the browser asked for.
"""

from __future__ import annotations

import ipaddress

from flask import Flask, request
from werkzeug.exceptions import Forbidden, UnsupportedMediaType

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach the host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _check() -> None:
    # What a browser says is read as the server passes it on: by its names, without a search.
    said = request.environ
    if said["REQUEST_METHOD"] in _SAFE or request.routing_exception is not None:
        return
    site, origin = said.get("HTTP_SEC_FETCH_SITE"), said.get("HTTP_ORIGIN")
    if site is not None and site not in ("same-origin", "none"):
        raise Forbidden(f"this request comes from a page of another site ({site})")
    if origin is not None and origin.rpartition("://")[2] != request.host:
        raise Forbidden("this request comes from a page of another site, as its Origin says")
    has_body = said.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in said
    if has_body and not request.is_json:
        raise UnsupportedMediaType(f"the body is {request.mimetype or 'of no named type'}")


def init_app(app: Flask) -> None:
    """Look at every request before it is answered."""
    app.before_request(_check)
