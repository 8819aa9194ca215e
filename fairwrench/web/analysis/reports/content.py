"""What an analysis says: as the bytes that are approved and printed, all of it or what the departments read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation

from fairwrench.web.analysis.models import Analysis, Section
from fairwrench.web.work.signing.documents import digest_of, told_digest

Circle = Section.Circle


@dataclass(frozen=True)
class Content:
    """An analysis with its sections in their order."""

    analysis: Analysis
    sections: Sequence[Section]

    @classmethod
    def of(cls, analysis: Analysis) -> Content:
        """An analysis as it stands."""
        return cls(analysis, list(analysis.sections.all()))

    @property
    def for_departments(self) -> Content:
        """The part that the departments read."""
        return Content(self.analysis, [each for each in self.sections if each.circle == Circle.DEPARTMENTS])

    @property
    def facts(self) -> str:
        """Digest of what it says."""
        about = [self.analysis.cycle.month, self.analysis.store]
        return told_digest([*about, *([each.key, each.text] for each in self.sections)])

    @property
    def document(self) -> bytes:
        """It as it is read and printed, in the language in which it was drafted."""
        with translation.override(self.analysis.language):
            context = {"analysis": self.analysis, "sections": [each for each in self.sections if each.text]}
            return render_to_string("analysis/document.html", context).encode()

    @property
    def digest(self) -> str:
        """What the document is known by."""
        return digest_of(self.document)
