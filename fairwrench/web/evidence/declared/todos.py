"""What waits for somebody of evidence: files to land, sources to hand in, exemptions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.exemptions.exemptions import exemptions_seen
from fairwrench.web.evidence.exemptions.workflow import EXEMPTIONS
from fairwrench.web.evidence.freshness.freshness import due_of, freshness_now
from fairwrench.web.evidence.missing_orders.missing_orders import missing_orders_waiting
from fairwrench.web.evidence.models import Exemption, MissingOrder, Upload
from fairwrench.web.org.days import now_local
from fairwrench.web.work.inbox.todos import ToDo

#: how long before its deadline what is missing is said
BEFORE = timedelta(days=3)
DECIDE = ("去审批", "Decide")
#: who may do it as well
OF_STORE = ("本店人力资源均可审批", "anybody of the store's HR may decide")
ANSWERED_BY = ("车间主管、调度员、售后经理均可答复", "workshop supervisor, dispatcher or service manager may answer")


def todos_of(user: User) -> Iterator[ToDo]:
    """What somebody has to do at the desk, as far as it is there for them."""
    if opens(user, "evidence.exemption"):
        asked = exemptions_seen(user=user).filter(state=Exemption.State.ASKED)
        # counted by what the workflow offers: requests of one's own, or about oneself, are for others to decide
        mine = sum(1 for exemption in asked if EXEMPTIONS.offered(record=exemption, user=user))
        if mine:
            yield ToDo(
                (f"{mine} 条剔除申请待审批", f"{number_of(mine, 'request')} for exemption to decide"),
                f"{reverse('evidence:exemptions')}?state={Exemption.State.ASKED}",
                "hand-stop",
                button=DECIDE,
                decides=True,
                others=OF_STORE,
            )
    yield from _missing_orders(user)
    if opens(user, "evidence.land"):
        yield from _files(user)
        yield from _missing(user)


def _missing_orders(user: User) -> Iterator[ToDo]:
    if not opens(user, "evidence.answer_missing_order"):
        return
    waiting = missing_orders_waiting(user=user)
    if waiting:
        zh, en = f"{waiting} 条漏单反馈待答复", f"{number_of(waiting, 'question')} about missing orders to answer"
        url = f"{reverse('evidence:missing_orders')}?state={MissingOrder.State.ASKED}"
        yield ToDo((zh, en), url, "question-mark", button=("去答复", "Answer"), others=ANSWERED_BY)


def _files(user: User) -> Iterator[ToDo]:
    # only one's own: others' files are theirs to look through before they land
    own = selectors.uploads_seen(user=user).filter(state=Upload.State.READ, by=user)
    waiting = set(own.order_by().values_list("pk", "month", "sheets__source"))
    if count := len({pk for pk, *_ in waiting}):
        words = (f"{count} 个上传的文件待导入", f"{number_of(count, 'file')} that you handed in, to land")
        due = min(_deadlines({(month, source) for _, month, source in waiting}), default=None)
        yield ToDo(words, reverse("evidence:desk"), "file-upload", due, ("去导入", "Land"))


def _deadlines(kinds: set[tuple[str, str | None]]) -> Iterator[datetime]:
    """By when kinds of file are due in their months, as far as the scheme says."""
    known = selectors.sources()
    for at in {month for month, _ in kinds}:
        month = Month.parse(at)
        due = due_of(scheme=selectors.scheme_at(month=month), month=month)
        positions = {known[name].provided_by or "" for of, name in kinds if of == at and name in known}
        yield from (due[position] for position in positions if position in due)


def _missing(user: User) -> Iterator[ToDo]:
    """Sources that are missing, or due within some days, in stores that somebody hands in for."""
    found, soon = freshness_now(user=user), now_local() + BEFORE
    month = found.month
    lacking = [
        line
        # the same map as the desk shows, so that the to-do and the page never say two things
        for line in found.lines
        if line.due is not None and line.due <= soon and {"missing", "waiting"} & {*line.states.values()}
    ]
    if lacking:
        # the first to be due stand first; one date in the list would be taken for that of all
        lacking.sort(key=lambda line: line.due or datetime.max)
        apart = len({line.due for line in lacking[:3]}) > 1
        dates = [f" {line.due:%m-%d}" if apart and line.due else "" for line in lacking[:3]]
        named = [(line.source.name, date) for line, date in zip(lacking, dates, strict=False)]
        zh = f"{month} 还缺 {len(lacking)} 类数据：" + "、".join(f"{name.zh}{date}" for name, date in named)
        en = f"{month} lacks {number_of(len(lacking), 'kind')} of file: " + ", ".join(
            f"{name.en}{date}" for name, date in named
        )
        more = ("等", " and others") if len(lacking) > 3 else ("", "")
        due = min(line.due for line in lacking if line.due)
        url, button = f"{reverse('evidence:desk')}?month={month}", ("去提报", "Hand in")
        still = ("未交齐数据", "with files to hand in")
        yield ToDo((zh + more[0], en + more[1]), url, "database", due, button, open=still)
