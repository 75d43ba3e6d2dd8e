"""A release keeps its figures unrounded, for auditors.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Change the schema."""
    op.add_column("score_release", sa.Column("detail", sa.Text(), nullable=True))
