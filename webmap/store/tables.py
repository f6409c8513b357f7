"""Say what the database holds, as classes of SQLAlchemy's ORM."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Instant(TypeDecorator[datetime]):
    """Keep an instant in UTC and give it back as such, also where the database knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC; one without a zone is a mistake of the caller."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"an instant without a zone: {value!r}")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the instant with its zone."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Gather all tables."""


class Named:
    """Hold what all things have that people name and write again and again."""

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    city: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    revision: Mapped[int] = mapped_column(Integer)
    created: Mapped[datetime] = mapped_column(Instant)
    updated: Mapped[datetime] = mapped_column(Instant)


class ScenarioRow(Named, Base):
    """Hold one scenario: changes to a city, made in thought, for one version of the city."""

    __tablename__ = "scenarios"
    __table_args__ = (UniqueConstraint("city", "name", name="scenarios_city_name"),)

    note: Mapped[str] = mapped_column(Text)
    base_version: Mapped[str] = mapped_column(String(64))
    base_date: Mapped[str] = mapped_column(String(40))
    changes: Mapped[str] = mapped_column(Text)


class StoryRow(Named, Base):
    """Hold one story: the views of a meeting in their order."""

    __tablename__ = "stories"
    __table_args__ = (UniqueConstraint("city", "name", name="stories_city_name"),)

    views: Mapped[str] = mapped_column(Text)


class JobRow(Base):
    """Hold one long work: what is asked of which city, how far it is, and what became of it."""

    __tablename__ = "jobs"
    __table_args__ = (Index("jobs_status_created", "status", "created"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    city: Mapped[str] = mapped_column(String(40))
    base_version: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))
    asked: Mapped[str] = mapped_column(Text)
    changes: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(12))
    step: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    keeper: Mapped[str] = mapped_column(String(40), default="")
    process: Mapped[str] = mapped_column(String(40), default="")
    error: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
    created: Mapped[datetime] = mapped_column(Instant)
    started: Mapped[datetime | None] = mapped_column(Instant)
    ended: Mapped[datetime | None] = mapped_column(Instant)


class FeedbackRow(Base):
    """Hold one word of a rider about a station: what it was, and on which day; nothing of him."""

    __tablename__ = "feedback"
    __table_args__ = (Index("feedback_city_station", "city", "station"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    city: Mapped[str] = mapped_column(String(40))
    station: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(20))
    day: Mapped[date] = mapped_column(Date)
