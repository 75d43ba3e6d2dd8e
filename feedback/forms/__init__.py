"""The forms of the public side. Choices that come from the database are filled in by the views."""

from feedback.calls.forms import JoinForm, LookUpForm
from feedback.cases.forms.desk import AnswerForm, DeclareForm, RefuseForm, WhistleForm
from feedback.cases.forms.resident import HelpForm, RatingForm, TrackForm
from feedback.cases.rules.categories import UNREACHED
from feedback.posters.forms import (
    BadgeForm,
    BadgeLookForm,
    LookForm,
    PosterForm,
    PrintForm,
    RetireBadgeForm,
    RetireForm,
)
from feedback.reach.forms import PingForm
from feedback.remit.forms import PowerForm
from feedback.roster.forms import (
    LAYERS,
    DutyForm,
    LeaveForm,
    PasteForm,
    PostPhoneForm,
    SwapForm,
    WeekForm,
    day,
)
from feedback.scan.forms import CallBackForm
from feedback.web.forms.account import AccountForm
from feedback.web.forms.fields import options, unchosen
from feedback.web.forms.plain import PlainForm
from feedback.worker.forms import ListForm, VisitForm

__all__ = [
    "LAYERS",
    "UNREACHED",
    "AccountForm",
    "AnswerForm",
    "BadgeForm",
    "BadgeLookForm",
    "CallBackForm",
    "DeclareForm",
    "DutyForm",
    "HelpForm",
    "JoinForm",
    "LeaveForm",
    "ListForm",
    "LookForm",
    "LookUpForm",
    "PasteForm",
    "PingForm",
    "PlainForm",
    "PostPhoneForm",
    "PosterForm",
    "PowerForm",
    "PrintForm",
    "RatingForm",
    "RefuseForm",
    "RetireBadgeForm",
    "RetireForm",
    "SwapForm",
    "TrackForm",
    "VisitForm",
    "WeekForm",
    "WhistleForm",
    "day",
    "options",
    "unchosen",
]
