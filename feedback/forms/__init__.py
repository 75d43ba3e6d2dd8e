"""The forms of the public side. Choices that come from the database are filled in by the views."""

from feedback.forms.casework import AnswerForm, DeclareForm, ListForm, RefuseForm, VisitForm, WhistleForm
from feedback.forms.fields import options, unchosen
from feedback.forms.offices import (
    LAYERS,
    AccountForm,
    DutyForm,
    LookUpForm,
    PlainForm,
    PosterForm,
    RetireForm,
)
from feedback.forms.resident import UNREACHED, CallBackForm, HelpForm, PingForm, RatingForm, TrackForm

__all__ = [
    "LAYERS",
    "UNREACHED",
    "AccountForm",
    "AnswerForm",
    "CallBackForm",
    "DeclareForm",
    "DutyForm",
    "HelpForm",
    "ListForm",
    "LookUpForm",
    "PingForm",
    "PlainForm",
    "PosterForm",
    "RatingForm",
    "RefuseForm",
    "RetireForm",
    "TrackForm",
    "VisitForm",
    "WhistleForm",
    "options",
    "unchosen",
]
