"""Goals carried on (沿用): unchanged, by a whole team in one act, under one list that was shown and is signed once.

Within a quarter what the employee signed holds, and what was signed after it; a new quarter, or a sheet that they did
not sign, asks them again, and all after them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.log.doing import done_as
from fairwrench.web.access.models import User
from fairwrench.web.access.scope import Scope
from fairwrench.web.goals.models import AGREED, Capacity, Document, Goal, GoalSheet, GoalSignature, PlanLine
from fairwrench.web.goals.placing import Placed, placed
from fairwrench.web.goals.selectors import in_force
from fairwrench.web.goals.sheets.beginning import lasts
from fairwrench.web.goals.sheets.content import Content
from fairwrench.web.goals.sheets.measuring import kpis_of, names_at
from fairwrench.web.goals.sheets.services import document_of, lines_made
from fairwrench.web.goals.workflow import GOALS, settled
from fairwrench.web.work.inbox.notices import Message, messages_send
from fairwrench.web.work.signing.documents import digest_of, document_kept, told_digest

State = GoalSheet.State
WITHDRAWN = State.WITHDRAWN


@dataclass(frozen=True)
class Left:
    """Somebody whose goals are not carried on, and why."""

    sheet: GoalSheet
    why: tuple[str, str]


@dataclass(frozen=True)
class Carrying:
    """What a manager would carry on into a month: the sheets as they would be, and who is left out."""

    month: Month
    contents: Sequence[Content]
    left: Sequence[Left]

    @property
    def document(self) -> bytes:
        """The list of all of it, as it is read and signed."""
        told = {"month": self.month, "contents": self.contents}
        return render_to_string("goals/list_document.html", told).encode()

    @property
    def digest(self) -> str:
        """What the list is known by."""
        return digest_of(self.document)


def same_quarter(month: Month) -> bool:
    """Whether a month lies in the quarter of the one before."""
    return (month.month - 1) % 3 != 0


def carrying_of(*, user: User, month: Month) -> Carrying:
    """What of last month's goals the people whom a user leads today could go on with."""
    led = Scope.of(user).led - Scope.of(user).own
    before = in_force(month=month.plus(-1), people=led)
    begun = GoalSheet.objects.filter(month=str(month), employee__employee_id__in=list(before))
    taken = set(begun.exclude(state=State.WITHDRAWN).values_list("employee__employee_id", flat=True))
    rest = {who: sheet for who, sheet in sorted(before.items()) if who not in taken}
    where = placed(people=[sheet.employee_id for sheet in rest.values()], month=month)
    open_ones = GoalSheet.objects.filter(month=str(month.plus(-1)), edition__gt=1).exclude(
        state__in=(*AGREED, WITHDRAWN)
    )
    changing = set(open_ones.values_list("employee_id", flat=True))
    left, kept = list[Left](), dict[str, GoalSheet]()
    for who, sheet in rest.items():
        if why := _left_out(sheet, where.get(sheet.employee_id), changing):
            left.append(Left(sheet, why))
        else:
            kept[who] = sheet
    return Carrying(month, _contents(kept, where, month), left)


def _left_out(sheet: GoalSheet, now: Placed | None, changing: set[int]) -> tuple[str, str] | None:
    if now is None:
        return ("该月没有任职", "holds no position in that month")
    if (sheet.store, sheet.department, sheet.position) != (now.store, now.department, now.position):
        return ("已调岗或调店，须重新商定", "has moved: goals are agreed anew")
    if sheet.employee_id in changing:
        return ("上月的变更还没有定", "a change of last month's is not settled yet")
    if sheet.state != State.FILED:
        return ("上月目标还没有归档", "last month's goals are not filed yet")
    return None


def _contents(kept: Mapping[str, GoalSheet], where: Mapping[int, Placed], month: Month) -> list[Content]:
    drafts, names = lasts(people=kept, month=month), names_at(month)
    holding = _holding(kept.values()) if same_quarter(month) else {}
    new = {who: _next(sheet, where[sheet.employee_id], month, holding) for who, sheet in kept.items()}
    kpis = kpis_of(new.values(), month, names)
    return [Content(sheet, *lines_made(sheet, drafts[who]), kpis[who], names) for who, sheet in new.items()]


def _holding(found: Iterable[GoalSheet]) -> dict[int, GoalSheet]:
    """Sheet → that of the quarter which the employee signed; who was passed over has signed nothing that could hold."""
    roots = {sheet.pk: sheet.carried_from or sheet for sheet in found}
    signed = GoalSignature.objects.filter(sheet__in=roots.values(), capacity=Capacity.EMPLOYEE, void_at=None)
    there = set(signed.values_list("sheet", flat=True))
    return {pk: root for pk, root in roots.items() if root.pk in there}


def _next(sheet: GoalSheet, now: Placed, month: Month, holding: Mapping[int, GoalSheet]) -> GoalSheet:
    """The sheet of the month into which another is carried on, not saved; it holds by what that was signed by."""
    new = GoalSheet(employee=sheet.employee, month=str(month), carried_from=holding.get(sheet.pk))
    now.put(new)
    return new


def carry_on(*, month: Month, digest: str, by: User) -> list[GoalSheet]:
    """Carry on what the page listed, all in one act. Refused when the list says something else by now."""
    if problems := [*settled(str(month), month)]:
        raise Refused(problems)
    carrying = carrying_of(user=by, month=month)
    zh, en = "名单或目标已变动，请重新查看", "the list or a goal has changed; look again"
    moved = Problem("moved_on", zh, en)
    if not carrying.contents:
        raise Refused([moved])
    facts = told_digest([content.facts for content in carrying.contents])
    try:
        with transaction.atomic():
            listed = document_kept(Document, shown=carrying.document, digest=digest, facts=facts, moved_on=moved)
            return [_carried(content, listed, by) for content in carrying.contents]
    except IntegrityError:
        # somebody began one of these meanwhile
        raise Refused([moved]) from None


def _carried(content: Content, listed: Document, by: User) -> GoalSheet:
    sheet, holds = content.sheet, content.sheet.carried_from is not None
    before = GoalSheet.objects.filter(employee=sheet.employee_id, month=sheet.month).count()
    sheet.edition, sheet.state = before + 1, State.FILED if holds else State.EMPLOYEE
    with done_as(by=by, words=GOALS.named("carry").words):
        sheet.save()
    for goal in content.goals:
        goal.sheet = sheet
    for line in content.plan:
        line.sheet = sheet
    Goal.objects.bulk_create(content.goals)
    PlanLine.objects.bulk_create(content.plan)
    document = document_of(content, digest_of(content.document))
    GoalSignature.objects.create(
        sheet=sheet, capacity=Capacity.LINE_MANAGER, signer=by.employee, by=by, document=document, listed=listed
    )
    GOALS.write(record=sheet, act="carry", by=by, before=State.DRAFT)
    if holds:
        _tell(sheet, by)
    return sheet


def _tell(sheet: GoalSheet, by: User) -> None:
    zh = f"{sheet.month} 的目标沿用上月，有异议可提出变更"
    en = f"Your goals of {sheet.month} are those of last month; ask for a change if you do not agree"
    told = Message(User.objects.filter(employee=sheet.employee_id), (zh, en), reverse("goals:sheet", args=[sheet.pk]))
    messages_send([told], besides=by)
