"""Tags of the desk's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString

from fairwrench.settlement.source.source import Source
from fairwrench.web.evidence.views.tables import source_words, state_badge

register = template.Library()


@register.filter
def source_name(name: str, kinds: Mapping[str, Source] | None = None) -> str:
    """A source in words; with `kinds`, the page's own, it is not asked anew for each."""
    return source_words(name, kinds or None)


@register.filter
def state(record: Any) -> SafeString:
    """The state of an upload or a request, in its colour."""
    return state_badge(record)


@register.filter
def size(number: int) -> str:
    """Bytes as people read them."""
    return f"{-(-number // 1024)} KB" if number < 1 << 20 else f"{number / (1 << 20):.1f} MB"
