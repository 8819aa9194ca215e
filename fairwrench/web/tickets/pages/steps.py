"""How far a ticket is, drawn from what was really done with it and from whom it waits for."""

from __future__ import annotations

from collections.abc import Iterable

from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.selectors import answer_until
from fairwrench.web.ui.words import of
from fairwrench.web.work.models import Step

State = Ticket.State
#: what was done, and what is waited for
DONE = {
    "acknowledge": ("本人已知晓", "Acknowledged"),
    "appeal": ("本人申诉", "Appealed"),
    "confirm": ("核实", "Checked"),
    "uphold": ("申诉未采纳", "Appeal not granted"),
    "take_back": ("已撤销", "Taken back"),
    "withdraw": ("已撤回", "Withdrawn"),
}
ANSWER, CHECK = ("待本人确认", "The person's answer"), ("待人力资源核实", "HR's check")
DECIDE, IN_FORCE = ("待处理申诉", "The appeal"), ("生效", "In force")


def steps_of(ticket: Ticket, history: Iterable[Step]) -> list[tuple[str, str]]:
    """Each step in words, `done`, `now` or `ahead`."""
    ahead: list[tuple[str, str]] = []
    done = [("开单", "Written"), *(DONE[step.act] for step in history if step.act in DONE)]
    if ticket.state in (State.WITHDRAWN, State.TAKEN_BACK):
        now = done.pop()
    elif ticket.state == State.CONFIRMED:
        now = IN_FORCE
    elif ticket.state == State.APPEALED:
        now = DECIDE
    elif answer_until(ticket=ticket):
        now, ahead = ANSWER, [CHECK, IN_FORCE]
    else:
        now, ahead = CHECK, [IN_FORCE]
    places = [*((words, "done") for words in done), (now, "now"), *((words, "ahead") for words in ahead)]
    return [(of(words), place) for words, place in places]
