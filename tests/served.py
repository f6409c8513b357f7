"""The application over the tiny workspace, asked directly or by a browser; a plugin of pytest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

#: Tests ask more than any rider does.
UNBOUNDED = dict.fromkeys(("asks_per_minute", "searches_per_minute", "reports_per_minute"), 0)


@pytest.fixture(scope="session")
def app(tiny_home: Path) -> Any:
    """Return the application, which looks for its cities once, here."""
    from webmap import create_app
    from webmap.config import Settings

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(tiny_home))
        return create_app(Settings(edition="internal", **UNBOUNDED))


@pytest.fixture
def client(app: Any) -> Any:
    return app.test_client()


@pytest.fixture(scope="session")
def address(app: Any) -> Iterator[str]:
    """Return the address of the running application."""
    with serving(app) as found:
        yield found


@contextmanager
def public_over(home: Path) -> Iterator[Any]:
    """Give the public application over a workspace, which is that of this process meanwhile."""
    from webmap import create_app
    from webmap.config import Settings

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(home))
        yield create_app(Settings(edition="public", **UNBOUNDED))


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an application on a port that was free, and give its address."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    # A browser that has been here keeps the scripts, as the tests do not change them: asking about
    # a hundred of them for each page is half of what a page costs.
    def keeping(environ: Any, start: Any) -> Any:
        def begin(status: str, headers: Any, *rest: Any) -> Any:
            kept = [(name, value) for name, value in headers if name != "Cache-Control"]
            return start(status, [*kept, ("Cache-Control", "max-age=3600")], *rest)

        lasting = environ["PATH_INFO"].startswith("/static/")
        return app.wsgi_app(environ, begin if lasting else start)

    class Quiet(WSGIRequestHandler):
        def log(self, *_: object) -> None:
            """Say nothing."""

    server = make_server("127.0.0.1", 0, keeping, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
