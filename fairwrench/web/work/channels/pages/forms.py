"""Forms of how notices reach people: one's own choices, and bots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.predicates import KEEPERS, units_held
from fairwrench.web.access.targets import GROUP
from fairwrench.web.access.users.forms import UnitChoice
from fairwrench.web.org.models import Unit
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.words import both
from fairwrench.web.work.models import Bot, NoticeChoice

if TYPE_CHECKING:
    _OfChoice = forms.ModelForm[NoticeChoice]
else:  # Django's own knows no type of its model while it runs
    _OfChoice = forms.ModelForm

When = NoticeChoice.When
#: what deadlines may be sent as: they are found once a day
DAILY = [(When.DIGEST, When.DIGEST.label), (When.NEVER, When.NEVER.label)]
HOURS = [(hour, f"{hour}:00") for hour in range(6, 23)]


class ChoiceForm(_OfChoice):
    """Which kind of notice goes out by which way and when, the hour of the digest, and when it is quiet."""

    hour = forms.TypedChoiceField(label=both("每日汇总的时间", "Hour of the digest"), choices=HOURS, coerce=int)
    due_mail = forms.ChoiceField(label=both("截止提醒：邮件", "Deadlines: mail"), choices=DAILY)
    due_bot = forms.ChoiceField(label=both("截止提醒：机器人", "Deadlines: bot"), choices=DAILY)

    class Meta:
        model = NoticeChoice
        fields = (
            *("told_mail", "told_bot", "urged_mail", "urged_bot", "due_mail", "due_bot"),
            *("hour", "quiet_nights", "quiet_days_off"),
        )
        labels = {
            "told_mail": both("办理结果：邮件", "What came of something: mail"),
            "told_bot": both("办理结果：机器人", "What came of something: bot"),
            "urged_mail": both("催办：邮件", "Reminders by hand: mail"),
            "urged_bot": both("催办：机器人", "Reminders by hand: bot"),
            "quiet_nights": both("21:00 至次日 8:00 不打扰", "Nothing from 21:00 to 8:00"),
            "quiet_days_off": both("休息日和节假日不打扰", "Nothing on days off and holidays"),
        }

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        # in the cells of a table, whose heads are no labels of theirs
        for name in self.Meta.fields[:6]:
            self.fields[name].widget.attrs |= {"class": "form-select", "aria-label": self.fields[name].label}


class OwnBotForm(forms.Form):
    """A bot of one's own: whose it is, its address, and its secret."""

    service = forms.ChoiceField(label=both("平台", "Service"), choices=Bot.Service.choices)
    # no field that browsers keep what was typed into: the address alone makes the bot speak
    url = forms.CharField(
        label=both("Webhook 地址", "Webhook address"),
        max_length=500,
        help_text=both(
            "在群里添加自定义机器人后复制；保存后加密，不再显示。",
            "Copied from the bot in the chat's settings; encrypted once kept, and not shown again.",
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    secret = BareTextField(
        label=both("加签密钥", "Secret"),
        max_length=200,
        required=False,
        help_text=both("钉钉、飞书选了“加签”时填写。", "Where DingTalk or Feishu is told to check signatures."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class BotForm(OwnBotForm):
    """The bot of a unit's chat, or of the whole group's."""

    name = BareTextField(label=both("名称", "Name"), max_length=40)
    unit = UnitChoice(
        label=both("适用范围", "For"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=both("全集团", "The whole group"),
    )
    language = forms.ChoiceField(label=both("语言", "Language"), choices=[("zh-hans", "中文"), ("en", "English")])
    field_order = ("service", "name", "unit", "url", "secret", "language")

    def __init__(self, *given: Any, by: User, **options: Any) -> None:
        super().__init__(*given, **options)
        units = units_held(by, *KEEPERS)
        every = Unit.objects.exclude(kind=Unit.Kind.GROUP).select_related("parent")
        chosen: Any = self.fields["unit"]
        chosen.queryset = every if units is None else every.filter(pk__in=units)
        if not may(by, "notices.keep_group_bot", about=GROUP):
            chosen.required, chosen.empty_label = True, both("请选择", "Choose")
