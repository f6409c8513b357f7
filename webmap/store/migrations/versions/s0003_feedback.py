"""Keep what riders say of stations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("city", sa.String(40), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
    )
    op.create_index("feedback_city_station", "feedback", ["city", "station"])


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("feedback")
