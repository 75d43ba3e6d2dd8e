"""What a wave's units are: households of the registry, or in campaigns something else."""

from huying.base.i18n import lazy

HOUSEHOLDS, PHASE2 = "household", "phase2"
"""Waves of households: the registry's, and those of a wave before whose numbers all proved dead."""
CASE_FOLLOWUP, VISIT_CHECK, TEST_CALL = "case_followup", "visit_check", "test_call"
FROM_DEPOSITS = (CASE_FOLLOWUP, VISIT_CHECK, TEST_CALL)
"""Campaigns whose units are rows of a deposit."""
KINDS = (HOUSEHOLDS, PHASE2, *FROM_DEPOSITS)
NAMES = {
    HOUSEHOLDS: lazy("住户访问"),
    PHASE2: lazy("电话打不通的户"),
    CASE_FOLLOWUP: lazy("报了办结、没人评价的事"),
    VISIT_CHECK: lazy("登记过的上门走访"),
    TEST_CALL: lazy("公示牌试拨"),
}
TABLES = {CASE_FOLLOWUP: "cases", VISIT_CHECK: "visits", TEST_CALL: "posters"}
"""The table of a deposit whose rows are drawn."""
HEADLINES = {HOUSEHOLDS: "G1", PHASE2: "G1", CASE_FOLLOWUP: "R1", VISIT_CHECK: "K1", TEST_CALL: "T1"}
"""The one item whose answers 1…5 the ledger seals."""
