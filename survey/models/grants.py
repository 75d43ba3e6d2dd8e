"""What the survey's program changes and removes on PostgreSQL; else it only reads and adds."""

from huying.store.grants import Grants

GRANTS = Grants(
    changed=frozenset(
        {
            "account",
            "account_link",
            "account_session",
            "appointment",
            "area",
            "attempt",
            "case_number",
            "correction",
            "dial",
            "dnc",
            "early_ending",
            "holiday",
            "household",
            "household_number",
            "interview",
            "map_change",
            "outbox",
            "party_link",
            "recovery_code",
            "registry_request",
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
            "deposit",
            "deposited_case",
            "deposited_list_row",
            "deposited_post",
            "deposited_rating_count",
            "deposited_row",
            "holiday",
            "household_adult",
            "party_link",
            "public_entry",
            "question",
            "recovery_code",
            "registry_trial",
            "second_factor",
        }
    ),
)
