"""Runs the revisions of this side; called by huying.migrate."""

from alembic import context

from huying.migrate import run
from survey.models import Base

run(context.config.attributes["connection"], Base.metadata)
