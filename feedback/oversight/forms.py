"""What a list of cases is narrowed to, as a request asks for it in its address."""

from __future__ import annotations

from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.validators import Optional, ValidationError

from feedback.oversight.rules import filters
from feedback.oversight.rules.filters import CaseFilter
from feedback.web.forms.fields import at_most, in_our_time, options
from huying.base.errors import Invalid
from huying.base.i18n import _, lazy
from huying.web.forms import Form

NOT_A_CHOICE = lazy("没有这个选项，请从列表里选。")


class _Choice(SelectField):  # type: ignore[misc]
    """A list to choose from; an unknown value is told in a sentence."""

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        """Raise ValidationError for what isn't on the list."""
        if self.data not in {value for value, *_rest in self.iter_choices()}:
            raise ValidationError(str(NOT_A_CHOICE))


class FilterForm(Form):
    """The filters of a list; sent by GET, so that its address can be kept and passed on."""

    class Meta(Form.Meta):
        """Nothing is stored, so nothing has to be proven."""

        csrf = False

    words = StringField(
        lazy("编号、文字或地点"),
        description=lazy("几个词用空格隔开，都要有。不能按电话号码查。"),
        validators=[at_most(80)],
    )
    scope = _Choice(lazy("状态"), choices=options(filters.SCOPES), default=filters.RUNS)
    holder = _Choice(lazy("在谁手里"), default="")
    desk = _Choice(lazy("在哪一级的桌上"), default="")
    area = _Choice(lazy("区域"), default="")
    category = _Choice(lazy("事项类别"), default="")
    due = _Choice(lazy("期限"), choices=options(filters.DUES), default="")
    idling = BooleanField(lazy("只看空转的"), false_values=("", "n", "0"))
    since = DateField(lazy("登记日期从"), validators=[Optional(), in_our_time])
    until = DateField(lazy("到"), validators=[Optional(), in_our_time])

    def chosen(self) -> list[str]:
        """Return in words what the list is narrowed to."""
        said: list[str] = []
        for field in self:
            if not field.data:
                continue
            if field.type == "BooleanField":
                said.append(str(field.label.text))
            elif isinstance(field, SelectField):
                said += [
                    str(label).strip() for value, label, *_rest in field.iter_choices() if value == field.data
                ]
            elif field.type == "DateField":
                said.append(f"{field.label.text} {field.data}")
            else:
                said.append(field.data)
        return said

    def value(self) -> CaseFilter:
        """Return the filter; raise Invalid where something in the address is none."""
        if not self.validate():
            raise Invalid(next(message for field in self if field.errors for message in field.errors))
        held = {name: data for name, data in self.data.items() if data}
        return CaseFilter(**held | {"words": " ".join((self.words.data or "").split())})

    def validate_until(self, field: DateField) -> None:
        """Raise ValidationError where the last day is before the first."""
        if self.since.data and field.data and field.data < self.since.data:
            raise ValidationError(_("结束日期不能早于开始日期。"))
