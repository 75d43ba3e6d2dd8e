"""What the public side's program changes and removes on PostgreSQL; else it only reads and adds."""

from huying.store.grants import Grants

GRANTS = Grants(
    changed=frozenset(
        {
            "account",
            "account_link",
            "account_session",
            "area",
            "badge",
            "call",
            "call_event",
            "call_leg",
            "connection",
            "contact",
            "department",
            "duty",
            "fallback",
            "help_case",
            "import_file",
            "inspection",
            "outbox",
            "pause",
            "ping",
            "poster",
            "power",
            "print_job",
            "rating",
            "recovery_code",
            "remit",
            "scan_count",
            "scope_verdict",
            "second_factor",
            "swap_offer",
            "whistle",
            "worker",
        }
    ),
    removed=frozenset(
        {
            "account_failure",
            "account_link",
            "account_session",
            "answer_change",
            "recovery_code",
            "second_factor",
        }
    ),
)
