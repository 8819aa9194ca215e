"""A scheme as a regulation to read: its chapters, put on a page once for each document and language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from fairwrench.report.naming import Names
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.source import Source
from fairwrench.web.access.models import User
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.org.assignments import current
from fairwrench.web.schemes.selectors import Edition
from fairwrench.web.schemes.text import clauses, rewards
from fairwrench.web.schemes.text.cards import cards_of, figures_of
from fairwrench.web.schemes.text.commissions import plans
from fairwrench.web.ui.words import lang

#: texts that are kept; each is some 300 kB
KEPT = 12


@dataclass(frozen=True)
class _Text:
    """A text and what it was made from; another scheme or source makes it anew."""

    scheme: Scheme
    sources: Mapping[str, Source]
    html: SafeString

    def fits(self, scheme: Scheme, known: Mapping[str, Source]) -> bool:
        """Whether it is still the text of this scheme, told with these sources."""
        # by identity: sources are read anew only when one changed, so nothing in them has to be compared
        same = self.sources.keys() == known.keys() and all(
            known[name] is source for name, source in self.sources.items()
        )
        return same and self.scheme is scheme


_texts: dict[tuple[str, str], _Text] = {}


def text_of(edition: Edition) -> SafeString:
    """The chapters of an edition in the language of the request. Refused when its document cannot be read."""
    scheme, known, key = edition.scheme, sources(), (edition.path, lang())
    found = _texts.get(key)
    if found is None or not found.fits(scheme, known):
        # the oldest goes; two readers at once may both write it, which is the same text
        while len(_texts) >= KEPT:
            _texts.pop(next(iter(_texts)), None)
        found = _texts[key] = _Text(scheme, known, _written(Names(scheme, known, lang())))
    return found.html


def _written(names: Names) -> SafeString:
    told = {
        "scheme": names.scheme,
        "articles": clauses.articles(names),
        "adoption": clauses.adoption(names),
        "eligibility": clauses.eligibility(names),
        "eligibility_note": names.say(names.scheme.eligibility.note),
        "cycle": clauses.cycle(names),
        "steps": clauses.steps(names),
        "positions": clauses.positions(names),
        "cards": cards_of(names),
        "figures": figures_of(names),
        "grading": rewards.grading(names),
        "bands": rewards.bands(names),
        "pay": rewards.pay(names),
        "plans": plans(names),
        "standing": clauses.standing(names),
        "letters": clauses.letters(names),
    }
    return render_to_string("schemes/parts/text.html", told)


def own_card(*, user: User, scheme: Scheme, day: date) -> str:
    """The scorecard by which the user is assessed on a day; empty for none."""
    if user.employee_id is None:
        return ""
    # the assignment that began last, as of two on one day the later counts
    held = current(day=day).filter(employee=user.employee_id).order_by("-begin", "-place")
    code = held.values_list("position__code", flat=True).first()
    position = scheme.positions.get(code or "")
    return position.scorecard or "" if position else ""
