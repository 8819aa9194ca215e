"""On what ground money is taken, as forms and records offer it."""

from __future__ import annotations

from fairwrench.settlement.words.wording import GROUNDS
from fairwrench.web.ui.words import both

#: the word that evidence has, and what people call it
GROUND_CHOICES = tuple((word, both(named.zh, named.en)) for word, named in GROUNDS.items())
