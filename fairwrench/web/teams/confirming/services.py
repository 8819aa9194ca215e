"""Shares of a team confirmed and taken back, by whoever leads its members or HR of the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.team_shares import SHARE_DIGITS, WHOLE
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.team_names import reads_as_team, team_name
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import OfStore
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee, Unit
from fairwrench.web.teams.confirming.drafts import Draft
from fairwrench.web.teams.confirming.in_place import in_place, taken_back_in_place
from fairwrench.web.teams.evidence import set_tell
from fairwrench.web.teams.models import TeamSet
from fairwrench.web.teams.selectors import Reach, Team, assignments_of, days_there, takes_shares, teams_of
from fairwrench.web.teams.standing import Standing, seen_of, share_text
from fairwrench.web.work.inbox.notices import Message, messages_send
from fairwrench.web.work.queue.services import job_start

#: letters of a team's name
LETTERS = 40


def team_set_confirm(*, draft: Draft, by: User) -> TeamSet:
    """Let shares hold from a day on, in the place of those that held from it before.

    PermissionDenied for a store or a team of somebody else's. Refused with everything that is wrong; a problem's
    `subject` is the employee whom it is about, else its code is the field.
    """
    require(by, "teams.confirm", about=OfStore(draft.store))
    with transaction.atomic():
        cycle = _held(draft.month, draft.store)
        team = _team(draft.month, draft.store, draft.team, cycle)
        if not Reach.of(by).confirms(draft.store, team.members or set(draft.units)):
            raise PermissionDenied("team")
        before = _standing(team, draft.begin)
        wrong = [*_of_set(draft, cycle), *_of_members(draft, team), *in_place(draft, team, by)]
        if wrong := wrong or [*_overtaken(draft, before)]:
            raise Refused(wrong)
        # pressed twice, or confirmed by two who agree: it stands as the first confirmed it
        if before and before.row and before.parts == draft.units:
            return before.row
        return _say(draft, before, by, team.held_at(draft.begin))


def team_set_withdraw(*, draft: Draft, by: User) -> None:
    """Take shares back that were confirmed here (of the draft: the team, the day, what was seen); the work of these
    days waits for others. PermissionDenied and Refused as above."""
    require(by, "teams.confirm", about=OfStore(draft.store))
    with transaction.atomic():
        cycle = _held(draft.month, draft.store)
        team = _team(draft.month, draft.store, draft.team, cycle)
        if not Reach.of(by).confirms(draft.store, team.members):
            raise PermissionDenied("team")
        before = _standing(team, draft.begin)
        if not takes_shares(month=draft.month, cycle=cycle):
            raise Refused([_sealed(draft.month, cycle)])
        if before is None or before.seen != draft.seen:
            raise Refused([_changed(draft)])
        if before.row is None:
            raise Refused([_not_here()])
        if wrong := [*taken_back_in_place(team, by)]:
            raise Refused(wrong)
        _say(replace(draft, parts=()), before, by)


def _held(month: Month, store: str) -> Cycle | None:
    """The month, held until the shares are written: one that is sealed in between would not know of them. The store is
    held, too: a month that nobody began yet has no row, and of two who confirm at once the second sees the first."""
    # no_key: rows that only name the store need not wait
    list(Unit.objects.select_for_update(no_key=True).filter(kind=Unit.Kind.STORE, name=store))
    return Cycle.objects.select_for_update().filter(month=str(month)).first()


def _team(month: Month, store: str, team: str, cycle: Cycle | None) -> Team:
    name = team_name(team)
    found = (each for each in teams_of(month=month, cycle=cycle) if (each.store, each.name) == (store, name))
    return next(found, Team(store, name))


def _standing(team: Team, begin: date) -> Standing | None:
    return next((each for each in team.sets if each.begin == begin), None)


def _say(draft: Draft, before: Standing | None, by: User, held: Standing | None = None) -> TeamSet:
    """Write shares down in the place of `before`; `held`: those that one went by until then."""
    row, _ = TeamSet.objects.get_or_create(
        month=str(draft.month),
        store=draft.store,
        team=team_name(draft.team),
        begin=draft.begin,
        defaults={"at": timezone.now(), "by": by},
    )
    had = {**(before.parts if before else {}), **row.parts}
    row.parts, row.by, row.at = draft.units, by, timezone.now()
    row.save()
    set_tell(row=row, before=[*had], by=by)
    # with `rerun`, as a landing that runs already may have claimed what waited before this
    row.job = job_start(kind="teams_land", key=f"team:{row.pk}", by=by, rerun=True, set_id=row.pk)
    row.save(update_fields=["job"])
    messages_send(_told(row, had, held.parts if held else {}), besides=by)
    return row


def _told(row: TeamSet, had: Mapping[str, int], held: Mapping[str, int]) -> Iterator[Message]:
    """Each whose share is otherwise now is told of it, and who had a part until then and gets none (`held`)."""
    url = f"{reverse('teams:own')}?month={row.month}"
    changed = {who for who in {*had, *row.parts} if had.get(who, 0) != row.parts.get(who, 0)} | ({*held} - {*row.parts})
    for user in User.objects.filter(employee__employee_id__in=changed).select_related("employee"):
        assert user.employee is not None
        share = share_text(row.parts.get(user.employee.employee_id, 0))
        zh = f"您在{row.team}的份额：{share}（自 {row.begin} 起）"
        yield Message([user], (zh, f"your share of {row.team} is {share} from {row.begin} on"), url)


def _of_set(draft: Draft, cycle: Cycle | None) -> Iterator[Problem]:
    if not takes_shares(month=draft.month, cycle=cycle):
        yield _sealed(draft.month, cycle)
    if not reads_as_team(draft.team) or len(draft.team) > LETTERS:
        zh = f"“{draft.team}”不像班组名；班组名以“组”或“班”结尾，如 机电一组"
        yield Problem("team", zh, f"“{draft.team}” is no name of a team: it ends in 组 or 班, or has the word team")
    if Month.of(draft.begin) != draft.month:
        yield Problem("begin", f"生效日期须在 {draft.month} 内", f"the day has to lie in {draft.month}")
    total = sum(draft.units.values())
    if total != WHOLE:
        shown = share_text(total)
        zh = f"份额合计是 {shown}，应等于 1.000"
        yield Problem("sum", zh, f"the shares add up to {shown} and not to 1.000")


def _of_members(draft: Draft, team: Team) -> Iterator[Problem]:
    if Month.of(draft.begin) != draft.month:
        return
    last = last_of(team, draft.begin, draft.month)
    named = [who.employee_id for who, _ in draft.parts]
    there = days_there(assignments_of(members=named), store=draft.store, first=draft.begin, last=last)
    twice = {who for who, count in Counter(named).items() if count > 1}
    for who, share in draft.parts:
        if who.employee_id in twice:
            yield _about(who, f"{who.name} 填了两次", f"{who.name} stands here twice")
        elif share < 0 or share != round(share, SHARE_DIGITS):
            yield _about(
                who, "份额在 0 到 1 之间，至多三位小数", "a share lies between 0 and 1, three decimals at most"
            )
        elif share and who.employee_id not in there:
            zh = f"{who.name} 在 {draft.begin} 至 {last} 不在{draft.store}任职"
            yield _about(who, zh, f"{who.name} does not work in {draft.store} from {draft.begin} to {last}")


def last_of(team: Team, begin: date, month: Month) -> date:
    """The last day of shares that begin on a day: before the next ones, else the end of the month."""
    later = [each.begin for each in team.sets if each.begin > begin]
    return min(later) - timedelta(days=1) if later else month.last


def _about(who: Employee, zh: str, en: str) -> Problem:
    return Problem("member", zh, en, subject=who.employee_id)


def _overtaken(draft: Draft, before: Standing | None) -> Iterator[Problem]:
    """What somebody else, or another tab, confirmed since the page was opened; the very same is no change."""
    now = before.seen if before else ""
    if now not in (draft.seen_then, seen_of(draft.units)):
        yield _there_already(draft) if draft.seen_then != draft.seen else _changed(draft)


def _changed(draft: Draft) -> Problem:
    zh = f"自 {draft.begin} 起的份额与打开页面时不同，已被改动；您填的没有保存，请刷新核对后再确认"
    en = f"the shares from {draft.begin} on were changed since the page was opened; yours were not kept, look again"
    return Problem("changed", zh, en)


def _there_already(draft: Draft) -> Problem:
    zh = f"自 {draft.begin} 起已有一组份额；您填的没有保存，请从列表打开那一组再改"
    en = f"there are shares from {draft.begin} on already; yours were not kept, open those in the list"
    return Problem("begin", zh, en)


def _not_here() -> Problem:
    zh = "这组份额来自文件，不是在这里确认的，不能撤回；要改请重新确认一组"
    en = "these shares come from a file and were not confirmed here, so they are not taken back; confirm others"
    return Problem("not_here", zh, en)


def _sealed(month: Month, cycle: Cycle | None) -> Problem:
    if cycle is None or cycle.state != Cycle.State.PUBLISHED:
        if month > Month.of(timezone.localdate()):
            return Problem("ahead", f"{month} 还没到", f"{month} lies ahead")
        zh = f"{month} 的数据已锁定，不能再改班组分配；请人力资源退回该月后再确认"
        en = f"the figures of {month} are sealed; ask HR to send the month back, then confirm"
        return Problem("sealed", zh, en)
    zh = f"{month} 已发布，不能再改班组分配；差错请人力资源按更正处理"
    return Problem("published", zh, f"{month} is published and stays; ask HR for a correction")
