"""The tables of the independent side."""

from survey.models.base import (
    LEDGER,
    Account,
    Area,
    Base,
    LogCheckpoint,
    LogEntry,
    LogNode,
    OutboxMessage,
)
from survey.models.deposited import Deposit, DepositedCase, ListEntry, Post, RatingCount
from survey.models.fieldwork import (
    AccessRecord,
    Answer,
    AnswerCommitment,
    Attempt,
    Interview,
    Offer,
    Outcome,
    SampledCase,
)
from survey.models.registry import Adult, Household, Number
from survey.models.scores import ScoreRelease
from survey.models.waves import FrameUnit, ListMatch, Party, SampleUnit, Stratum, Wave

__all__ = [
    "LEDGER",
    "AccessRecord",
    "Account",
    "Adult",
    "Answer",
    "AnswerCommitment",
    "Area",
    "Attempt",
    "Base",
    "Deposit",
    "DepositedCase",
    "FrameUnit",
    "Household",
    "Interview",
    "ListEntry",
    "ListMatch",
    "LogCheckpoint",
    "LogEntry",
    "LogNode",
    "Number",
    "Offer",
    "OutboxMessage",
    "Outcome",
    "Party",
    "Post",
    "RatingCount",
    "SampleUnit",
    "SampledCase",
    "ScoreRelease",
    "Stratum",
    "Wave",
]
