"""Ratings of a file on the desk against those that stand from the pages: compared, decided between, put into force."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.exact import as_decimal
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.words import item_words
from fairwrench.web.evidence.contradictions import FILE, contradictions
from fairwrench.web.evidence.hooks import Contradiction
from fairwrench.web.evidence.models import Upload
from fairwrench.web.people.models import User
from fairwrench.web.people.policy import require
from fairwrench.web.people.targets import OfPerson
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.decided import decided_land, rating_tell
from fairwrench.web.settlements.models import Rating, RatingChoice
from fairwrench.web.ui.words import of, pick


def ratings_compared(upload: Upload, rows: pl.DataFrame) -> list[Contradiction]:
    """The rows of a rating file that say otherwise than a rating which stands from the page about the same person, item
    and rater."""
    stands = _standing(rows)
    if not stands:
        return []
    chosen = {
        (choice.rating_id, choice.page_said, choice.file_said): choice
        for choice in RatingChoice.objects.filter(upload=upload).select_related("by__employee").order_by("at", "id")
    }
    found, words = list[Contradiction](), _words(rows)
    for row, who, item, rater, month, level, points in _told(rows).iter_rows():
        rating = stands.get((who, words[month].get(item, item), rater, month))
        if rating is None or said(rating) == _said(level, points):
            continue
        choice = chosen.get((rating.pk, said(rating), _said(level, points)))
        found.append(_contradiction(upload, row, rating, _said(level, points), choice))
    return found


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that say something, as texts."""
    says = pl.col("level").is_not_null() | pl.col("points").is_not_null()
    columns = ("_row", "employee_id", "item", "rater", "month", "level", "points")
    return rows.filter(says).select(columns).sort("_row")


def _words(rows: pl.DataFrame) -> Mapping[str, Mapping[str, str]]:
    """Month → how its scheme's items are called → item."""
    months = rows["month"].drop_nulls().unique()
    return {month: item_words(scheme_at(month=Month.parse(month))) for month in months}


def _standing(rows: pl.DataFrame) -> dict[tuple[str, str, str, str], Rating]:
    """The ratings that stand from the pages of the people and months of some rows."""
    months, people = (rows[name].drop_nulls().unique().to_list() for name in ("month", "employee_id"))
    found = Rating.standing.filter(month__in=months, employee__employee_id__in=people)
    found = found.select_related("employee", "rater", "by__employee")
    return {(r.employee.employee_id, r.item, r.rater.employee_id, r.month): r for r in found}


def said(rating: Rating) -> str:
    """What a rating of the page says: its level, or its points."""
    return _said(rating.level, None if rating.points is None else as_decimal(rating.points, 2))


def _said(level: str | None, points: object) -> str:
    return " ".join(filter(None, (level or "", "" if points is None else f"{points:.2f}")))


def _contradiction(
    upload: Upload, row: int, rating: Rating, file_said: str, choice: RatingChoice | None
) -> Contradiction:
    at, by = timezone.localtime(rating.rated_at), rating.by or rating.rater
    before = pick(f"{said(rating)}（{by} {at:%m-%d %H:%M} 填）", f"{said(rating)} (entered by {by} {at:%m-%d %H:%M})")
    scheme = scheme_at(month=Month.parse(rating.month))
    named = {item.key: item.name for card in scheme.scorecards.values() for item in card.items if item.name}
    item = of(named[rating.item]) if rating.item in named else rating.item
    return Contradiction(
        row=row,
        about=f"{rating.employee} · {item} · {rating.rater}",
        before=before,
        after=file_said,
        choice=choice.choice if choice else "",
        decided=_decided(choice) if choice else "",
        url=reverse("settlements:rating_choices", args=[upload.pk]),
        employee_id=rating.employee.employee_id,
        key=f"{rating.pk}|{said(rating)}|{file_said}",
    )


def _decided(choice: RatingChoice) -> str:
    at = timezone.localtime(choice.at)
    which = pick("以文件为准", "the file counts") if choice.choice == FILE else pick("以页面为准", "the page counts")
    by = str(choice.by or "—")
    return pick(
        f"{which}：{choice.reason}（{by} {at:%m-%d %H:%M}）", f"{which}: {choice.reason} ({by} {at:%m-%d %H:%M})"
    )


def choices_make(*, upload: Upload, chosen: Mapping[str, str], reason: str, by: User) -> int:
    """Decide between the file and the page for some contradictions (`key` → file or page); how many were decided.

    PermissionDenied unless by HR of each person's store, and never about oneself. Refused without a reason, and where
    one of the two is another by now.
    """
    there = {each.key: each for each in contradictions(upload=upload)}
    for key in chosen:
        if key not in there:
            raise Refused([_changed()])
        require(by, "ratings.decide", about=OfPerson(there[key].employee_id))
    if not reason.strip() or not chosen:
        raise Refused([_no_reason()])
    with transaction.atomic():
        for key, choice in chosen.items():
            pk, page_said, file_said = key.split("|")
            words = {"page_said": page_said, "file_said": file_said, "choice": choice, "reason": reason.strip()[:400]}
            RatingChoice.objects.create(upload=upload, rating_id=int(pk), by=by, **words)
        # a page of the file that was opened before shows it otherwise
        Upload.objects.filter(pk=upload.pk).update(version=F("version") + 1)
    return len(chosen)


def choices_settle(upload: Upload) -> None:
    """Let the file's word count where it was chosen: the page's is withdrawn by who chose, before the file lands."""
    chosen = RatingChoice.objects.filter(upload=upload, choice=FILE).select_related("rating", "by")
    months = set()
    for choice in chosen:
        if choice.rating.withdrawn_at is None and said(choice.rating) == choice.page_said:
            choice.rating.withdrawn_at, choice.rating.by = timezone.now(), choice.by
            with transaction.atomic():
                choice.rating.save(update_fields=["withdrawn_at", "by", "rated_at"])
                rating_tell(rating=choice.rating, by=choice.by)
        months.add(choice.rating.month)
    for month in sorted(months):
        decided_land(month=month)


def _changed() -> Problem:
    zh, en = "评分在您打开页面之后有变化，请重新决定", "a rating changed since you opened the page; decide again"
    return Problem("moved_on", zh, en)


def _no_reason() -> Problem:
    return Problem("no_reason", "请选择以哪个为准，并写明原因", "choose which counts, and say why")
