"""What people decide about a month in the application, told to the outbox as rows of evidence, and where they did."""

from __future__ import annotations

from datetime import UTC

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.exact import as_decimal, trimmed
from fairwrench.settlement.inputs.fines import FINES
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.evidence.events.events import event_append, events_land
from fairwrench.web.evidence.models import EvidenceEvent
from fairwrench.web.evidence.selectors import ledger
from fairwrench.web.evidence.uploads.unknown_batches import landings_synchronise
from fairwrench.web.settlements.models import Correction, Rating, Target

#: kinds of decision whose value is a number of points or yuan, both kept in hundredths
VALUED = ("appeal_points", "appeal_score", "calibrated_points", "deduction", "confirm_fine", "fine_points")
#: source → the permission for the page on which it is decided, and the page, of a month
PAGES = {
    "ratings": ("ratings.rate", "settlements:ratings"),
    "targets": ("targets.view", "settlements:targets"),
    "decisions": ("settlements.view", "settlements:corrections"),
    "submissions": ("settlements.view", "settlements:submissions"),
}


def decided_land(*, month: str) -> None:
    """Land what was decided for a month and has not landed. Refused when a row cannot land, or while the ledger has
    batches that the database knows nothing of."""
    landings_synchronise(ledger=ledger())
    events_land(ledger=ledger(), period=month)


def rating_tell(*, rating: Rating, by: User | None, period: str = "") -> None:
    """Tell the outbox what a rating says now, also that it is taken back; part of the caller's transaction.

    `period` is the month in which it counts where that is not its own.
    """
    # the key that rows of files have, too, so that the later word takes the place of the former
    key = (rating.employee.employee_id, rating.item, rating.rater.employee_id, rating.month)
    row = None if rating.withdrawn_at else _rating_row(rating)
    event_append(source="ratings", period=period or rating.month, key=key, row=row, by=by)


def rating_withdraw(*, rating: Rating, by: User | None) -> None:
    """Let a rating count no longer."""
    with transaction.atomic():
        rating.withdrawn_at, rating.by = timezone.now(), by
        # saving sets `rated_at` anew but writes only what is named; the checklist sees the withdrawal by it
        rating.save(update_fields=["withdrawn_at", "by", "rated_at"])
        rating_tell(rating=rating, by=by)


def _rating_row(rating: Rating) -> dict[str, str]:
    return {
        "employee_id": rating.employee.employee_id,
        "item": rating.item,
        "rater": rating.rater.employee_id,
        "month": rating.month,
        "role": rating.role,
        "level": rating.level,
        "points": _hundredths(rating.points),
        "evidence": rating.example,
        "rated_at": rating.rated_at.astimezone(UTC).replace(microsecond=0).isoformat(),
    }


def target_tell(*, target: Target, by: User | None, period: str = "") -> None:
    """Tell the outbox what a target says now, also that it is taken back; part of the caller's transaction.

    It is told under the words that evidence has for it (`told_as`), so that it takes the place of a file's row.
    `period` is the month in which it counts where that is not its own.
    """
    for subject, metric in target.told_as:
        row = {"subject": subject, "metric": metric, "month": target.month, "value": trimmed(target.value)}
        _target_row_tell(target, None if target.withdrawn_at else row, (subject, metric), by, period)


def target_retell(*, target: Target, told_as: list[list[str]], by: User | None, period: str = "") -> None:
    """Tell a target under other words than before: what was told under the former ones counts no longer."""
    # told under words that stand no more it would count beside the new row
    former = [words for words in target.told_as if words not in told_as]
    target.told_as = told_as
    target.save(update_fields=["told_as"])
    for subject, metric in former:
        _target_row_tell(target, None, (subject, metric), by, period)
    target_tell(target=target, by=by, period=period)


def _target_row_tell(
    target: Target, row: dict[str, str] | None, words: tuple[str, str], by: User | None, period: str
) -> None:
    event_append(source="targets", period=period or target.month, key=(*words, target.month), row=row, by=by)


def target_withdraw(*, target: Target, by: User | None) -> None:
    """Let a target count no longer."""
    with transaction.atomic():
        target.withdrawn_at, target.by = timezone.now(), by
        # `set_at` as `rated_at` above
        target.save(update_fields=["withdrawn_at", "by", "set_at"])
        target_tell(target=target, by=by)


def correction_tell(*, correction: Correction, by: User | None) -> None:
    """Tell the outbox that a correction counts, or, once it is withdrawn, that it does no more."""
    counts = correction.state == Correction.State.APPROVED
    event_append(
        source="decisions",
        period=correction.cycle.month,
        key=(correction_number(correction),),
        row=_correction_row(correction) if counts else None,
        by=by,
    )


def _correction_row(correction: Correction) -> dict[str, str]:
    decided = correction.decided_by.employee if correction.decided_by else None
    return {
        "decision_no": correction_number(correction),
        "employee_id": correction.employee.employee_id,
        "month": correction.concerns,
        "kind": correction.kind,
        "item": correction.item,
        "value": _hundredths(correction.value),
        "reason": correction.reason,
        "ground": correction.ground,
        "decided_by": decided.employee_id if decided else "",
        # the day where the stores are: late in the evening UTC is a day behind
        "decided_on": timezone.localdate(correction.decided_at).isoformat() if correction.decided_at else "",
    }


def correction_number(correction: Correction) -> str:
    """The number of a correction among the decisions of the ledger."""
    return f"W{correction.pk:06d}"


def page_of(*, event: EvidenceEvent, user: User) -> str:
    """The address of the page where an event was decided, for who may open it; empty for others."""
    permission, page = PAGES.get(event.source, ("", ""))
    # decisions of other apps (the money of a ticket) have pages that these know nothing of
    if event.source == "decisions" and not event.key.startswith('["W'):
        return ""
    if (event.row or {}).get("kind") in FINES:
        permission, page = "settlements.decide_correction", "settlements:fines"
    return reverse(page, args=[event.period]) if permission and opens(user, permission) else ""


def _hundredths(value: int | None) -> str:
    return "" if value is None else f"{as_decimal(value, 2):f}"
