"""The form of a section."""

from __future__ import annotations

from django import forms

from fairwrench.web.analysis.models import Section
from fairwrench.web.analysis.reports.workflow import LETTERS
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.words import both

#: rows of the box: one for each line, within reason
LEAST, MOST = 3, 24


class SectionForm(forms.Form):
    """What a section says: plain text with its lines."""

    text = BareTextField(
        label=both("内容", "Text"), max_length=LETTERS, required=False, widget=forms.Textarea(attrs={"rows": LEAST})
    )

    @classmethod
    def of(cls, section: Section) -> SectionForm:
        """The form of a section as it is."""
        form = cls(initial={"text": section.text}, auto_id=f"{section.key}-%s")
        form.fields["text"].widget.attrs["rows"] = min(max(section.text.count("\n") + 2, LEAST), MOST)
        return form
