"""Where applications further on tell the desk what it cannot know: which scheme holds, which month is open or closed.

Each list holds callables that an application adds in its `AppConfig.ready`; the last answer that is not None counts.
"""

from __future__ import annotations

from collections.abc import Callable

from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.scheme import Scheme

#: called with each month that a landing concerns, after the evidence landed; may be called again for the same landing
AFTER_LANDING: list[Callable[[Month], object]] = []
#: gives the month that evidence is gathered for now
OPEN_MONTH: list[Callable[[], Month | None]] = []
#: says whether a month is published, so that evidence for it has to be handed in for a later one
IS_CLOSED: list[Callable[[Month], bool]] = []
#: gives the scheme in force in a month
SCHEME_AT: list[Callable[[Month], Scheme | None]] = []
