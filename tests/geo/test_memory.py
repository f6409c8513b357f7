"""What is kept is computed once, by one thread, and never makes another computation wait."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from geo.memory import Memory


def test_a_value_is_computed_once_by_many_threads():
    memory, calls = Memory(), []
    start = threading.Barrier(8)

    def ask(_):
        start.wait()
        return memory.keep(("times", "walk"), lambda: calls.append(1) or object())

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    assert len(calls) == 1 and len(set(map(id, found))) == 1


def test_one_computation_does_not_wait_for_another():
    memory = Memory()
    begun, finish = threading.Event(), threading.Event()

    def slow():
        begun.set()
        assert finish.wait(30)
        return "slow"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(memory.keep, ("a",), slow)
        assert begun.wait(30)
        # While the slow one is at work another key is answered; else this would hang.
        assert memory.keep(("b",), lambda: "quick") == "quick"
        finish.set()
        assert waiting.result(30) == "slow"


def test_a_value_may_need_another():
    memory = Memory()
    assert memory.keep(("sum",), lambda: memory.keep(("one",), lambda: 1) + 1) == 2


def test_only_the_last_few_instants_are_kept():
    memory, made = Memory(recent=2), []

    def ask(hour):
        return memory.keep_recent(("at", hour), lambda: made.append(hour) or hour)

    assert [ask(hour) for hour in (1, 2, 1, 3, 1, 2)] == [1, 2, 1, 3, 1, 2]
    # 2 was the least used when 3 came, and had to be made again; 1 never was.
    assert made == [1, 2, 3, 2]


def test_of_a_large_kind_fewer_are_kept_and_others_stay():
    memory, made = Memory(recent=9, fewer={"pairs": 1}), []

    def ask(*key):
        return memory.keep_recent(key, lambda: made.append(key) or key)

    ask("at", 1), ask("pairs", 1), ask("pairs", 2), ask("at", 1), ask("pairs", 1)
    assert made == [("at", 1), ("pairs", 1), ("pairs", 2), ("pairs", 1)]


def test_a_failure_is_not_kept():
    memory = Memory()
    with pytest.raises(ZeroDivisionError):
        memory.keep(("x",), lambda: 1 / 0)
    assert memory._making == {}  # nor anything of it
    assert memory.keep(("x",), lambda: 5) == 5


def test_another_memory_begins_with_some_kinds():
    memory = Memory()
    memory.keep(("streets", "walk"), lambda: 1)
    memory.keep(("times", "walk"), lambda: 2)
    memory.keep_recent(("streets", "night"), lambda: 3)
    other = memory.only({"streets"})
    assert other.keep_recent(("streets", "night"), lambda: "new") == 3
    assert other.keep(("streets", "walk"), lambda: "new") == 1
    assert other.keep(("times", "walk"), lambda: "new") == "new"
    assert memory.keep(("times", "walk"), lambda: "new") == 2
