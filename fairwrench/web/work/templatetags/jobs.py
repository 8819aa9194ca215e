"""What pages say of background work that failed."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from fairwrench.web.work.queue.selectors import jobs_failed

register = template.Library()


@register.inclusion_tag("work/parts/failed.html", takes_context=True)
def failed_jobs(context: Context) -> dict[str, Any]:
    """How much of the reader's work failed, for administrators of everybody's; nothing at all where none did."""
    return {"failed": jobs_failed(user=context["request"].user).count()}
