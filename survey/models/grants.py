"""What the survey's program changes and removes on PostgreSQL; else it only reads and adds."""

from huying.store.grants import Grants

GRANTS = Grants(
    changed=frozenset(
        {
            "account",
            "account_link",
            "account_session",
            "answer_commitment",
            "area",
            "attempt",
            "household",
            "household_number",
            "interview",
            "outbox",
            "recovery_code",
            "registry_trial",
            "sampled_case",
            "second_factor",
            "wave",
            "wave_party",
            "wave_stratum",
        }
    ),
    removed=frozenset(
        {
            "account_failure",
            "account_link",
            "account_session",
            "household_adult",
            "question",
            "recovery_code",
            "registry_trial",
            "second_factor",
        }
    ),
)
