"""The button beside the name of somebody who is late."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from fairwrench.web.work.channels.urging import Offer

register = template.Library()


@register.inclusion_tag("work/parts/urge.html", takes_context=True)
def urge_button(context: Context, offer: Offer | None, who: str) -> dict[str, Any]:
    """“催办”, or when that was done within the hour; nothing for who cannot be reminded."""
    request = context["request"]
    return {"offer": offer, "who": who, "back": request.get_full_path(), "csrf_token": context.get("csrf_token")}
