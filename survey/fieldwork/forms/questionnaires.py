"""Forms of the questionnaires: a file brought, and in which orders one is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wtforms import BooleanField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from huying.base.i18n import Words, lazy
from huying.web.forms import Form
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.orders import Orders
from survey.fieldwork.rules.preview import Reading
from survey.web.forms.fields import UploadForm, choices


class QuestionnaireForm(UploadForm):
    """A questionnaire's file, looked through, and kept if that is wished."""

    keep = BooleanField(
        lazy("没有毛病就留下"),
        description=lazy("留下以后不能改、不能删，轮次冻结的时候可以选它。不勾，只检查，什么也不留。"),
    )


def chosen(label: Words, options: Sequence[SelectChoice] = ()) -> SelectField:
    """Return a list of which one always stands chosen; what isn't offered is read as the first."""
    return SelectField(label, choices=options, validators=[InputRequired()], validate_choice=False)


class ReadingForm(Form):
    """In which orders a questionnaire is previewed, and in which language beside its own."""

    class Meta(Form.Meta):
        """Looked at by address, so that an order can be passed on: nothing is stored."""

        csrf = False

    swapped = chosen(lazy("没有解决的原因"), choices([("0", lazy("照写的念")), ("1", lazy("前两个对调"))]))
    start = chosen(lazy("三项评价先问"))
    scale = chosen(lazy("五级从哪一头念"), choices([("5-1", lazy("非常满意")), ("1-5", lazy("非常不满意"))]))
    overall = chosen(lazy("总体评价"), choices([("late", lazy("在后面问")), ("early", lazy("先问"))]))
    reading = chosen(lazy("对照的译文"))

    def offer(self, form: Questionnaire, *, languages: Mapping[str, Words]) -> None:
        """Offer what this questionnaire has: its rotated items, its translations."""
        self.start.choices = choices((str(place), code) for place, code in enumerate(form.rotated))
        named = ((code, languages.get(code, code)) for code in form.translations)
        self.reading.choices = choices([("", lazy("不看译文")), *named])

    def value(self, form: Questionnaire) -> Reading:
        """Return what is asked for; what the questionnaire doesn't have is read as it is written."""
        start = self.start.data or ""
        orders = Orders(
            swapped=self.swapped.data == "1",
            start=int(start) if start in {str(place) for place in range(len(form.rotated))} else 0,
            downward=self.scale.data != "1-5",
            early=bool(form.early) and self.overall.data == "early",
        )
        return Reading(orders, self.reading.data if self.reading.data in form.translations else "")
