"""What people type, freed of signs that nobody sees: a reason made of them is none, and a name with one is no other."""

from __future__ import annotations

from typing import Any

from django import forms

from fairwrench.ledger.cells.words import UNSEEN

#: signs that turn the direction of what follows: a line of somebody's words could turn those beside it
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
#: every such sign → nothing
_GONE = dict.fromkeys(map(ord, [*UNSEEN, *TURNING]))


def bare_text(text: str) -> str:
    """A text as it is seen, without blanks around it; its lines end as browsers count them, by one letter."""
    return text.replace("\r\n", "\n").translate(_GONE).strip()


class BareTextField(forms.CharField):
    """A field of a form whose text is taken as it is seen."""

    def to_python(self, value: Any) -> str:
        """The text; what holds nothing but unseen signs counts as left empty."""
        return str(super().to_python(bare_text(str(value)) if value is not None else value) or "")
