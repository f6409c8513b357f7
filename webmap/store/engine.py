"""Open the database and bring its tables up to date; what only SQLite needs stands here alone.

SQLite runs in WAL mode: readers never wait for the writer. A writing transaction takes the lock
when it begins (``BEGIN IMMEDIATE``), so that two of them follow each other instead of failing half
way, and it is on the disk when it ends (``synchronous = FULL``). Transactions are short: nothing
is computed inside one.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import alembic.command
import alembic.config
import alembic.util
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from geo.errors import OptionError
from webmap.store.errors import StoreBusy, StoreFailed, StoreFull, StoreReadOnly

_MIGRATIONS = Path(__file__).parent / "migrations"
#: A writer waits so long for the others before it gives up.
_BUSY_S = 5.0
_WRITES = "yizhan_writes"
#: What SQLite says (the low byte of its code), and what it means to whoever wrote.
_SQLITE_SAYS = {
    sqlite3.SQLITE_FULL: (StoreFull, "the disk is full"),
    sqlite3.SQLITE_READONLY: (StoreReadOnly, "its file may only be read"),
    sqlite3.SQLITE_CANTOPEN: (StoreFailed, "its file cannot be opened"),
    sqlite3.SQLITE_IOERR: (StoreFailed, "the disk failed"),
    sqlite3.SQLITE_BUSY: (StoreBusy, "others are writing"),
    sqlite3.SQLITE_LOCKED: (StoreBusy, "others are writing"),
    sqlite3.SQLITE_CORRUPT: (StoreFailed, "its file is damaged"),
    sqlite3.SQLITE_NOTADB: (StoreFailed, "its file is no database"),
}


#: What the disk says where files may be read and not written.
_MAY_NOT_WRITE = (errno.EROFS, errno.EACCES, errno.EPERM)

#: Its name in the folder of all cities, where no other database is chosen.
_FILE = "yizhan.sqlite"


class Store:
    """Hand out short transactions; safe between threads, and after a fork.

    The tables are brought up to date before the first of them. Where that fails, it is tried again
    with the next one: the server goes on without what is kept, until the disk is mended. A SQLite
    file that is up to date is read meanwhile, if the disk allows no more than that.
    """

    def __init__(self, address: str, folder: Path) -> None:
        """Name a database by its address, or by an empty one the SQLite file in a folder."""
        in_folder = URL.create("sqlite", database=str(folder / _FILE))
        self._url = _checked(address) if address else in_folder
        self._engine = _engine(self._url)
        self._writer = self._engine.execution_options(**{_WRITES: True})
        self._reader: Engine | None = None
        self._ready = False
        self._preparing = threading.Lock()

    @property
    def address(self) -> str:
        """Return the address of the database, with everything that opens it again."""
        return self._url.render_as_string(hide_password=False)

    def prepare(self) -> None:
        """Make the tables or bring them up to date, once; raise :class:`StoreFailed` saying why.

        Any number of processes may do so at the same time.
        """
        with self._preparing:
            if not self._ready:
                with self._told():
                    self._upgrade()
                self._ready = True

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one state of the database, whatever is written meanwhile."""
        engine = self._engine
        try:
            self.prepare()
        except StoreReadOnly:
            engine = self._read_only()
        with self._told(), Session(engine) as session:
            yield session

    def _read_only(self) -> Engine:
        """Return an engine that only reads, or raise :class:`StoreFailed` if the tables are old."""
        with self._preparing, self._told():
            if self._reader is None:
                reader = _engine(_reading(self._url), poolclass=NullPool)  # opened anew each time
                with reader.connect() as connection:
                    seen = MigrationContext.configure(connection).get_current_revision()
                wanted = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
                if seen != wanted:
                    raise StoreReadOnly(
                        f"{self._url.database}: its tables are of another version ({seen}, not "
                        f"{wanted}), and they may only be read"
                    )
                self._reader = reader
            return self._reader

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that writes all or nothing; it is kept when the block has ended."""
        self.prepare()
        with self._told(), Session(self._writer) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close the connections of this process."""
        self._engine.dispose()
        if self._reader is not None:
            self._reader.dispose()
            self._reader = None

    def _upgrade(self) -> None:
        config = alembic.config.Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        with _one_process(self._url):
            if self._url.get_backend_name() == "sqlite":
                with self._engine.connect() as connection:
                    # Kept in the file; it cannot be set inside a transaction.
                    _without_transaction(connection, "PRAGMA journal_mode = WAL")
            with self._writer.begin() as connection:
                config.attributes["connection"] = connection
                alembic.command.upgrade(config, "head")
        self._engine.dispose()  # nothing that is open is carried into a process forked later

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in one sentence what the database or the disk refused."""
        name = self._url.render_as_string(hide_password=True)
        try:
            yield
        except alembic.util.CommandError as error:
            raise StoreFailed(f"{name} was written by another version ({error})") from error
        except exc.DBAPIError as error:
            kind, what = _meaning(error)
            raise kind(f"{name}: {what}") from error
        except OSError as error:
            kind = StoreReadOnly if error.errno in _MAY_NOT_WRITE else StoreFailed
            raise kind(f"{name}: {error.strerror or error}") from error


def _meaning(error: exc.DBAPIError) -> tuple[type[StoreFailed], str]:
    """Return what an error of the database means, or raise it: a wrong statement is our mistake."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        said = _SQLITE_SAYS.get(code & 0xFF)
    else:
        said = (StoreFailed, "the database does not answer")
    if said is None or not isinstance(error, exc.OperationalError | exc.DatabaseError):
        raise error
    if isinstance(error, exc.IntegrityError | exc.ProgrammingError):
        raise error
    return said


def _checked(url: str) -> URL:
    try:
        return make_url(url)
    except exc.ArgumentError:
        raise OptionError(
            f"YIZHAN_DATABASE={url!r} is no address of a database; "
            "write sqlite:////folder/yizhan.sqlite, or leave it away"
        ) from None


def _reading(url: URL) -> URL:
    """Return the address that opens a SQLite file without writing anything beside it.

    Where no writer has left anything in the log beside it, the file alone is whole, and SQLite need
    make no memory to share with writers, which it could not on such a disk.
    """
    path = Path(url.database or "")
    log = path.with_name(f"{path.name}-wal")
    left = log.exists() and log.stat().st_size > 0
    asked = {"uri": "true", "mode": "ro"} | ({} if left else {"immutable": "1"})
    return url.set(database=path.absolute().as_uri()).update_query_dict(asked)


def _engine(url: URL, **more: Any) -> Engine:
    try:
        engine = create_engine(url, pool_pre_ping=url.get_backend_name() != "sqlite", **more)
    except (exc.NoSuchModuleError, ImportError) as error:
        raise OptionError(f"databases of {url.drivername} cannot be opened here: {error}") from None
    event.listen(engine, "connect", _remember_process)
    event.listen(engine, "checkout", _refuse_other_process)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _remember_process(_connection: Any, record: Any) -> None:
    record.info["process"] = os.getpid()


def _refuse_other_process(_connection: Any, record: Any, proxy: Any) -> None:
    """Leave a connection to the process that opened it; the pool opens a new one."""
    if record.info["process"] != os.getpid():
        record.dbapi_connection = proxy.dbapi_connection = None
        raise exc.DisconnectionError("the connection belongs to another process")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # _begin_sqlite says when a transaction begins, and how
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_S * 1000:.0f}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _without_transaction(connection: Connection, statement: str) -> None:
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement)
    finally:
        cursor.close()


@contextmanager
def _one_process(url: URL) -> Iterator[None]:
    """Let one process after the other in; other databases than SQLite lock for themselves."""
    if url.get_backend_name() != "sqlite" or not url.database:
        yield
        return
    path = Path(url.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def current() -> Store:
    """Return the store of the running application."""
    store: Store = current_app.extensions["yizhan-store"]
    return store
