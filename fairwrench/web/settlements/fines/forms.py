"""The form by which a proposed fine is decided: nothing is chosen beforehand, least of all money."""

from __future__ import annotations

from typing import Any

from django import forms

from fairwrench.settlement.exact import as_decimal
from fairwrench.settlement.scheme.cycle import FineEffect
from fairwrench.web.evidence.grounds import GROUND_CHOICES
from fairwrench.web.settlements.fines.proposals import Proposal
from fairwrench.web.settlements.fines.services import WAIVED, Choice
from fairwrench.web.ui.requests.form_choices import offer
from fairwrench.web.ui.words import both, pick


class FineForm(forms.Form):
    """How it takes effect, on what ground, how much where it is less, and what is said to it."""

    effect = forms.ChoiceField(label=both("怎样处理", "How it takes effect"), widget=forms.RadioSelect)
    ground = forms.ChoiceField(
        label=both("扣款依据（选扣款时必填）", "Ground (asked where money is taken)"),
        required=False,
        help_text=both(
            "赔偿：给公司造成了损失；违纪：违反已公示的制度；约定：合同或本人书面同意",
            "compensation: of a loss of the company; breach: of rules made known; agreed: by contract or in writing",
        ),
    )
    value = forms.DecimalField(
        label=both("少扣时填写（元或分）", "Less than proposed (yuan or points)"),
        required=False,
        max_digits=9,
        decimal_places=2,
        help_text=both("不填则按建议的数值", "left empty, it is what is proposed"),
    )
    reason = forms.CharField(
        label=both("说明（免除时必填）", "Note (asked where it is waived)"), required=False, max_length=400
    )

    def __init__(self, *given: Any, proposal: Proposal, **options: Any) -> None:
        super().__init__(*given, **options)
        self.fields["value"].widget.attrs["inputmode"] = "decimal"
        choices = [(str(effect), effect_words(proposal, effect)) for effect in proposal.choices]
        waived = pick("免除：有正当理由（说明必填）", "Waived: there was good reason (say which in the note)")
        offer(self, "effect", [*choices, (WAIVED, waived)])
        offer(self, "ground", [("", pick("请选择", "Choose")), *GROUND_CHOICES])

    def choice(self) -> Choice:
        """What was chosen."""
        told = self.cleaned_data
        return Choice(told["effect"], told["ground"], told["value"], told["reason"])


def effect_words(proposal: Proposal, effect: FineEffect) -> str:
    """An effect with what it comes to for this person."""
    amount = f"{as_decimal(proposal.units(effect), 2):f}"
    words = {
        "money": (f"从工资中扣 {amount} 元", f"{amount} yuan off the pay"),
        "points": (f"从当月得分中扣 {amount} 分", f"{amount} points off the month’s score"),
        "record": ("只作记录，不扣钱也不扣分", "kept on record: neither money nor points"),
    }
    return pick(*words[effect])
