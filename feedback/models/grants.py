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
            "message_reply",
            "notice",
            "opt_out",
            "outbox",
            "ping",
            "poster",
            "power",
            "print_job",
            "rating",
            "recovery_code",
            "remit",
            "scan_count",
            "second_factor",
            "spoken_answer",
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
            "message_receipt",
            "message_reply",
            "noticed_step",
            "recovery_code",
            "second_factor",
        }
    ),
)
