"""What has to be done before a month takes its next step, with the reason where it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet, Value
from django.urls import reverse

from fairwrench.settlement.counts import number_of
from fairwrench.settlement.inputs.fines import FINES
from fairwrench.settlement.words.wording import MISSING, RATED
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import Correction, Run
from fairwrench.web.settlements.months.listed import listed_url
from fairwrench.web.settlements.months.unsettled import landings_unsettled
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.tickets.selectors import undecided_of
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.requests.once import once
from fairwrench.web.ui.words import pick

State = Cycle.State


@dataclass(frozen=True)
class Point:
    """One point: `done`, or not and then `blocking` or merely worth knowing; the words and where to go."""

    done: bool
    blocking: bool
    text: str
    url: str = ""
    #: where what is counted is listed by name
    lists: str = ""
    #: the permission that the address takes
    takes: str = ""
    #: whether a published month is not closed before it is done
    keeps_open: bool = False


@dataclass(frozen=True)
class MonthPoints:
    """Points that an app further on has to say of a month, counted for the part of it that somebody sees; what blocks
    is this module's alone."""

    of: Callable[[Cycle, Extent], Iterable[Point]]


def checklist(*, cycle: Cycle, waiting: Cycle | None, worked_out: Run | None, extent: Extent) -> list[Point]:
    """The points of a month, in the order in which one sees to them, counted for the part of it that somebody sees;
    `waiting` is the first month before it that is not published (`waiting_before`), `worked_out` its latest run of any
    kind."""
    run = cycle.run
    points = [
        _earlier(waiting),
        *_missing(cycle, worked_out, extent),
        *_people(cycle, run, extent),
        *_undecided(cycle, extent),
        *_paid(cycle),
        *_tickets(cycle, extent),
        *(point for part in declared(MonthPoints) for point in part.of(cycle, extent)),
        *_fresh(cycle, run, extent),
    ]
    return points


def waiting_before(month: str) -> QuerySet[Cycle]:
    """The months before one that are not published, the earliest first."""
    return Cycle.objects.filter(month__lt=month).exclude(state=State.PUBLISHED).order_by("month")


def _earlier(waiting: Cycle | None) -> Point:
    """Months are published in order: later ones stand on them."""
    if waiting is None:
        return Point(True, True, pick("以前各月均已发布", "all earlier months are published"))
    url = reverse("settlements:month", args=[waiting.month])
    return Point(False, True, pick(f"{waiting.month} 尚未发布", f"{waiting.month} is not published yet"), url)


def _missing(cycle: Cycle, run: Run | None, extent: Extent) -> list[Point]:
    """Sources that a store of this month has handed in nothing for, though people wait for them."""
    if run is None:
        return [Point(False, False, pick("本月还没有预估", "the month has not been worked out yet"))]
    words = {
        "not_handed_in": pick("项考核缺少数据", "items wait for evidence"),
        "unknown_level": pick("项评分的等级不在制度中", "ratings name a level that the scheme does not have"),
        "all_rejected": pick("项考核的数据大部分或全部被退回", "items wait for evidence mostly or wholly rejected"),
        "other_month": pick("项考核的数据交成了别的月份", "items wait for evidence handed in of another month"),
        "column_missing": pick("项考核的数据缺少要用的列", "items wait for columns that the files lack"),
        "no_row": pick("项考核的数据里没有本人的行", "items wait for a row about the person"),
        "not_shared": pick("项考核等班组分配", "items wait for the shares of a team"),
        "impossible": pick("项考核的红冲与原单对不上", "items have reversals that fit no row"),
        "unrated": pick("项尚未评分", "items are not rated yet"),
        "level_and_points": pick("项评分的等级与分数不符", "ratings give a level and other points"),
        "needs_example": pick("项评分缺少事例", "ratings need an example"),
        "no_target": pick("项没有目标值", "items have no target"),
    }
    urls = dict.fromkeys(MISSING, reverse("evidence:desk") + f"?month={cycle.month}")
    urls |= dict.fromkeys(RATED, reverse("settlements:ratings", args=[cycle.month]))
    urls["not_shared"] = reverse("teams:list") + f"?month={cycle.month}"
    urls["no_target"] = reverse("settlements:targets", args=[cycle.month])
    takes = dict.fromkeys(RATED, "ratings.rate") | {"no_target": "targets.view", "not_shared": "teams.view"}
    found = [
        Point(
            False,
            False,
            f"{count} {words.get(cause, cause)}",
            urls.get(cause, ""),
            listed_url(cycle.month, cause=cause),
            takes.get(cause, ""),
        )
        for cause, count in sorted(extent.held(run).items())
    ]
    # of a team whose members nobody knows no item waits, and its work is nobody's all the same
    if any(problem["code"] == "team_unshared" for problem in extent.problems(run)):
        told = pick("有班组的工单没有份额可分，待确认班组分配", "work of teams waits for shares to be confirmed")
        found.append(Point(False, False, told, urls["not_shared"], takes="teams.view"))
    return found or [Point(True, False, pick("考核项的数据和评分齐全", "no item waits for evidence or a rating"))]


def _people(cycle: Cycle, run: Run | None, extent: Extent) -> list[Point]:
    if run is None:
        return [Point(False, True, pick("尚未正式核算", "not settled yet"))]
    sums = extent.sums(run)
    waiting = sums["states"].get("incomplete", 0) if sums else 0
    # the run from before is still there for the pages, but nobody may approve it any more
    if cycle.figures_state == State.OPEN:
        zh, en = "已退回，须重新核算", "sent back; it has to be settled again"
        return [Point(False, True, pick(zh, en))]
    found = [Point(True, True, pick("已正式核算", "settled"))]
    if waiting:
        zh = f"{waiting} 人数据不全，发布后不发绩效工资，补齐后在以后月份更正"
        en = f"{waiting} people are incomplete: not paid now, corrected later once the rest has come in"
        found.append(Point(False, False, pick(zh, en), lists=listed_url(cycle.month, state="incomplete")))
    if (pay := extent.open_pay(run)) is not None:
        zh = f"{pay.people} 人考核已核算、工资未定，补齐后在以后月份更正"
        en = f"the score of {number_of(pay.people, 'person')} is settled and the pay is open, corrected later"
        found.append(Point(False, False, pick(zh, en), lists=listed_url(cycle.month, pay="open")))
    return found


def _fresh(cycle: Cycle, run: Run | None, extent: Extent) -> list[Point]:
    """Whether anything landed, was rated or aimed at since the month was settled; what comes after it was published
    belongs to a later one."""
    if run is None or cycle.figures_state in (State.OPEN, State.PUBLISHED):
        return []
    landed = landings_unsettled(run=run, user=extent.user).count()
    # `rated_at` moves when a rating is taken back, too
    rated = extent.ratings(run).filter(rated_at__gt=run.made_at).count()
    aimed = extent.targets(run).filter(set_at__gt=run.made_at).count()
    changed = extent.corrections(cycle).filter(_changed_since(run))
    fined = changed.filter(kind__in=FINES).count()
    decided = changed.count() - fined
    points = []
    if landed:
        zh = f"核算之后又有 {landed} 条上传记录，请重新核算"
        en = f"{landed} batches landed after it was settled; settle it again"
        points.append(Point(False, True, pick(zh, en), lists=reverse("settlements:unsettled", args=[cycle.month])))
    if rated:
        zh, en = (
            f"核算之后又有 {rated} 项评分，请重新核算",
            f"{rated} ratings came after it was settled; settle it again",
        )
        points.append(Point(False, True, pick(zh, en), lists=listed_url(cycle.month, rated="since")))
    if aimed:
        zh = f"核算之后又填写或撤回了 {aimed} 个目标值，请重新核算"
        en = f"{number_of(aimed, 'target')} entered or taken back after it was settled; settle it again"
        points.append(Point(False, True, pick(zh, en), lists=reverse("settlements:targets", args=[cycle.month])))
    if decided:
        zh = f"核算之后又有 {decided} 条更正获批或撤回，请重新核算"
        en = f"{number_of(decided, 'correction')} approved or withdrawn after it was settled; settle it again"
        url = reverse("settlements:corrections", args=[cycle.month])
        points.append(Point(False, True, pick(zh, en), lists=url))
    if fined:
        zh = f"核算之后又有 {fined} 项考核扣款的决定，请重新核算"
        en = f"{number_of(fined, 'fine')} decided or withdrawn after it was settled; settle it again"
        points.append(Point(False, True, pick(zh, en), lists=reverse("settlements:fines", args=[cycle.month])))
    return points or [Point(True, True, pick("核算包含全部已到数据", "everything that has come in is settled"))]


def _changed_since(run: Run) -> Q:
    """Corrections that count, or count no longer, since a run was begun."""
    approved = Q(state=Correction.State.APPROVED, decided_at__gt=run.made_at)
    # withdrawn before anybody approved it, it never counted
    return approved | Q(state=Correction.State.WITHDRAWN, decided_at__isnull=False, withdrawn_at__gt=run.made_at)


def _undecided(cycle: Cycle, extent: Extent) -> list[Point]:
    """Corrections that wait for somebody to decide: once the month is published nobody can."""
    if cycle.state == State.PUBLISHED:
        return []
    waiting = _to_decide(cycle, extent)["corrections"]
    if not waiting:
        return []
    zh = f"{waiting} 条更正待审批，发布前须审批或撤回"
    en = f"{number_of(waiting, 'correction')} to be decided or withdrawn before the month is published"
    lists = reverse("settlements:corrections", args=[cycle.month])
    # settling may go on while some are undecided; approving may not
    return [Point(False, cycle.figures_state != State.OPEN, pick(zh, en), lists=lists)]


def _to_decide(cycle: Cycle, extent: Extent) -> dict[str, int]:
    """How many corrections and tickets of a month wait for somebody to decide; one query, asked once a page."""
    return once(f"to decide {cycle.pk} {extent.user.pk} {extent.whole}", lambda: _undecided_counts(cycle, extent))


def _undecided_counts(cycle: Cycle, extent: Extent) -> dict[str, int]:
    asked = extent.corrections(cycle).select_related(None).filter(state=Correction.State.ASKED)
    tickets = undecided_of(month=cycle.at, stores=extent.stores)
    told = [
        found.order_by().values_list(Value(name)).annotate(n=Count("pk"))
        for name, found in (("corrections", asked), ("tickets", tickets))
    ]
    return {"corrections": 0, "tickets": 0, **dict(told[0].union(told[1], all=True))}


def _tickets(cycle: Cycle, extent: Extent) -> list[Point]:
    """Tickets of the month that nobody has decided: once it is published they are paid with a later one."""
    return [] if cycle.closed else _tickets_left(cycle, extent)


def _tickets_left(cycle: Cycle, extent: Extent) -> list[Point]:
    waiting = _to_decide(cycle, extent)["tickets"]
    if not waiting:
        return []
    zh = f"{waiting} 张奖惩单待生效，发布后才生效的随以后月份补发/补扣"
    en = f"{number_of(waiting, 'ticket')} to be decided; what comes into force later is paid with a later month"
    lists = f"{reverse('tickets:list')}?month={cycle.month}&state=open"
    return [Point(False, False, pick(zh, en), lists=lists, keeps_open=True)]


def blocking(*, cycle: Cycle, by: User) -> list[Point]:
    """The points that block the next step, wherever in the group they lie."""
    whole = Extent(by, None)
    # without `_missing`: whoever lacks evidence is incomplete and corrected later, and blocks nobody
    points = [_earlier(waiting_before(cycle.month).first()), *_people(cycle, cycle.run, whole)]
    points += [*_undecided(cycle, whole), *_fresh(cycle, cycle.run, whole)]
    return [point for point in points if point.blocking and not point.done]


def left_open(*, cycle: Cycle, by: User) -> list[Point]:
    """What of a published month is still open, wherever in the group it lies: it is not closed before that is done."""
    whole = Extent(by, None)
    points = [*_paid(cycle), *_tickets_left(cycle, whole)]
    points += [point for part in declared(MonthPoints) for point in part.of(cycle, whole)]
    return [point for point in points if point.keeps_open and not point.done]


def _paid(cycle: Cycle) -> list[Point]:
    """Whether wages of a published month went out, as somebody noted."""
    if cycle.state != State.PUBLISHED:
        return []
    if cycle.paid_on is None:
        return [Point(False, False, pick("尚未登记发薪", "wages are not noted as paid"), keeps_open=True)]
    zh, en = f"{cycle.paid_on:%Y-%m-%d} 登记发薪", f"wages noted as paid on {cycle.paid_on:%Y-%m-%d}"
    return [Point(True, False, pick(zh, en))]


def reachable(points: list[Point], *, user: User) -> list[Point]:
    """The points without the addresses that a user may not open."""
    return [
        replace(point, url="", lists="") if point.takes and not opens(user, point.takes) else point for point in points
    ]


def ready(points: list[Point]) -> bool:
    """Whether nothing blocks the next step."""
    return all(point.done or not point.blocking for point in points)
