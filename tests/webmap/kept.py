"""Scenarios of the tiny city, for the tests of what is kept."""

from __future__ import annotations

from typing import Any

from tests.webmap.tinycity import HOSTILE, lat, lon
from webmap.api.scenarios import ScenarioOut

CITY = "/api/cities/tiny"
LIST = f"{CITY}/scenarios"
CLOSE = {"kind": "close", "station": "h2"}
OPEN = {"kind": "open", "station": "n1", "position": [lon(3), lat(4)], "name": HOSTILE}
MEMBERS = {"type", "title", "status", "detail", "remedy"}


class Kept:
    """Make scenarios and remember where they are, to be deleted after the test."""

    def __init__(self, client: Any) -> None:
        self.addresses: list[str] = []
        self._client = client

    def __call__(self, name: str = "北岸两站", *changes: dict, **more: Any) -> ScenarioOut:
        """Make a scenario, and check that it is kept as it was answered."""
        answer = self._client.post(LIST, json={"name": name, "changes": changes, **more})
        assert answer.status_code == 201, answer.json
        found = ScenarioOut.model_validate(answer.json)
        assert found.model_dump() == answer.json
        self.remember(answer)
        assert self._client.get(answer.headers["Location"]).json == answer.json
        return found

    def remember(self, answer: Any) -> None:
        """Remember a scenario that was made in another way."""
        self.addresses.append(answer.headers["Location"])

    def clear(self) -> None:
        """Delete all of them."""
        for address in self.addresses:
            self._client.delete(address)


def problem(answer: Any, status: int, kind: str, *members: str) -> dict:
    """Return a problem, checked to be of this kind and to hold no more than these members."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["type"] == f"urn:yizhan:problem:{kind}"
    assert set(answer.json) == MEMBERS | set(members)
    return answer.json
