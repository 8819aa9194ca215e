"""The comments on what a page shows, and the form to write one."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from fairwrench.web.work.comments.services import LETTERS, comments_of

register = template.Library()


@register.inclusion_tag("work/parts/comments.html", takes_context=True)
def comments(context: Context, place: str, ref: Any) -> dict[str, Any]:
    """The comments of a place (`comments.places`), on the very page of it, which nobody opens who may not see it."""
    told = {"place": place, "ref": str(ref), "found": list(comments_of(place=place, ref=str(ref)))}
    return {**told, "letters": LETTERS, "csrf_token": context.get("csrf_token")}
