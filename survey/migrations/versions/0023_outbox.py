"""Messages know their channel, what their carrier calls them and what became of them."""

from __future__ import annotations

from huying.messaging.grown import grow_outbox

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    grow_outbox()
