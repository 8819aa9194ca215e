"""What has to be done before a month takes its next step, with the reason where it is not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import reverse

from fairwrench.web.people.models import User
from fairwrench.web.people.policy import may
from fairwrench.web.settlements.models import Cycle, Rating, Run
from fairwrench.web.settlements.office import ledger
from fairwrench.web.settlements.recorded import held_of, whole_of
from fairwrench.web.ui.words import pick

State = Cycle.State


@dataclass(frozen=True)
class Point:
    """One point: `done`, or not and then `blocking` or merely worth knowing; the words and where to go."""

    done: bool
    blocking: bool
    text: str
    url: str = ""
    #: the permission that the address takes
    takes: str = ""


def checklist(*, cycle: Cycle, worked_out: Run | None) -> list[Point]:
    """The points of a month, in the order in which one sees to them; `worked_out` is its latest run of any kind."""
    run = cycle.run
    points = [_earlier(cycle), *_missing(cycle, worked_out), *_people(run), _fresh(cycle, run)]
    return points if run else points[:1] + points[1:-1]


def _earlier(cycle: Cycle) -> Point:
    """Months are published in order: later ones stand on them."""
    waiting = Cycle.objects.filter(month__lt=cycle.month).exclude(state=State.PUBLISHED).order_by("month").first()
    if waiting is None:
        return Point(True, True, pick("以前各月均已公布", "all earlier months are published"))
    url = reverse("settlements:month", args=[waiting.month])
    return Point(False, True, pick(f"{waiting.month} 尚未公布", f"{waiting.month} is not published yet"), url)


def _missing(cycle: Cycle, run: Run | None) -> list[Point]:
    """Sources that a store of this month has handed in nothing for, though people wait for them."""
    if run is None:
        return [Point(False, False, pick("还没有试算过本月", "the month has not been worked out yet"))]
    held = held_of(run)
    if held is None:
        zh, en = "没有记下还缺什么，请重新试算", "what is missing was not written down; work the month out anew"
        return [Point(False, False, pick(zh, en))]
    words = {
        "not_handed_in": pick("项考核缺少数据", "items wait for evidence"),
        "unrated": pick("项尚未评分", "items are not rated yet"),
        "needs_example": pick("项评分缺少事例", "ratings need an example"),
        "no_target": pick("项没有目标值", "items have no target"),
    }
    urls = {"not_handed_in": reverse("evidence:desk") + f"?month={cycle.month}"}
    urls |= {cause: reverse("settlements:ratings", args=[cycle.month]) for cause in ("unrated", "needs_example")}
    takes = dict.fromkeys(("unrated", "needs_example"), "ratings.rate")
    found = [
        Point(False, False, f"{count} {words.get(cause, cause)}", urls.get(cause, ""), takes.get(cause, ""))
        for cause, count in sorted(held.items())
    ]
    return found or [Point(True, False, pick("没有人因缺数据而无法结算", "nobody waits for evidence"))]


def _people(run: Run | None) -> list[Point]:
    if run is None:
        return [Point(False, True, pick("尚未正式结算", "not settled yet"))]
    whole = whole_of(run)
    waiting = whole["states"].get("incomplete", 0) if whole else 0
    found = [Point(True, True, pick("已正式结算", "settled"))]
    if waiting:
        zh = f"{waiting} 人资料不全，公布后不发绩效工资，补齐后在以后月份更正"
        en = f"{waiting} people are incomplete: not paid now, corrected later once the rest has come in"
        found.append(Point(False, False, pick(zh, en)))
    return found


def _fresh(cycle: Cycle, run: Run | None) -> Point:
    """Whether anything landed or was rated since the month was settled."""
    if run is None:
        return Point(False, True, "")
    since = run.made_at
    landed = [
        batch
        for batch in ledger().batches()
        if batch.period == cycle.month and batch.landed_at > since.astimezone().isoformat(timespec="seconds")
    ]
    rated = Rating.objects.filter(month=cycle.month, rated_at__gt=since).count()
    if not landed and not rated:
        return Point(True, True, pick("结算包含全部已到数据", "everything that has come in is settled"))
    zh = f"结算之后又有 {len(landed)} 个批次、{rated} 项评分，请重新结算"
    en = f"{len(landed)} batches and {rated} ratings came after it was settled; settle it again"
    return Point(False, True, pick(zh, en))


def blocking(*, cycle: Cycle) -> list[Point]:
    """The points that block the next step."""
    points = [_earlier(cycle), *_people(cycle.run), _fresh(cycle, cycle.run)]
    return [point for point in points if point.blocking and not point.done]


def reachable(points: list[Point], *, user: User) -> list[Point]:
    """The points without the addresses that a user may not open."""
    return [replace(point, url="") if point.takes and not may(user, point.takes) else point for point in points]


def ready(points: list[Point]) -> bool:
    """Whether nothing blocks the next step."""
    return all(point.done or not point.blocking for point in points)
