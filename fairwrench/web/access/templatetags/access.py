"""Words that only the pages of people need."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from fairwrench.web.access import policy
from fairwrench.web.ui.words import Words

register = template.Library()
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


@register.filter
def device_words(agent: str) -> Words:
    """A browser and its system by their names, out of how it names itself to servers."""
    found = [next((name for sign, name in signs.items() if sign in agent), "") for signs in (BROWSERS, SYSTEMS)]
    return " · ".join(name for name in found if name) or ("未知设备", "unknown device")


@register.filter
def provider_words(provider: Any) -> Words:
    """What a provider of logins is called."""
    return PROVIDERS.get(provider.id, str(provider.name))
