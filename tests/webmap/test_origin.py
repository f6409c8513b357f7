"""Only pages of this server write; what they write is JSON."""

from __future__ import annotations

import pytest

from tests.webmap.kept import LIST, problem


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Origin": "http://localhost"}, 201),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"}, 403),
    ],
)
def test_only_pages_of_this_server_write(client, make, headers, status):
    answer = client.post(LIST, json={"name": "甲"}, headers=headers)
    assert answer.status_code == status
    if status == 201:
        make.remember(answer)
    else:
        problem(answer, 403, "forbidden")
        assert client.get(LIST).json == {"scenarios": []}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_every_way_of_writing_is_guarded(client, make, method):
    first = make()
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = client.open(f"{LIST}/{first.id}", method=method, json={}, headers=headers)
    assert answer.status_code in ((405,) if method == "POST" else (403,))
    assert client.get(f"{LIST}/{first.id}").json == first.model_dump()


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None]
)
def test_what_is_written_must_be_json(client, kind):
    answer = client.post(LIST, data='{"name": "甲"}', content_type=kind)
    problem(answer, 415, "unsupported-media-type")
