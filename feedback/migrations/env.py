"""Runs the revisions of this side; called by huying.migrate."""

from alembic import context

from feedback.models import Base
from huying.migrate import run

run(context.config.attributes["connection"], Base.metadata)
