"""Words and tasks of standing in."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from fairwrench.web.access.models import Delegation
from fairwrench.web.people.delegation import delegations_waiting
from fairwrench.web.ui.words import Words

register = template.Library()
#: how far a delegation is (`Delegation.standing`)
STANDING: dict[str, Words] = {
    "waiting": ("待批准", "awaiting approval"),
    "missed": ("未及时批准，已过期", "not approved in time"),
    "later": ("已批准，尚未开始", "approved, not begun"),
    "now": ("代理中", "in force"),
    "over": ("已到期", "over"),
    "refused": ("未批准", "refused"),
    "ended": ("已提前结束", "ended early"),
}


@register.inclusion_tag("people/parts/stand_in_tasks.html", takes_context=True)
def stand_in_tasks(context: Context) -> dict[str, Any]:
    """What waits for the reader to approve; nothing at all where there is none."""
    return {"waiting": delegations_waiting(user=context["request"].user)}


@register.filter
def standing_words(delegation: Delegation) -> Words:
    """How far a delegation is."""
    return STANDING[delegation.standing]
