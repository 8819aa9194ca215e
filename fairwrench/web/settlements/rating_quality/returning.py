"""Ratings returned to their rater to be looked at again, by who stands above the rater or by HR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import Rating, Run
from fairwrench.web.settlements.rating_quality.judged import moment
from fairwrench.web.settlements.rating_quality.seen import people_reviewed
from fairwrench.web.settlements.ratings.asked import RATED
from fairwrench.web.ui.requests.bare_text import bare_text
from fairwrench.web.work.inbox.notices import Message, messages_send

#: letters of the reason
LETTERS = 400


@dataclass(frozen=True)
class Returned:
    """How many ratings were returned, and how many were not, as they were given after the page was read."""

    count: int
    changed: int


def ratings_return(*, cycle: Cycle, run: Run, rater: str, by: User, reason: str, seen: int) -> Returned:
    """Return the ratings of one rater, of the people whom a user reviews, with a reason, as far as they were given by
    the moment `seen`. They count until they are given anew.

    PermissionDenied for ratings that are not the user's to review, or their own. Refused without a reason, once
    somebody approved what the ratings led to, and where nothing of a page is left to return.
    """
    said = bare_text(reason)[:LETTERS]
    if not said:
        raise Refused([Problem("no_reason", "请写明退回原因", "say why they are returned")])
    people = people_reviewed(run=run, user=by)
    if by.employee is not None and by.employee.employee_id == rater:
        raise PermissionDenied("own_ratings")
    with transaction.atomic():
        state = Cycle.State(Cycle.objects.select_for_update().get(pk=cycle.pk).state)
        # later on nobody is asked to rate: what is returned would wait where its rater does not see it
        if state not in RATED:
            raise Refused([_closed(cycle, state)])
        found = Rating.standing.filter(
            month=cycle.month, rater__employee_id=rater, employee__employee_id__in=people, returned_at=None
        )
        found = found.exclude(employee__employee_id=rater)
        there = dict(found.values_list("pk", "rated_at"))
        keys = [key for key, at in there.items() if moment(at) <= seen]
        if not keys:
            raise Refused([_changed(len(there)) if there else _nothing()])
        Rating.objects.filter(pk__in=keys).update(returned_at=timezone.now(), returned_by=by, returned_why=said)
        messages_send([_told(cycle, rater, len(keys), said)], besides=by)
    return Returned(len(keys), len(there) - len(keys))


def _closed(cycle: Cycle, state: Cycle.State) -> Problem:
    zh, en = f"{cycle.month} {state.label}，评分不再退回", f"{cycle.month}: {state.label}. Ratings are returned no more"
    return Problem("ratings_closed", zh, en)


def _changed(n: int) -> Problem:
    zh = f"打开页面之后 {n} 项评分有改动，没有退回；请看过再退"
    en = f"{number_of(n, 'rating')} changed since the page was opened and not returned: look again"
    return Problem("moved_on", zh, en)


def _nothing() -> Problem:
    zh = "没有可退回的评分：文件里的评分请联系提交人重交，已退回的等评分人修改"
    en = "there is nothing to return: ratings of a file are handed in anew, those returned wait for their rater"
    return Problem("nothing_to_return", zh, en)


def _told(cycle: Cycle, rater: str, n: int, why: str) -> Message:
    to: Sequence[User] = list(User.objects.coming_in().filter(employee__employee_id=rater))
    words = f"{cycle.month} 您的 {n} 项评分被退回：{why}", f"{cycle.month}: {n} of your ratings were returned: {why}"
    return Message(to, words, reverse("settlements:ratings", args=[cycle.month]))
