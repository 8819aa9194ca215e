"""Forms as they are put on paper: what was signed where it was signed, with the signatures below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from fairwrench.web.appraisals.content import Content, contents_of
from fairwrench.web.appraisals.models import Appraisal, Signature
from fairwrench.web.ui.words import lang
from fairwrench.web.work.signing.documents import digest_of
from fairwrench.web.work.signing.places import Place, places_of

#: the styles of a form on paper, besides that of all paper
STYLES = ("work/signing.css",)
#: what is shown of a signature besides
BESIDE = ("signer", "by__employee", "document", "witness", "served_by")
Capacity = Signature.Capacity


@dataclass(frozen=True)
class Sheet:
    """One form on paper: its bytes, and the places for signatures below. `signed`: the signature under these very
    bytes; None for a form as it is now."""

    form: Appraisal
    document: bytes
    places: Sequence[Place]
    signed: Signature | None = None

    @property
    def digest(self) -> str:
        """What the bytes are known by."""
        return digest_of(self.document)

    @property
    def body(self) -> SafeString:
        """The same as HTML, for the screen, the printer and the PDF alike."""
        context = {"sheet": self, "document": mark_safe(self.document.decode())}
        return render_to_string("appraisals/parts/sheet.html", context)


def places_shown(form: Appraisal, given: Iterable[Signature], facts: str) -> list[Place]:
    """The places for signatures in the order in which they are given, filled with those `given`; `facts`: what the form
    says now."""
    people = {
        Capacity.EMPLOYEE: form.employee,
        Capacity.LINE_MANAGER: form.line_manager,
        Capacity.NEXT_LEVEL: form.next_level,
        Capacity.HR: None,
    }
    return places_of(people, given, facts)


def sheets_of(forms: Iterable[Appraisal], *, as_now: bool = False) -> list[Sheet]:
    """Some forms as sheets, in their order; without those whose run does not have the person any more. `as_now`: as
    they are now, for somebody to sign, whatever was signed before."""
    asked = list(forms)
    given = signatures_standing(asked)
    return [_sheet(content, given[content.appraisal.pk], as_now) for content in contents_of(asked)]


def signatures_standing(forms: Sequence[Appraisal]) -> Mapping[int, list[Signature]]:
    """The signatures that stand, by form, in the order in which they were given."""
    found: dict[int, list[Signature]] = defaultdict(list)
    standing = Signature.objects.filter(appraisal__in=forms, void_at=None)
    for each in standing.select_related(*BESIDE):
        found[each.appraisal_id].append(each)
    return found


def _sheet(content: Content, given: Sequence[Signature], as_now: bool) -> Sheet:
    form, facts = content.appraisal, content.facts
    signed = None if as_now else _signed(form, given, facts)
    document = signed.document.content if signed and signed.document else content.document
    return Sheet(form, document, places_shown(form, given, facts), signed)


def _signed(form: Appraisal, given: Sequence[Signature], facts: str) -> Signature | None:
    """The signature whose very bytes are printed: the last under what the form says, in the reader's language where
    there is one; of what is filed the last of all. None where nobody signed that, or where its bytes are damaged."""
    filed = form.state == Appraisal.State.FILED
    under = [each for each in given if each.document is not None and (filed or each.document.facts == facts)]
    whole = [each for each in under if each.document is not None and each.document.whole]
    own = [each for each in whole if each.document is not None and each.document.language == lang()]
    return next(reversed(own if own and not filed else whole), None)
