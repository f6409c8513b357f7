"""What is kept: whole, by several processes at once, and in words when the disk refuses."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, event

from geo.errors import OptionError
from webmap import jobs
from webmap.store import engine, scenarios
from webmap.store.engine import Store
from webmap.store.errors import (
    ScenarioConflict,
    ScenarioNameTaken,
    ScenarioNotFound,
    StoreBusy,
    StoreFailed,
    StoreFull,
    StoreReadOnly,
)
from webmap.store.scenarios import CityVersion
from webmap.store.tables import Base, Instant

BASE = CityVersion("0123", "2026-11-20T00:00:00+00:00")
CLOSE = {"kind": "close", "station": "h2"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store("", tmp_path)


def test_the_migrations_lead_to_the_tables(store, tmp_path):
    store.prepare()
    with create_engine(f"sqlite:///{tmp_path}/yizhan.sqlite").connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
        assert differences == []
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_what_is_written_comes_back(store, tmp_path):
    made = scenarios.add(store, "tiny", BASE, "甲", "note", [CLOSE])
    store.close()
    assert scenarios.get(Store("", tmp_path), "tiny", made.id) == made
    assert made.revision == 1
    assert made.created.tzinfo is UTC
    with pytest.raises(ScenarioNotFound):
        scenarios.get(store, "other", made.id)


def test_a_taken_name_gets_a_number_that_is_free_and_not_too_long(store):
    long = "城" * scenarios.LONGEST_NAME
    for name, proposal in (("甲", "甲 (2)"), (long, "城" * 76 + " (2)")):
        scenarios.add(store, "tiny", BASE, name)
        with pytest.raises(ScenarioNameTaken) as taken:
            scenarios.add(store, "tiny", BASE, name)
        assert taken.value.members == {"proposal": proposal}
        assert scenarios.add(store, "tiny", BASE, name, numbered=True).name == proposal
        assert scenarios.add(store, "other", BASE, name).name == name
    kept = scenarios.add(store, "tiny", BASE, "乙")
    with pytest.raises(ScenarioNameTaken):
        scenarios.write(store, "tiny", kept.id, 1, name="甲")
    assert scenarios.get(store, "tiny", kept.id) == kept


def test_a_write_that_saw_another_revision_changes_nothing(store):
    made = scenarios.add(store, "tiny", BASE, "甲")
    second = scenarios.write(store, "tiny", made.id, 1, changes=[CLOSE])
    with pytest.raises(ScenarioConflict) as conflict:
        scenarios.write(store, "tiny", made.id, 1, note="late")
    assert conflict.value.members == {"current": second.to_json()}
    with pytest.raises(ScenarioConflict):
        scenarios.remove(store, "tiny", made.id, 1)
    assert scenarios.listed(store, "tiny") == [second]
    scenarios.remove(store, "tiny", made.id, 2)
    assert scenarios.listed(store, "tiny") == []


def test_of_many_writers_one_wins_each_revision(store):
    made = scenarios.add(store, "tiny", BASE, "甲")
    won: list[int] = []

    def edit(own: int) -> None:
        revision = 1
        for step in range(20):
            try:
                note = f"{own}/{step}"
                revision = scenarios.write(store, "tiny", made.id, revision, note=note).revision
                won.append(revision)
            except ScenarioConflict as conflict:
                revision = conflict.members["current"]["revision"]

    threads = [threading.Thread(target=edit, args=(own,)) for own in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    last = scenarios.get(store, "tiny", made.id).revision
    assert sorted(won) == list(range(2, last + 1))
    assert last > 20


def test_several_processes_may_begin_at_once(tmp_path):
    code = (
        "import sys; from pathlib import Path; from webmap.store import scenarios as s;"
        "from webmap.store.engine import Store;"
        "store = Store('', Path(sys.argv[1]));"
        "print(s.add(store, 'tiny', s.CityVersion('0', ''), 'x', numbered=True).name)"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, tmp_path / "new"], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    said = sorted(process.communicate()[0].strip() for process in started)
    assert said == ["x", "x (2)", "x (3)", "x (4)"]


def test_a_forked_process_opens_its_own_connection(store):
    made = scenarios.add(store, "tiny", BASE, "甲")  # leaves a connection in the pool
    child = os.fork()
    if child == 0:
        try:
            scenarios.write(store, "tiny", made.id, 1, note="child")
            os._exit(0)
        except BaseException:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert scenarios.get(store, "tiny", made.id).note == "child"


def test_a_full_disk_keeps_what_was_there(store):
    made = scenarios.add(store, "tiny", BASE, "甲")
    event.listen(store._engine, "connect", lambda c, _: c.execute("PRAGMA max_page_count = 16"))
    store.close()
    with pytest.raises(StoreFull, match="full"):
        scenarios.write(store, "tiny", made.id, 1, note="n" * 1_000_000)
    assert scenarios.get(store, "tiny", made.id) == made


def test_a_file_that_may_only_be_read_is_still_read(store):
    made = scenarios.add(store, "tiny", BASE, "甲")
    event.listen(store._engine, "connect", lambda c, _: c.execute("PRAGMA query_only = ON"))
    store.close()
    with pytest.raises(StoreFailed, match="may only be read"):
        scenarios.write(store, "tiny", made.id, 1, note="x")
    assert scenarios.listed(store, "tiny") == [made]


def test_who_waits_too_long_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "_BUSY_S", 0.01)
    store = Store("", tmp_path)
    made = scenarios.add(store, "tiny", BASE, "甲")
    other = sqlite3.connect(tmp_path / "yizhan.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy):
        scenarios.write(store, "tiny", made.id, 1, note="x")
    assert scenarios.get(store, "tiny", made.id) == made  # readers wait for nobody
    other.execute("ROLLBACK")
    other.close()
    assert scenarios.write(store, "tiny", made.id, 1, note="x").revision == 2


def test_what_stands_in_the_way_is_told_until_it_is_gone(tmp_path):
    folder = tmp_path / "home"
    folder.write_text("a file where a folder should be", encoding="utf-8")
    store = Store("", folder)
    for _ in range(2):
        with pytest.raises(StoreFailed, match=r"yizhan\.sqlite"):
            store.prepare()
    folder.unlink()
    assert scenarios.listed(store, "tiny") == []


def test_another_file_is_no_database(tmp_path):
    (tmp_path / "yizhan.sqlite").write_bytes(b"something else entirely " * 500)
    with pytest.raises(StoreFailed, match="no database"):
        Store("", tmp_path).prepare()


def test_a_database_of_a_later_version_is_left_alone(store, tmp_path):
    store.prepare()
    with sqlite3.connect(tmp_path / "yizhan.sqlite") as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    other.close()
    with pytest.raises(StoreFailed, match="another version"):
        Store("", tmp_path).prepare()


@pytest.mark.parametrize("address", ["somewhere", "oracle+nothing://x", "://"])
def test_a_wrong_address_is_refused(address, tmp_path):
    with pytest.raises(OptionError):
        Store(address, tmp_path)


def test_an_address_chooses_the_file(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/other.db", tmp_path / "home")
    scenarios.add(store, "tiny", BASE, "甲")
    assert (tmp_path / "other.db").is_file()
    assert not (tmp_path / "home").exists()


def test_instants_are_kept_in_utc():
    kind = Instant()
    china = datetime(2026, 11, 20, 8, tzinfo=timezone(timedelta(hours=8)))
    assert kind.process_bind_param(china, None).isoformat() == "2026-11-20T00:00:00+00:00"
    naive = datetime(2026, 11, 20)
    assert kind.process_result_value(naive, None).isoformat() == "2026-11-20T00:00:00+00:00"
    with pytest.raises(ValueError, match="zone"):
        kind.process_bind_param(naive, None)


class TestDiskThatMayOnlyBeRead:
    """What is kept is read where nothing can be written, not even a lock beside the file."""

    @pytest.fixture
    def lock(self, monkeypatch):
        """Return a function that takes the right to write away."""

        def refused(self, *_args, **_more):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self))

        # The lock is the first thing to be written.
        return lambda: monkeypatch.setattr(Path, "open", refused)

    @pytest.fixture
    def made(self, store, lock):
        """Keep a scenario, and let nothing be written any more."""
        made = scenarios.add(store, "tiny", BASE, "甲", changes=[CLOSE])
        store.close()
        lock()
        return made

    def test_scenarios_are_listed_and_read(self, made, tmp_path):
        before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
        store = Store("", tmp_path)
        assert scenarios.listed(store, "tiny") == [made]
        assert scenarios.get(store, "tiny", made.id) == made
        with pytest.raises(StoreReadOnly, match="Read-only"):
            scenarios.write(store, "tiny", made.id, 1, note="x")
        assert jobs.tend(store) is None
        assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before

    def test_what_a_killed_server_left_in_its_log_is_read_too(self, store, lock, tmp_path):
        made = scenarios.add(store, "tiny", BASE, "甲")  # and not closed: it is in the log alone
        assert (tmp_path / "yizhan.sqlite-wal").stat().st_size > 0
        lock()
        assert scenarios.listed(Store("", tmp_path), "tiny") == [made]

    def test_older_tables_are_not_guessed_at(self, made, tmp_path):
        with sqlite3.connect(tmp_path / "yizhan.sqlite") as other:
            other.execute("UPDATE alembic_version SET version_num = 's0001'")
        other.close()
        with pytest.raises(StoreReadOnly, match="another version"):
            scenarios.listed(Store("", tmp_path), "tiny")

    def test_without_a_file_there_is_nothing_to_read(self, made, tmp_path):
        with pytest.raises(StoreFailed):
            scenarios.listed(Store("", tmp_path / "elsewhere"), "tiny")

    def test_it_is_written_again_when_the_disk_lets_us(self, made, tmp_path, monkeypatch):
        store = Store("", tmp_path)
        assert scenarios.listed(store, "tiny") == [made]
        monkeypatch.undo()
        assert scenarios.write(store, "tiny", made.id, 1, note="x").note == "x"
        assert scenarios.get(store, "tiny", made.id).note == "x"
