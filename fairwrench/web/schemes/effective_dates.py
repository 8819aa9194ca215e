"""Whether a version may hold from a month on: asked when it is proposed, and again when it is approved."""

from __future__ import annotations

from django.conf import settings

from fairwrench.ledger.folder import sha256_of
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.calendar.time_zone import other_time_zone
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.cycles.selectors import is_settled
from fairwrench.web.schemes import refusals, selectors
from fairwrench.web.schemes.documents.kept import version_path
from fairwrench.web.schemes.models import SchemeVersion

State = SchemeVersion.State
#: months before and after this one from which a scheme may begin to hold
EARLIEST, LATEST = 60, 24


def obstacles(*, version: SchemeVersion, begins: Month) -> list[Problem]:
    """What keeps a version from holding from a month on; empty for nothing."""
    month = _about_month(begins)
    return [*([month] if month else []), *_about_document(version)]


def _about_month(begins: Month) -> Problem | None:
    now = selectors.this_month()
    if not -EARLIEST <= now.until(begins) <= LATEST:
        return refusals.far_away(begins)
    if SchemeVersion.objects.filter(state=State.ADOPTED, begins=str(begins)).exists():
        return refusals.taken(begins)
    settled = settled_from(begins=begins)
    return refusals.settled(settled) if settled else None


def _about_document(version: SchemeVersion) -> tuple[Problem, ...]:
    """Whether what lies there is still what was handed in, can be read, and names the time zone of the installation."""
    path = version_path(version=version)
    try:
        # what was approved is what was checked: a document altered on disk holds nowhere
        if sha256_of(path.read_bytes()) != version.sha256:
            return (refusals.another_document(version),)
        return tuple(other_time_zone(selectors.opened(str(path)), settings.TIME_ZONE))
    except OSError:
        return (refusals.another_document(version),)
    except Refused as refused:
        return refused.problems


def settled_from(*, begins: Month) -> Month | None:
    """The first month from `begins` on, before another version begins, whose figures stand; None for none."""
    # a later version holds from its own month on, so what was settled by it is not touched
    later = SchemeVersion.objects.filter(state=State.ADOPTED, begins__gt=str(begins)).order_by("begins").first()
    # without one, up to next month at least: the month after this may have been begun
    last = Month.parse(later.begins).plus(-1) if later else max(begins, selectors.this_month().plus(1))
    return next((month for month in Month.range(begins, last) if is_settled(month)), None)
