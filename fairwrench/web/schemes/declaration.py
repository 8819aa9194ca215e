"""What schemes declares: the regulation to read, its versions, and which of them hold when."""

from __future__ import annotations

from fairwrench.web.access.log.log_record import LogRecord
from fairwrench.web.access.policy import Permission, on_group, on_oneself, only_page
from fairwrench.web.access.predicates import (
    GENERAL_MANAGER,
    HR,
    OVERSEERS,
    READERS,
    corrects_person,
    has_hr,
    in_some_store,
    is_employee,
    is_signed_in,
)
from fairwrench.web.access.targets import OfPerson
from fairwrench.web.org.schemes_in_use import SchemePeriods
from fairwrench.web.schemes.approval.workflow import VERSIONS
from fairwrench.web.schemes.documents.kept import documents_tidy
from fairwrench.web.schemes.selectors import scheme_periods, works_on, year_published
from fairwrench.web.schemes.todos import todos_of
from fairwrench.web.ui.navigation import Addresses, Place
from fairwrench.web.work.channels.quiet import WorkingDays
from fairwrench.web.work.inbox.todos import ToDos
from fairwrench.web.work.queue.chores import Chore

DECLARED = (
    ToDos(todos_of),
    WorkingDays(works_on, year_published),
    VERSIONS,
    Addresses("schemes/", "fairwrench.web.schemes.urls"),
    Place("schemes:list", "制度", "Schemes", "book", "schemes.view", 90),
    only_page("schemes.view", is_signed_in),
    only_page("schemes.view_drafts", in_some_store(*READERS)),
    on_group("schemes.change", HR),
    on_group("schemes.approve", GENERAL_MANAGER),
    on_oneself("schemes.acknowledge", is_employee),
    only_page("schemes.view_acknowledgements", in_some_store(*OVERSEERS)),
    Permission("schemes.note_acknowledgement", OfPerson, has_hr, corrects_person),
    LogRecord("schemeversion", ("制度版本", "scheme version")),
    LogRecord(
        "acknowledgement",
        ("制度签收", "acknowledgement of a scheme"),
        along=("version", "employee"),
        fields={"undone": ("撤销登记的原因", "why it was taken back"), "on_paper": ("纸质", "on paper")},
    ),
    SchemePeriods(scheme_periods),
    Chore(documents_tidy),
)
