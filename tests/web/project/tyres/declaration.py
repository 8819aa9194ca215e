"""What the app of tyres declares."""

from fairwrench.web.access.log.access_log import LoggedPage
from fairwrench.web.access.policy import only_page
from fairwrench.web.access.predicates import has_hr
from fairwrench.web.ui.navigation import Addresses, Place
from fairwrench.web.work.inbox.todos import ToDo, ToDos
from fairwrench.web.work.queue.chores import Chore
from fairwrench.web.work.queue.kinds import KindOfWork

DECLARED = (
    Addresses("tyres/", "tests.web.project.tyres.urls"),
    Place("tyres:list", "轮胎", "Tyres", "steering-wheel", "tyres.view", 65),
    only_page("tyres.view", has_hr),
    LoggedPage("tyres", ("轮胎", "Tyres"), ("tyres:of",)),
    ToDos(lambda _user: [ToDo(("清点轮胎", "count the tyres"), "/tyres/")]),
    KindOfWork("tyres_count", lambda progress: {"tyres": 4}),
    Chore(lambda: 0, "0 3 * * *"),
)
