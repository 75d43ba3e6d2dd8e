"""Runs the revisions of this side; called by huying.store.migrate."""

from alembic import context

from huying.store.migrate import run
from survey.models import db

run(context.config.attributes["connection"], db.metadata)
