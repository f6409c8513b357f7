"""Bound how often one client may ask what costs much or is kept, without knowing who it is.

A client is counted under a keyed hash of its network address; the key is drawn when the server
starts and is only in its memory, as the counts are. Neither is ever written down, and after a
restart nobody can tell any more. Each worker process counts for itself: with ``n`` of them a client
may come up to ``n`` times as often as the settings say.

Counts begin anew with every full minute, and those of the last one are forgotten. This is so little
that it is done here: the memory of the library ``limits`` (which Flask-Limiter counts with) starts
a thread every 10 ms to forget, and a rider waits for it.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

from flask import Flask, request
from werkzeug.exceptions import TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix

from webmap.config import Settings

#: Which number of :class:`~webmap.config.Settings` bounds an endpoint.
LIMITS: Mapping[str, str] = {
    "places.nearest": "asks_per_minute",
    "places.way": "asks_per_minute",
    "search.search_names": "searches_per_minute",
    "feedback.send": "reports_per_minute",
}
#: An owner of IPv6 addresses has as many as this prefix leaves; together they are one client.
_IPV6_PREFIX = 64


class Limits:
    """Count what each client asks; safe between threads, not shared between processes.

    ``clock`` gives seconds that only go forward.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = {name: int(getattr(settings, name)) for name in set(LIMITS.values())}
        self._key = secrets.token_bytes(32)
        self._clock, self._minute = clock, -1.0
        self._counted: Counter[tuple[str, bytes]] = Counter()
        self._counting = threading.Lock()

    def check(self) -> None:
        """Count the running request; refuse it when its client has asked too often."""
        name = LIMITS.get(request.endpoint or "")
        if name is None or not self._most[name]:
            return
        again_s = self.count(name, request.remote_addr or "")
        if again_s:
            raise TooManyRequests(
                f"{self._most[name]} of these a minute are answered", retry_after=again_s
            )

    def count(self, name: str, address: str) -> int:
        """Count one request; return after how many seconds it may be sent again, 0 = it is good."""
        client = hashlib.blake2b(_network(address).encode(), key=self._key, digest_size=16).digest()
        minute, second = divmod(self._clock(), 60.0)
        with self._counting:
            if minute != self._minute:
                self._minute = minute
                self._counted.clear()
            self._counted[name, client] += 1
            good = self._counted[name, client] <= self._most[name]
        return 0 if good else math.ceil(60.0 - second)


def _network(address: str) -> str:
    """Return what stands for one client: an IPv4 address, or the network of an IPv6 one.

    Some proxies write the client's port behind it, which changes with every connection.
    """
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    if address.count(":") < 2:
        return address.partition(":")[0]
    try:
        known = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:  # of a proxy that writes something else
        return address
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.IPv6Network((known, _IPV6_PREFIX), strict=False))


def init_app(app: Flask, settings: Settings) -> None:
    """Count the requests of an application; believe as many proxies about the client as wanted.

    To be called after :func:`webmap.origin.init_app`: what another site's page sends in a visitor's
    name is refused, and does not use up what he may ask.
    """
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )
    app.before_request(Limits(settings).check)
