"""What tickets hand on to apps before them: to-dos, figures, whom their landing concerns, what is kept of a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.access.predicates import OVERSEERS
from fairwrench.web.access.scope import Scope
from fairwrench.web.org.models import Employee
from fairwrench.web.tickets.deciding import may_decide
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.selectors import UNDECIDED, answer_until, tickets_seen
from fairwrench.web.tickets.waiting import WAITS, waiting_counts
from fairwrench.web.ui.words import Words, pick
from fairwrench.web.work.home.figures import Figure
from fairwrench.web.work.inbox.todos import ToDo
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.kinds import About, Access, Problems

State = Ticket.State


def todos_of(user: User) -> Iterator[ToDo]:
    """Tickets to answer, and those to confirm or to decide on appeal, by the very list that is opened."""
    if not opens(user, "tickets.view"):
        return
    seen = tickets_seen(user=user)
    own = seen.filter(employee=user.employee_id, state=State.WRITTEN) if user.employee_id else seen.none()
    for ticket in own:
        words = (
            f"给您的{ticket.get_kind_display()}单待确认：{ticket.article_zh}",
            f"a ticket about you waits for your answer: {ticket.article_en}",
        )
        until, url = answer_until(ticket=ticket), reverse("tickets:ticket", args=[ticket.pk])
        due = timezone.localtime(until).replace(tzinfo=None) if until else None
        yield ToDo(words, url, "clipboard-check", due, ("去确认", "Answer"))
    waiting = waiting_counts(user=user)
    for waits, (_, _, (zh, en)) in WAITS.items():
        if count := waiting[waits]:
            words = (f"{count} 张奖惩单{zh}", f"{number_of(count, 'ticket')} {en}")
            url = f"{reverse('tickets:list')}?waits={waits}"
            yield ToDo(words, url, "gavel", button=("去审批", "Decide"), decides=True)


def tickets_figures(user: User) -> Iterator[Figure]:
    """On the home of who leads people or heads a department, and does not oversee whole stores besides."""
    if not opens(user, "tickets.write") or Scope.of(user).has(*OVERSEERS):
        return
    count = tickets_seen(user=user).filter(state__in=UNDECIDED).count()
    yield Figure(pick("待生效的奖惩单", "Tickets to be decided"), str(count), f"{reverse('tickets:list')}?state=open")


def _ticket(job: Job) -> Ticket | None:
    return Ticket.objects.filter(pk=job.arguments["ticket_id"]).first()


def _sees(job: Job, user: User) -> bool:
    return tickets_seen(user=user).filter(pk=job.arguments["ticket_id"]).exists()


def _decides(job: Job, user: User) -> bool:
    ticket = _ticket(job)
    return ticket is not None and may_decide(ticket, user) is None


def _told(job: Job, user: User) -> Problems:
    return list(job.problems) if _sees(job, user) else []


def _named(jobs: Sequence[Job], user: User) -> Mapping[UUID, About]:
    """The tickets that jobs land, for who may see them."""
    asked = {job.pk: job.arguments.get("ticket_id") for job in jobs}
    found = {ticket.pk: ticket for ticket in tickets_seen(user=user).filter(pk__in=asked.values())}
    return {
        job: About(found[pk].number, reverse("tickets:ticket", args=[pk])) for job, pk in asked.items() if pk in found
    }


OF_TICKET = Access(_sees, _decides, _told, ("奖惩单导入", "Landing a ticket"), _named)


def history_of(employee: Employee) -> list[Words]:
    """Whether there is a ticket about a person."""
    return [("奖惩单", "tickets")] if Ticket.objects.filter(employee=employee).exists() else []
