"""Words that only the pages of people need."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from fairwrench.web.access import policy
from fairwrench.web.access.delegation import delegations_waiting
from fairwrench.web.access.models import Delegation
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
#: how people call the providers of logins that have no name of their own in the settings
PROVIDERS = {"dingtalk": ("钉钉", "DingTalk"), "feishu": ("飞书", "Feishu"), "weixin": ("微信", "WeChat")}
#: signs of systems and browsers in what browsers say of themselves, the telling ones first
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}
BROWSERS = {
    "DingTalk": "DingTalk",
    "Lark": "Feishu",
    "MicroMessenger": "WeChat",
    "Edg": "Edge",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}


@register.simple_tag(takes_context=True)
def opens(context: Context, permission: str) -> bool:
    """Whether the page of a permission is there for the reader."""
    return policy.opens(context["request"].user, permission)


@register.inclusion_tag("access/parts/stand_in_tasks.html", takes_context=True)
def stand_in_tasks(context: Context) -> dict[str, Any]:
    """What waits for the reader to approve; nothing at all where there is none."""
    return {"waiting": delegations_waiting(user=context["request"].user)}


@register.filter
def standing_words(delegation: Delegation) -> Words:
    """How far a delegation is."""
    return STANDING[delegation.standing]


@register.filter
def device_words(agent: str) -> Words:
    """A browser and its system by their names, out of how it names itself to servers."""
    found = [next((name for sign, name in signs.items() if sign in agent), "") for signs in (BROWSERS, SYSTEMS)]
    return " · ".join(name for name in found if name) or ("未知设备", "unknown device")


@register.filter
def provider_words(provider: Any) -> Words:
    """What a provider of logins is called."""
    return PROVIDERS.get(provider.id, str(provider.name))
