"""What the page of a form shows beside it: whose signatures stand under it, and what the reader may do."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.appraisals.content import facts_of
from fairwrench.web.appraisals.models import Appraisal
from fairwrench.web.appraisals.papers.sheets import BESIDE, places_shown
from fairwrench.web.appraisals.workflow import APPRAISALS
from fairwrench.web.work.signing.places import Place
from fairwrench.web.work.workflow.offers import Offer, offers_of


def signatures_shown(form: Appraisal) -> list[Place]:
    """The places for signatures in the order in which they are given."""
    given = form.signatures.filter(void_at=None).select_related(*BESIDE)
    return places_shown(form, given.defer("document__packed"), facts_of(form))


#: acts with a form of their own
OWN_FORMS = ("interview", "decline", "talk", "serve")


@dataclass(frozen=True)
class Acts:
    """What a reader may do: `names` of all acts, `offers` of those that are a button."""

    names: frozenset[str]
    offers: list[Offer]


def acts_of(form: Appraisal, user: User) -> Acts:
    """What a user may do with a form as it is."""
    found = offers_of(APPRAISALS, form, user, url=lambda act: reverse("appraisals:act", args=[form.pk, act]))
    # these have forms of their own
    return Acts(
        frozenset(offer.name for offer in found),
        [offer for offer in found if offer.name not in OWN_FORMS],
    )
