"""Runs the revisions of this side; called by huying.store.migrate."""

from alembic import context

from feedback.models import db
from huying.store.migrate import run

run(context.config.attributes["connection"], db.metadata)
