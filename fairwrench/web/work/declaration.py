"""What work declares: the page of jobs, and what is tidied up of everybody."""

from __future__ import annotations

from fairwrench.web.access.policy import on_group, only_page
from fairwrench.web.access.predicates import ADMINISTRATOR, is_signed_in
from fairwrench.web.access.users.expiry import expired_forget
from fairwrench.web.org.roster.kept import rosters_tidy
from fairwrench.web.ui.files.scratch import scratch_tidy
from fairwrench.web.ui.navigation import Addresses, HeadMark, Place
from fairwrench.web.work.home.figures import HomeFigures
from fairwrench.web.work.home.own_figures import decision_figures, installation_figures
from fairwrench.web.work.inbox.notices import notices_tidy
from fairwrench.web.work.inbox.todos import ToDos
from fairwrench.web.work.queue.chores import Chore
from fairwrench.web.work.todos import todos_of

DECLARED = (
    Addresses("", "fairwrench.web.work.home.urls"),
    Place("home:home", "首页", "Home", "home", "home.view", 5),
    only_page("home.view", is_signed_in),
    HomeFigures("installation", installation_figures),
    HomeFigures("stores", decision_figures, at=90),
    ToDos(todos_of),
    Addresses("inbox/", "fairwrench.web.work.inbox.urls"),
    HeadMark("inbox:list", "待办与通知", "Inbox", "bell", "inbox.view", "inbox:bell"),
    only_page("inbox.view", is_signed_in),
    Chore(notices_tidy),
    Addresses("jobs/", "fairwrench.web.work.urls"),
    Place("jobs:list", "后台任务", "Background work", "list-check", "jobs.view", 20, own=True),
    only_page("jobs.view", is_signed_in),
    on_group("operation.view", ADMINISTRATOR),
    # of apps below, which know no queue
    Chore(expired_forget),
    Chore(rosters_tidy),
    Chore(scratch_tidy),
)
