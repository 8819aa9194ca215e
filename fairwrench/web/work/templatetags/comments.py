"""The comments on what a page shows, and the form to write one."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from fairwrench.web.work.comments.places import commented
from fairwrench.web.work.comments.services import LETTERS, comments_of

register = template.Library()


@register.inclusion_tag("work/parts/comments.html", takes_context=True)
def comments(context: Context, place: str, ref: Any) -> dict[str, Any]:
    """Comments of a place (`work.comments.places`); nothing for who may not see it."""
    user = context["request"].user
    seen = commented(place=place, ref=str(ref), user=user) is not None
    found = list(comments_of(place=place, ref=str(ref))) if seen else []
    told = {"place": place, "ref": str(ref), "seen": seen, "found": found, "letters": LETTERS}
    return {**told, "csrf_token": context.get("csrf_token")}
