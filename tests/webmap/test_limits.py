"""How often one client may ask, and that nobody can tell afterwards who it was."""

from __future__ import annotations

import hashlib

import pytest

from tests.webmap.tinycity import lat, lon
from webmap import create_app, limits
from webmap.access import POLICY
from webmap.config import Settings

PLACE = {"lon": lon(2), "lat": lat(2)}
ADDRESS = "203.0.113.77"


def client_of(home, **settings):
    return create_app(Settings(**settings)).test_client()


def ask(client, address: str = ADDRESS, **more):
    return client.post(
        "/api/cities/tiny/nearest", json=PLACE, environ_base={"REMOTE_ADDR": address}, **more
    )


def test_one_client_is_bounded_and_told_when_to_come_again(home):
    client = client_of(home, asks_per_minute=3)
    assert [ask(client).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = ask(client)
    assert refused.mimetype == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.json["title"] == "请求太频繁"
    english = ask(client, headers={"Accept-Language": "en"})
    assert english.json["title"].isascii()
    assert ADDRESS not in refused.text
    assert ask(client, "203.0.113.78").status_code == 200


def test_other_questions_are_not_counted(home):
    client = client_of(home, asks_per_minute=1)
    for _ in range(4):
        assert client.get("/api/cities/tiny/stations").status_code == 200
    assert ask(client).status_code == 200
    body = PLACE | {"station": "c1"}
    way = client.post("/api/cities/tiny/way", json=body, environ_base={"REMOTE_ADDR": ADDRESS})
    assert way.status_code == 429  # ways and stations are counted together
    word = client.post(
        "/api/cities/tiny/stations/c9/feedback",
        json={"kind": "closed"},
        environ_base={"REMOTE_ADDR": ADDRESS},
    )
    assert word.status_code == 404  # feedback has a number of its own


def test_what_another_site_sends_in_a_visitors_name_does_not_count(home):
    client = client_of(home, asks_per_minute=1)
    for _ in range(3):
        assert ask(client, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert ask(client).status_code == 200


def test_no_limit_is_no_limit(home):
    client = client_of(home, asks_per_minute=0)
    assert {ask(client).status_code for _ in range(30)} == {200}


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("203.0.113.7:41000", "203.0.113.7:41001", True),
        ("203.0.113.7:41000", "203.0.113.7", True),
        ("203.0.113.7:41000", "203.0.113.8:41000", False),
        ("[2001:db8:1:2::1]:41000", "2001:db8:1:2::9", True),
        ("[2001:db8:1:2::1]", "[2001:db8:1:3::1]", False),
        ("unix:", "unix:", True),
        ("unknown", "_hidden", False),
    ],
)
def test_an_owner_of_many_addresses_is_one_client(first, second, same):
    assert (limits._network(first) == limits._network(second)) is same


def test_only_proxies_that_are_named_are_believed(home):
    """With one proxy the last address counts; what a client writes before it does not."""
    told = {"X-Forwarded-For": "198.51.100.1"}
    unbelieving = client_of(home, asks_per_minute=1)
    assert ask(unbelieving, headers=told).status_code == 200
    assert ask(unbelieving, headers={"X-Forwarded-For": "198.51.100.2"}).status_code == 429
    believing = client_of(home, asks_per_minute=1, proxies=1)
    assert ask(believing, headers=told).status_code == 200
    assert ask(believing, headers={"X-Forwarded-For": "198.51.100.2"}).status_code == 200
    forged = {"X-Forwarded-For": "192.0.2.99, 198.51.100.2"}
    assert ask(believing, headers=forged).status_code == 429


def test_the_address_is_not_what_is_counted():
    """What is counted has neither the address nor what a hash without the key would give."""
    first, second = (limits.Limits(Settings()) for _ in range(2))
    for counter in (first, second):
        counter.count("asks_per_minute", ADDRESS)
    ((_, one),), ((_, other),) = first._counted, second._counted
    assert ADDRESS.encode() not in one
    assert one != other
    assert one != hashlib.blake2b(ADDRESS.encode(), digest_size=16).digest()


def test_counts_are_forgotten_with_the_minute():
    """Two are good in each minute; after 10.5 s of it 49.5 s are left, so one waits for 50."""
    now = [600.0]
    counter = limits.Limits(Settings(asks_per_minute=2), clock=lambda: now[0])

    def ask() -> int:
        return counter.count("asks_per_minute", ADDRESS)

    assert [ask(), ask()] == [0, 0]
    now[0] = 610.5
    assert ask() == 50
    now[0] = 660.0
    assert ask() == 0
    assert len(counter._counted) == 1


def test_every_limited_endpoint_is_public_and_every_number_a_setting():
    assert {POLICY[endpoint] for endpoint in limits.LIMITS} == {"public"}
    assert all(hasattr(Settings(), name) for name in limits.LIMITS.values())
