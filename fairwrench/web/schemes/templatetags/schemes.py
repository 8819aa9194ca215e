"""Tags by which pages of other applications say that a version of the scheme waits."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from fairwrench.web.schemes.approval.selectors import tasks_of
from fairwrench.web.schemes.approval.workflow import VERSIONS
from fairwrench.web.ui.words import of
from fairwrench.web.work.models import Step

register = template.Library()


@register.filter
def step_words(step: Step) -> str:
    """What was done with a version."""
    return of(VERSIONS.named(step.act).words)


@register.inclusion_tag("schemes/parts/tasks.html", takes_context=True)
def scheme_tasks(context: Context) -> dict[str, Any]:
    """What waits for the reader to approve, or was sent back to them; nothing at all where there is none."""
    return {"tasks": tasks_of(user=context["request"].user)}
