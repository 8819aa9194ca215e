"""How large a survey may be."""

from __future__ import annotations

#: days that a survey is open at most, and unless somebody says otherwise
MOST_DAYS, USUAL_DAYS = 60, 7
#: people whom one survey is about at most, and whom an opinion is asked of
MOST_SUBJECTS, MOST_NAMED = 100, 5
#: letters of an answer in words
LETTERS = 1000
