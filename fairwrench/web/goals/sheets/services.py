"""What people do with a sheet: begin it, write it, sign exactly what they were shown, ask for a change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.log.doing import done_as
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import OfPerson
from fairwrench.web.goals.models import (
    Capacity,
    DepartmentGoal,
    Document,
    Goal,
    GoalSheet,
    JobDuty,
    PlanLine,
)
from fairwrench.web.goals.placing import placed
from fairwrench.web.goals.selectors import acts_as, leads
from fairwrench.web.goals.sheets.content import Content, content_of, contents_of
from fairwrench.web.goals.workflow import GOALS, NOTE, SIGNS, moved_on, replace, settled, theirs
from fairwrench.web.org.models import Employee
from fairwrench.web.ui.requests.bare_text import bare_text
from fairwrench.web.work.signing.documents import document_kept, each_done

State = GoalSheet.State
#: the most goals and lines of a plan that a sheet takes; the regulation's bound is told, not forced
MOST_GOALS, MOST_PLAN = 20, 8


@dataclass(frozen=True)
class GoalDraft:
    """A goal as it was filled in."""

    category: str
    what: str
    kind: str = Goal.Kind.WORDS
    subject: str = ""
    measure: str = ""
    target: str = ""
    due: date | None = None
    weight: int | None = None
    department_goal: DepartmentGoal | None = None
    duty: JobDuty | None = None

    @classmethod
    def of(cls, goal: Goal) -> GoalDraft:
        """The same as a goal that there is."""
        return cls(**{name: getattr(goal, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class PlanDraft:
    """A line of the development plan as it was filled in."""

    what: str
    how: str = ""
    due: date | None = None

    @classmethod
    def of(cls, line: PlanLine) -> PlanDraft:
        """The same as a line that there is."""
        return cls(line.what, line.how, line.due)


@dataclass(frozen=True)
class Draft:
    """The lines of a sheet as they were filled in."""

    goals: Sequence[GoalDraft] = ()
    plan: Sequence[PlanDraft] = field(default=())


def sheet_start(*, employee: Employee, month: Month, draft: Draft, by: User) -> GoalSheet:
    """Begin the goals of somebody for a month, by the person or their line manager; where they are begun already, what
    there is. Refused for who does not work here in that month, and once it is settled."""
    require(by, "goals.start", about=OfPerson(employee.employee_id))
    if by.employee_id != employee.pk and not leads(user=by, employee=employee):
        zh, en = "有直接上级在岗，由其与本人商定", "there is a line manager, who agrees with the person"
        raise Refused([Problem("has_manager", zh, en)])
    found = GoalSheet.objects.filter(employee=employee, month=str(month)).exclude(state=State.WITHDRAWN)
    if (there := found.order_by("-edition").first()) is not None:
        return there
    if problems := [*settled(str(month), month)]:
        raise Refused(problems)
    where = placed(people=[employee.pk], month=month).get(employee.pk)
    if where is None:
        zh, en = f"{employee} 在 {month} 没有任职", f"{employee} holds no position in {month}"
        raise Refused([Problem("no_assignment", zh, en)])
    before = GoalSheet.objects.filter(employee=employee, month=str(month)).count()
    sheet = GoalSheet(employee=employee, month=str(month), edition=before + 1)
    where.put(sheet)
    try:
        with transaction.atomic():
            with done_as(by=by, words=GOALS.named("draft").words):
                sheet.save()
            lines_write(sheet, draft)
            GOALS.write(record=sheet, act="draft", by=by)
    except IntegrityError:
        # of two who begin at once the second finds what the first began
        return found.latest("edition")
    return sheet


def sheet_save(*, sheet: GoalSheet, draft: Draft, seen: int, by: User) -> GoalSheet:
    """Keep the lines of a draft in the place of those before. Refused where somebody, or another tab of one's own,
    changed it since `seen`: nobody overwrites what they did not see."""
    with transaction.atomic():
        locked = drafted(sheet, by, seen)
        lines_write(locked, draft)
        replace(locked)
        counted(locked, by, "save")
    return locked


def drafted(sheet: GoalSheet, by: User, seen: int | None = None) -> GoalSheet:
    """A draft locked for who writes it. Refused when it is none any more, was changed since it was `seen`, or its month
    is settled."""
    if not any(acts_as(user=by, sheet=sheet, capacity=each) for each in (Capacity.EMPLOYEE, Capacity.LINE_MANAGER)):
        raise PermissionDenied(theirs().code)
    if problems := [*settled(sheet.month, sheet.at)]:
        raise Refused(problems)
    locked = GoalSheet.objects.select_for_update(of=("self",)).select_related("employee").get(pk=sheet.pk)
    if locked.state != State.DRAFT or (seen is not None and locked.version != seen):
        raise Refused([moved_on(locked)])
    return locked


def counted(sheet: GoalSheet, by: User, act: str) -> None:
    """Save a sheet that was written, counted up, so that whoever looked before looks again."""
    sheet.version += 1
    with done_as(by=by, words=GOALS.named(act).words):
        sheet.save()
    GOALS.write(record=sheet, act=act, by=by, before=sheet.state)


def sheet_change(*, sheet: GoalSheet, reason: str, by: User) -> GoalSheet:
    """Ask for a change of goals that hold, as the person or their line manager: the same goals as a further edition, to
    be written and signed by both. Until then the former hold."""
    reason = bare_text(reason)[:NOTE]
    if not any(acts_as(user=by, sheet=sheet, capacity=each) for each in (Capacity.EMPLOYEE, Capacity.LINE_MANAGER)):
        raise PermissionDenied(theirs().code)
    if not reason:
        raise Refused([Problem("no_reason", "请写明原因", "say why", path=("note",))])
    if problems := [*settled(sheet.month, sheet.at)]:
        raise Refused(problems)
    with transaction.atomic():
        held = GoalSheet.objects.select_for_update().filter(employee=sheet.employee_id, month=sheet.month)
        editions = {each.edition: each for each in held}
        standing = [each for each in editions.values() if each.state != State.WITHDRAWN]
        # the one that holds has to be the last word, and to be filed: before that it is simply taken back
        if max(standing, key=lambda each: each.edition).pk != sheet.pk or editions[sheet.edition].state != State.FILED:
            raise Refused([moved_on(sheet)])
        new = GoalSheet(employee=sheet.employee, month=sheet.month, edition=max(editions) + 1, reason=reason)
        new.store, new.department, new.position = sheet.store, sheet.department, sheet.position
        new.line_manager, new.next_level = sheet.line_manager, sheet.next_level
        replace(new)
        with done_as(by=by, words=GOALS.named("change").words):
            new.save()
        lines_write(new, draft_of(content_of(sheet=sheet)))
        GOALS.write(record=sheet, act="change", by=by, note=reason, before=sheet.state, edition=new.edition)
        GOALS.write(record=new, act="draft", by=by, note=reason)
    return new


def draft_of(content: Content) -> Draft:
    """The lines of a sheet as a draft."""
    return Draft([GoalDraft.of(each) for each in content.goals], [PlanDraft.of(each) for each in content.plan])


def lines_write(sheet: GoalSheet, draft: Draft) -> None:
    """Put the lines of a draft in the place of those that a sheet has."""
    sheet.goals.all().delete()
    sheet.plan.all().delete()
    goals, plan = lines_made(sheet, draft)
    Goal.objects.bulk_create(goals)
    PlanLine.objects.bulk_create(plan)


def lines_made(sheet: GoalSheet, draft: Draft) -> tuple[list[Goal], list[PlanLine]]:
    """The lines of a draft as those of a sheet, not saved."""
    return (
        [Goal(sheet=sheet, place=at, **vars(each)) for at, each in enumerate(draft.goals[:MOST_GOALS])],
        [PlanLine(sheet=sheet, place=at, **vars(each)) for at, each in enumerate(draft.plan[:MOST_PLAN])],
    )


def sheet_sign(*, sheet: GoalSheet, act: str, digest: str, seen: int, by: User) -> GoalSheet:
    """Sign a sheet as it was shown: `digest` is that of the document on the page. Refused when it says something else
    by now, or when somebody acted on it since."""
    return _signed(content_of(sheet=sheet), act, digest, seen, by)


def sheets_sign(*, shown: Iterable[tuple[GoalSheet, int, str]], act: str, by: User) -> tuple[int, list[Problem]]:
    """Sign several sheets, each as the page showed it; how many were, and why others were not."""
    asked = list(shown)
    contents = {content.sheet.pk: content for content in contents_of(sheet for sheet, _, _ in asked)}
    return each_done(partial(_signed, contents[sheet.pk], act, digest, seen, by) for sheet, seen, digest in asked)


def _signed(content: Content, act: str, digest: str, seen: int, by: User) -> GoalSheet:
    assert act in SIGNS
    document = document_of(content, digest)
    return GOALS.act(record=content.sheet, name=act, by=by, seen=seen, document=document)


def document_of(content: Content, digest: str) -> Document:
    """The document of a sheet as it was shown, kept."""
    return document_kept(
        Document, shown=content.document, digest=digest, facts=content.facts, moved_on=moved_on(content.sheet)
    )
