"""What work declares: the page of jobs, and what is tidied up of everybody."""

from __future__ import annotations

from fairwrench.web.access.log.log_record import LogRecord
from fairwrench.web.access.policy import Permission, on_group, on_oneself, only_page
from fairwrench.web.access.predicates import ADMINISTRATOR, HR, KEEPERS, in_unit, is_signed_in, keeps_some
from fairwrench.web.access.targets import OfUnit
from fairwrench.web.access.users.expiry import expired_forget
from fairwrench.web.org.roster.kept import rosters_tidy
from fairwrench.web.ui.files.scratch import scratch_tidy
from fairwrench.web.ui.navigation import Addresses, HeadMark, Place
from fairwrench.web.work.channels.bots import bots_seal
from fairwrench.web.work.channels.planning import DIGESTS, digests_begin, digests_make
from fairwrench.web.work.channels.sending import deliveries_send, deliveries_tidy
from fairwrench.web.work.home.figures import HomeFigures
from fairwrench.web.work.home.own_figures import decision_figures, installation_figures
from fairwrench.web.work.inbox.notices import notices_tidy
from fairwrench.web.work.inbox.todos import ToDos
from fairwrench.web.work.queue.chores import EACH_NIGHT, Chore
from fairwrench.web.work.queue.kinds import Access, KindOfWork
from fairwrench.web.work.todos import todos_of

#: once a minute, and with the full hour
EACH_MINUTE, ON_THE_HOUR = "* * * * *", "0 * * * *"

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
    Addresses("comments/", "fairwrench.web.work.comments.urls"),
    only_page("comments.write", is_signed_in),
    Addresses("jobs/", "fairwrench.web.work.urls"),
    Place("jobs:list", "后台任务", "Background work", "list-check", "jobs.view", 20, own=True),
    only_page("jobs.view", is_signed_in),
    on_group("operation.view", ADMINISTRATOR),
    Addresses("settings/notices/", "fairwrench.web.work.channels.pages.urls"),
    Place("notices:choose", "通知方式", "Notices to me", "messages", "notices.choose", 25, own=True),
    on_oneself("notices.choose", is_signed_in),
    only_page("notices.log", is_signed_in),
    Permission("notices.keep_bot", OfUnit, keeps_some, in_unit(*KEEPERS)),
    on_group("notices.keep_group_bot", HR, ADMINISTRATOR),
    LogRecord("bot", ("群机器人", "bot of a chat"), along=("unit",)),
    KindOfWork(DIGESTS, digests_make, Access(words=("每日汇总", "Daily digests"))),
    Chore(digests_begin, ON_THE_HOUR),
    Chore(deliveries_send, EACH_MINUTE),
    Chore(deliveries_tidy, EACH_NIGHT),
    Chore(bots_seal, EACH_NIGHT),
    # of apps below, which know no queue
    Chore(expired_forget),
    Chore(rosters_tidy),
    Chore(scratch_tidy),
)
