"""A server as ``yizhan serve`` starts it, in a process of its own."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
#: What the command ``yizhan`` runs.
COMMAND = "from webmap.launch import main; main()"


class Running:
    """A server process; what it writes goes to a file, so that no pipe can fill up."""

    def __init__(self, log: Path, *options: str, program: Sequence[str] = ("-c", COMMAND)) -> None:
        """Start ``program`` (arguments of Python) as ``yizhan serve`` with these options."""
        self.log = log
        environment = os.environ | {"PYTHONUTF8": "1", "COLUMNS": "200", "NO_COLOR": "1"}
        with log.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, *program, "serve", "--port", "0", *options],
                cwd=ROOT,
                env=environment,
                stdout=file,
                stderr=subprocess.PIPE,
                text=True,
            )
        self.said = ""
        for line in self.process.stderr:
            self.said += line
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/", line):
                self.port = int(found.group(1))
                break
        else:
            raise AssertionError(self.said)
        # A pipe that nobody empties would stop the server when it is full.
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def _listen(self) -> None:
        for line in self.process.stderr:
            self.said += line

    def ask(self, method: str, path: str, body: Any = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        content = None if body is None else json.dumps(body)
        try:
            connection.request(method, path, content, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.content = answer.read()
        finally:
            connection.close()
        return answer

    def workers(self) -> list[int]:
        """Return the processes that answer."""
        pid = self.process.pid
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(child) for child in text.split()]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=60)
        self._listening.join()
        return code

    def end(self) -> None:
        """End the process, whatever has become of it."""
        if self.process.poll() is None:
            self.stop()
