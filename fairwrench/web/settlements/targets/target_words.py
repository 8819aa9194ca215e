"""Targets in words: as they are typed and read back, as they are shown, and what their subjects are called."""

from __future__ import annotations

import re
from decimal import Decimal
from unicodedata import normalize

from fairwrench.report.naming import Names
from fairwrench.settlement.exact import trimmed, value_units
from fairwrench.settlement.scheme.scheme import Metric
from fairwrench.settlement.words.metric_words import UNITS, target_words
from fairwrench.web.settlements.targets.filed_targets import GROUP
from fairwrench.web.ui.words import of, pick

# commas part threes alone: 1,5 may mean 1.5 as well as 15 and is no number here
_PLAIN = re.compile(r"[+-]?(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{1,9})?")
_SIGN = "%"


def typed_as(value: Decimal, metric: Metric) -> str:
    """A target as somebody would type it: a rate as a percentage, anything else as the plain number."""
    return f"{trimmed(value * 100)}{_SIGN}" if metric.unit == "percent" else trimmed(value)


def number_typed(text: str) -> tuple[Decimal, bool] | None:
    """A number as it was typed, and whether it bore the sign of a percentage (97% is 0.97); None for no number."""
    # NFKC turns full-width digits and signs, as Chinese keyboards write them, into plain ones
    plain = re.sub(r"\s", "", normalize("NFKC", text))
    signed = plain.endswith(_SIGN)
    plain = plain.removesuffix(_SIGN)
    if not _PLAIN.fullmatch(plain):
        return None
    value = Decimal(plain.replace(",", ""))
    return (value / 100 if signed else value), signed


def value_shown(value: Decimal, metric: str, names: Names) -> str:
    """A target with its unit; of a metric that the scheme does not know the plain number."""
    known = names.scheme.metrics.get(metric)
    if known is None:
        return trimmed(value)
    return names.say(target_words(value_units(value), known, names.scheme.currency))


def unit_shown(metric: Metric, names: Names) -> str:
    """The unit in which a target is typed; empty for plain numbers."""
    if metric.unit == "percent":
        return _SIGN
    if metric.unit == "money":
        return pick("元", names.scheme.currency) if names.scheme.currency == "CNY" else names.scheme.currency
    return of(UNITS[metric.unit]) if metric.unit in UNITS else ""


def subject_words(subject: str, names: Names) -> str:
    """What a unit is called: its store, the department of a store, the group; anything else as it is."""
    if subject == GROUP:
        return pick("集团", "The group")
    store, slash, department = subject.partition("/")
    return f"{store} · {names.department(department)}" if slash else subject
