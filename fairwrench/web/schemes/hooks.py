"""Where applications further on tell schemes what they cannot know: which months are settled.

The list holds callables that an application adds in its `AppConfig.ready`; one that says yes is enough.
"""

from __future__ import annotations

from collections.abc import Callable

from fairwrench.settlement.calendar.deadlines import Month

#: says whether a month is settled or published, so that its scheme cannot be another any more
IS_SETTLED: list[Callable[[Month], bool]] = []


def is_settled(month: Month) -> bool:
    """Whether a month's figures stand."""
    return any(hook(month) for hook in IS_SETTLED)
