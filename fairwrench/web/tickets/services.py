"""Tickets written: by whoever leads the person, by an article, for a month whose figures are not settled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.exact import point_units
from fairwrench.settlement.inputs.fines import GROUNDS
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import TicketArticle
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may, require_page
from fairwrench.web.access.targets import OfPerson
from fairwrench.web.org.models import Employee
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.selectors import articles_at, is_sealed, led_on, store_on
from fairwrench.web.ui.requests.bare_text import bare_text

State = Ticket.State
#: states in which a ticket stands, or may come to
STANDING = (State.WRITTEN, State.ACKNOWLEDGED, State.APPEALED, State.CONFIRMED)


@dataclass(frozen=True)
class Draft:
    """What somebody fills in: whom it is about, the day, the article, points and yuan (0: none), what happened, a photo
    by its SHA-256, on what ground money is taken, whether it is meant although the same was written of that day, and
    the one-time key of its form."""

    employee: Employee
    day: date
    article: str
    points: Decimal
    amount: Decimal
    words: str
    photo: str = ""
    ground: str = ""
    meant: bool = False
    once: str = ""


def ticket_write(*, draft: Draft, by: User) -> Ticket:
    """Write a ticket. Refused with everything that is wrong; `written_before` asks whether it is meant. The same form
    again gives the ticket that it wrote."""
    require_page(by, "tickets.write")
    if written := ticket_of_form(once=draft.once, by=by):
        return written
    article = articles_at(month=Month.of(draft.day)).get(draft.article)
    if wrong := [*_of_person(draft, by), *_of_day(draft.day), *_of_article(draft, article)]:
        raise Refused(wrong)
    assert article is not None
    with transaction.atomic():
        # held until it is written: of two presses one writes, and the other is asked
        Employee.objects.select_for_update().get(pk=draft.employee.pk)
        if written := ticket_of_form(once=draft.once, by=by):
            return written
        if not draft.meant and (same := _same(draft)):
            raise Refused([_written_before(same)])
        return Ticket.objects.create(
            employee=draft.employee,
            store=store_on(employee=draft.employee, day=draft.day),
            day=draft.day,
            kind=article.kind,
            article=draft.article,
            article_zh=article.name.zh[:200],
            article_en=article.name.en[:200],
            points=point_units(draft.points),
            amount=point_units(draft.amount),
            ground=draft.ground if article.kind == "penalty" and draft.amount else "",
            words=bare_text(draft.words)[:400],
            photo=draft.photo,
            once=draft.once,
            by=by,
        )


def ticket_of_form(*, once: str, by: User) -> Ticket | None:
    """The ticket that a form with this one-time key wrote for its sender, None while there is none."""
    return Ticket.objects.filter(by=by, once=once).first() if once else None


def _of_person(draft: Draft, by: User) -> Iterator[Problem]:
    who = draft.employee
    if by.employee_id is not None and by.employee_id == who.pk:
        yield Problem("oneself", "不能给自己开奖惩单", "nobody writes a ticket about themselves", path=("who",))
    elif who.has_left(draft.day) or who.has_left():
        # led or not, only who once led them would name them: `led_once`
        yield _left(who) if _led_once(who, by) else _not_led()
    # of who moved, whoever led them on that day knows what happened
    elif not (
        may(by, "tickets.write", about=OfPerson(who.employee_id)) or led_on(user=by, employee=who, day=draft.day)
    ):
        yield _not_led()
    elif not store_on(employee=who, day=draft.day):
        yield _not_there(who)


def _led_once(who: Employee, by: User) -> bool:
    return by.employee_id is not None and who.assignments.filter(manager=by.employee_id).exists()


def _of_day(day: date) -> Iterator[Problem]:
    if day > timezone.localdate():
        yield Problem("future", "日期不能晚于今天", "the day lies ahead", path=("day",))
    elif is_sealed(month=Month.of(day)):
        yield _sealed(Month.of(day))


def _of_article(draft: Draft, article: TicketArticle | None) -> Iterator[Problem]:
    if article is None:
        yield Problem("no_article", "请选择奖惩条款", "choose an article", path=("article",))
        return
    if not bare_text(draft.words):
        yield Problem("no_words", "请写明经过", "say what happened", path=("words",))
    if draft.points > article.most_points:
        most = _plain(article.most_points)
        yield _above(article, f"{most} 分", f"{most} points", "points")
    if draft.amount > article.most_amount:
        most = _plain(article.most_amount)
        yield _above(article, f"{most} 元", f"{most} yuan", "amount")
    if article.kind == "penalty" and draft.amount and draft.ground not in GROUNDS:
        zh, en = (
            "扣款须写明依据：赔偿、违纪或约定",
            "money is taken on a ground: compensation, breach of rules or agreed",
        )
        yield Problem("no_ground", zh, en, path=("ground",))
    if not (draft.points or draft.amount) and (article.most_points or article.most_amount):
        yield Problem("counts_for_nothing", "请填写分值或金额", "give points or an amount", path=("points",))


def _plain(most: Decimal) -> str:
    """A bound without the zeros that it is written with."""
    return f"{most.normalize():f}"


def _same(draft: Draft) -> Ticket | None:
    """A ticket that says the same of that day, whoever wrote it."""
    about = {"employee": draft.employee, "day": draft.day, "article": draft.article}
    return Ticket.objects.filter(state__in=STANDING, **about).first()


def _left(who: Employee) -> Problem:
    zh, en = f"{who.name} 已离职，不能再开奖惩单", f"{who.name} has left; no ticket is written any more"
    return Problem("has_left", zh, en, path=("who",))


def _not_led() -> Problem:
    zh, en = "只能给自己带的人开奖惩单", "tickets are written about those whom one leads"
    return Problem("not_led", zh, en, path=("who",))


def _not_there(who: Employee) -> Problem:
    zh, en = f"{who.name} 那天还没有任职", f"{who.name} held no position yet on that day"
    return Problem("not_there", zh, en, path=("who",))


def _sealed(month: Month) -> Problem:
    zh = f"{month} 的数据已锁定，不能再开这个月的单；请写发现的日期，或请人力资源按更正处理"
    en = f"the figures of {month} are sealed; take the day on which it was found, or ask HR for a correction"
    return Problem("sealed", zh, en, path=("day",))


def _above(article: TicketArticle, most_zh: str, most_en: str, field: str) -> Problem:
    zh, en = f"“{article.name.zh}”最多 {most_zh}", f"“{article.name.en}” brings {most_en} at most"
    return Problem("above_article", zh, en, path=(field,))


def _written_before(same: Ticket) -> Problem:
    zh = f"这一天已有同一条款的单（{same.number}）；确实是另一件事的，请勾选确认后再提交"
    en = f"there is one by the same article for that day ({same.number}); if it is something else, tick that and send"
    return Problem("written_before", zh, en)
