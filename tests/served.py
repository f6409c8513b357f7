"""The application over the tiny workspace, asked directly or by a browser; a plugin of pytest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def app(tiny_home: Path) -> Any:
    """Return the application, which looks for its cities once, here."""
    from webmap import create_app
    from webmap.config import Settings

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(tiny_home))
        return create_app(Settings(edition="internal"))


@pytest.fixture
def client(app: Any) -> Any:
    return app.test_client()


@pytest.fixture(scope="session")
def address(app: Any) -> Iterator[str]:
    """Return the address of the running application, on a port that was free."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, *_: object) -> None:
            """Say nothing."""

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
