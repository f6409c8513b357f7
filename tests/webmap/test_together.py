"""Many people at once: answers are the same as one by one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.webmap.tinycity import lat, lon

_PROFILES = ("walk", "slow", "wheelchair", "ebike")


def test_many_threads_get_the_answers_of_one(app):
    questions = [
        (question, {"lon": lon(column / 2), "lat": lat(row / 2), "profile": profile})
        for column in range(11)
        for row in range(0, 11, 3)
        for profile in _PROFILES
        for question in ("nearest", "explain")
    ]

    def ask(asked: tuple[str, dict]) -> tuple[int, bytes]:
        question, body = asked
        answer = app.test_client().post(f"/api/cities/tiny/{question}", json=body)
        return answer.status_code, answer.data

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(ask, questions))
    assert together == [ask(asked) for asked in questions]
    assert {status for status, _ in together} == {200}
