"""What surveys declare: their pages, who opens and reads them, and that they close and land by themselves."""

from __future__ import annotations

from fairwrench.web.access.log.access_log import LoggedPage
from fairwrench.web.access.policy import Permission, on_oneself, only_page
from fairwrench.web.access.predicates import in_some_store, in_store, is_employee, is_near, is_oneself, leads
from fairwrench.web.access.targets import OfPerson, OfStore
from fairwrench.web.access.users.impersonation import NotViewedAs
from fairwrench.web.org.records_kept import RecordsKept
from fairwrench.web.surveys.adding_up import LAND
from fairwrench.web.surveys.answering.services import surveys_close
from fairwrench.web.surveys.declared import history_of, todos_of
from fairwrench.web.surveys.selectors import KEEPERS, READERS
from fairwrench.web.surveys.tasks import land_answers
from fairwrench.web.surveys.workflow import SURVEYS
from fairwrench.web.ui.navigation import Addresses, Place
from fairwrench.web.work.inbox.todos import ToDos
from fairwrench.web.work.queue.chores import EACH_NIGHT, Chore
from fairwrench.web.work.queue.kinds import Access, KindOfWork

DECLARED = (
    ToDos(todos_of),
    SURVEYS,
    Addresses("surveys/", "fairwrench.web.surveys.urls"),
    Place("surveys:list", "问卷", "Surveys", "clipboard-list", "surveys.view", 37),
    only_page("surveys.view", is_employee | in_some_store(*READERS)),
    Permission("surveys.manage", OfStore, in_some_store(*KEEPERS), in_store(*KEEPERS)),
    Permission("surveys.ask", OfPerson, leads, is_near & ~is_oneself),
    on_oneself("surveys.answer", is_employee),
    LoggedPage("reviews", ("评价结果", "What was said of somebody"), ("surveys:result",)),
    # nobody answers, or looks at what waits to be answered, in another's place
    NotViewedAs("/surveys/"),
    RecordsKept(history_of),
    KindOfWork(LAND, land_answers, Access(words=("问卷结果导入", "Landing of answers"))),
    Chore(surveys_close, EACH_NIGHT),
)
