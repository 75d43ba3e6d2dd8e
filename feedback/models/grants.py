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
            "case_join",
            "connection",
            "contact",
            "contact_proof",
            "department",
            "duty",
            "fallback",
            "help_case",
            "import_file",
            "inspection",
            "outbox",
            "ping",
            "poster",
            "power",
            "print_job",
            "rating",
            "rating_version",
            "receipt_word",
            "recovery_code",
            "remit",
            "scan_count",
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
            "case_photo",
            "rating_trace",
            "recovery_code",
            "request_mark",
            "second_factor",
        }
    ),
)
