"""What a file on the desk says otherwise than what stands from the pages: decided between, row by row, put into force.

Each kind of record that both ways bring (ratings, targets) finds where the two differ; the rest is one for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import Target as Whose
from fairwrench.web.evidence.kept_on_pages import Contradiction, KeptOnPages, TakeIn, none_barred
from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.uploads.contradictions import FILE, contradictions
from fairwrench.web.settlements.feeds import decided_land
from fairwrench.web.settlements.models import Choice, Rating, Target
from fairwrench.web.ui.requests.bare_text import bare_text
from fairwrench.web.ui.words import pick


@dataclass(frozen=True)
class Difference:
    """Where a row of a file and a record of the pages (`record`) differ: what each says, as it is compared and as it is
    shown, who said it on the page and when, and who decides between them (`Contradiction.takes`, `whose`)."""

    row: int
    record: int
    about: str
    page: str
    file: str
    page_shown: str
    file_shown: str
    by: object
    at: datetime
    takes: str
    whose: Whose


@dataclass(frozen=True)
class Pages:
    """A kind of record that is kept on pages, too: how its differences from the rows of a file are found, what a record
    says, how it is taken back, and why some rows of files may be handed in by nobody."""

    source: str
    model: type[Rating] | type[Target]
    differences: Callable[[pl.DataFrame], Iterable[Difference]]
    said: Callable[[Any], str]
    withdraw: Callable[[Any, User | None], None]
    barred: Callable[[pl.DataFrame], list[Problem]] = none_barred

    def kept(self, take_in: TakeIn) -> KeptOnPages:
        """What the desk asks; `take_in` enters rows of a file on the pages."""
        return KeptOnPages(self.source, partial(_compared, self), partial(_settle, self), take_in, self.barred)


def _compared(pages: Pages, upload: Upload, rows: pl.DataFrame) -> list[Contradiction]:
    """The rows of a file that say otherwise, with what was decided about just these two words."""
    decided = Choice.objects.filter(upload=upload, source=pages.source).select_related("by__employee")
    # in order, so that of several decisions about the same two words the last one stands
    chosen = {(each.record_id, each.page_said, each.file_said): each for each in decided.order_by("at", "id")}
    url = reverse("settlements:choices", args=[upload.pk])
    return [
        _contradiction(pages.source, each, chosen.get((each.record, each.page, each.file)), url)
        for each in pages.differences(rows)
    ]


def _contradiction(source: str, found: Difference, choice: Choice | None, url: str) -> Contradiction:
    at = f"{timezone.localtime(found.at):%m-%d %H:%M}"
    page, by = found.page_shown, found.by
    return Contradiction(
        row=found.row,
        about=found.about,
        before=pick(f"{page}（{by} {at} 填）", f"{page} (entered by {by} {at})"),
        after=found.file_shown,
        choice=choice.choice if choice else "",
        decided=_decided(choice) if choice else "",
        url=url,
        takes=found.takes,
        whose=found.whose,
        # whatever a decision holds for: once either word is another the form's key is known no more. How long the
        # page's word is comes first, as either word may hold whatever people write
        key=f"{source}|{found.record}|{len(found.page)}|{found.page}{found.file}",
    )


def _decided(choice: Choice) -> str:
    at = timezone.localtime(choice.at)
    which = pick("以文件为准", "the file counts") if choice.choice == FILE else pick("以页面为准", "the page counts")
    by = str(choice.by or "—")
    return pick(
        f"{which}：{choice.reason}（{by} {at:%m-%d %H:%M}）", f"{which}: {choice.reason} ({by} {at:%m-%d %H:%M})"
    )


def last_choices(*, source: str, records: Iterable[int]) -> Mapping[int, Choice]:
    """Record → the last decision between it and a file, where there was one."""
    found = Choice.objects.filter(source=source, record_id__in=list(records)).select_related("by__employee")
    return {choice.record_id: choice for choice in found.order_by("at", "id")}


def choices_make(*, upload: Upload, chosen: Mapping[str, str], reason: str, by: User) -> int:
    """Decide between the file and the page for some contradictions (`key` → file or page); how many were decided.

    PermissionDenied unless each is theirs to decide. Refused without a reason, and where one of the two is another by
    now.
    """
    # worked out anew: what the form sends has to be a contradiction still
    there = {each.key: each for each in contradictions(upload=upload)}
    for key in chosen:
        if key not in there:
            raise Refused([_changed()])
        # all are asked before any is written, so that one that is not theirs leaves nothing half decided
        require(by, there[key].takes, about=there[key].whose)
    if not bare_text(reason) or not chosen:
        raise Refused([_no_reason()])
    with transaction.atomic():
        for key, choice in chosen.items():
            source, record, size, said = key.split("|", 3)
            words = {"page_said": said[: int(size)], "file_said": said[int(size) :]}
            words |= {"choice": choice, "reason": bare_text(reason)[:400]}
            Choice.objects.create(upload=upload, source=source, record_id=int(record), by=by, **words)
        # a page of the file that was opened before shows it otherwise
        Upload.objects.filter(pk=upload.pk).update(version=F("version") + 1)
    return len(chosen)


def _settle(pages: Pages, upload: Upload) -> None:
    """Let the file's word count where it was chosen: the page's is withdrawn by who chose, before the file lands."""
    chosen = Choice.objects.filter(upload=upload, source=pages.source, choice=FILE).select_related("by")
    records = {each.pk: each for each in pages.model.objects.filter(pk__in=chosen.order_by().values("record_id"))}
    for choice in chosen:
        record = records.get(choice.record_id)
        # a choice about a word that the page no longer has withdraws nothing: it is to be decided anew
        if record and record.withdrawn_at is None and pages.said(record) == choice.page_said:
            pages.withdraw(record, choice.by)
    # a file may hold rows of several months; the events of each are claimed and landed for it alone
    for month in sorted({record.month for record in records.values()}):
        decided_land(month=month)


def _changed() -> Problem:
    zh, en = (
        "页面上或文件里的内容在您打开之后有变化，请重新决定",
        "one of the two changed since you opened the page; decide again",
    )
    return Problem("moved_on", zh, en)


def _no_reason() -> Problem:
    return Problem("no_reason", "请选择以哪个为准，并写明原因", "choose which counts, and say why")
