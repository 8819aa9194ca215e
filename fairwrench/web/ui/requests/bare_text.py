"""What people type, freed of signs that nobody sees: a reason made of them is none, and a name with one is no other."""

from __future__ import annotations

from typing import Any

from django import forms

from fairwrench.ledger.cells.words import UNSEEN

#: every such sign → nothing
_GONE = dict.fromkeys(map(ord, UNSEEN))


def bare_text(text: str) -> str:
    """A text as it is seen, without blanks around it."""
    return text.translate(_GONE).strip()


class BareTextField(forms.CharField):
    """A field of a form whose text is taken as it is seen."""

    def to_python(self, value: Any) -> str:
        """The text; what holds nothing but unseen signs counts as left empty."""
        return str(super().to_python(bare_text(str(value)) if value is not None else value) or "")
