"""What tickets declare: their pages, their way, whom they wait for, and how they land."""

from __future__ import annotations

from fairwrench.web.access.log.access_log import LoggedPage
from fairwrench.web.access.log.log_record import LogRecord
from fairwrench.web.access.policy import Permission, on_oneself, only_page
from fairwrench.web.access.predicates import (
    heads_person_now,
    heads_some,
    in_some_store,
    in_store,
    is_employee,
    is_near,
    is_oneself,
    leads,
    oversees_some,
)
from fairwrench.web.access.targets import OfPerson, OfStore
from fairwrench.web.org.records_kept import RecordsKept
from fairwrench.web.tickets.deciding import DECIDE
from fairwrench.web.tickets.declared import OF_TICKET, history_of, tickets_figures, todos_of
from fairwrench.web.tickets.photos import photos_tidy
from fairwrench.web.tickets.tasks import land_ticket
from fairwrench.web.tickets.workflow import TICKETS
from fairwrench.web.ui.navigation import Addresses, Place
from fairwrench.web.work.home.figures import HomeFigures
from fairwrench.web.work.inbox.todos import ToDos
from fairwrench.web.work.queue.chores import EACH_NIGHT, Chore
from fairwrench.web.work.queue.kinds import KindOfWork

DECLARED = (
    ToDos(todos_of),
    HomeFigures("team", tickets_figures, at=20),
    TICKETS,
    Addresses("tickets/", "fairwrench.web.tickets.urls"),
    Place("tickets:list", "奖惩单", "Tickets", "award", "tickets.view", 35),
    only_page("tickets.view", is_employee | oversees_some | heads_some),
    Permission("tickets.write", OfPerson, leads | heads_some, (is_near | heads_person_now) & ~is_oneself),
    on_oneself("tickets.answer", is_employee),
    Permission("tickets.decide", OfStore, in_some_store(*DECIDE), in_store(*DECIDE)),
    LoggedPage("tickets", ("奖惩单", "Tickets"), ("tickets:list", "tickets:ticket", "tickets:photo")),
    LogRecord(
        "ticket",
        ("奖惩单", "ticket"),
        along=("employee",),
        fields={"points": ("分值", "points"), "amount": ("金额", "amount"), "kind": ("类别", "kind")},
        confidential=("points", "amount"),
    ),
    RecordsKept(history_of),
    KindOfWork("tickets_land", land_ticket, OF_TICKET),
    Chore(photos_tidy, EACH_NIGHT),
)
