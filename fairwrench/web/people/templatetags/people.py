"""Words that only the pages of people need."""

from __future__ import annotations

from typing import Any

from django import template

from fairwrench.web.ui.words import Words

register = template.Library()
#: how people call the providers of logins that have no name of their own in the settings
PROVIDERS = {"dingtalk": ("钉钉", "DingTalk"), "feishu": ("飞书", "Feishu"), "weixin": ("微信", "WeChat")}


@register.filter
def provider_words(provider: Any) -> Words:
    """What a provider of logins is called."""
    return PROVIDERS.get(provider.id, str(provider.name))
