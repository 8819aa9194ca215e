"""What tasks declare: their pages, their way, whom they wait for, and that those of who left are passed on."""

from __future__ import annotations

from fairwrench.web.access.log.access_log import LoggedPage
from fairwrench.web.access.log.log_record import LogRecord
from fairwrench.web.access.policy import Permission, only_page
from fairwrench.web.access.predicates import decides_person, in_some_store, is_employee, is_near
from fairwrench.web.access.targets import OfPerson
from fairwrench.web.org.records_kept import RecordsKept
from fairwrench.web.tasks.comments import TASK_COMMENTS
from fairwrench.web.tasks.declared import history_of, mine_figures, team_figures, todos_of
from fairwrench.web.tasks.selectors import GIVERS
from fairwrench.web.tasks.services import tasks_pass_on
from fairwrench.web.tasks.workflow import TASKS
from fairwrench.web.ui.navigation import Addresses, Place
from fairwrench.web.work.home.figures import HomeFigures
from fairwrench.web.work.inbox.todos import ToDos
from fairwrench.web.work.queue.chores import Chore

_SOMEBODY = is_employee | in_some_store(*GIVERS)

DECLARED = (
    ToDos(todos_of),
    HomeFigures("mine", mine_figures, at=60),
    HomeFigures("team", team_figures, at=60),
    TASKS,
    TASK_COMMENTS,
    Addresses("tasks/", "fairwrench.web.tasks.urls"),
    Place("tasks:list", "任务", "Tasks", "list-details", "tasks.view", 34),
    only_page("tasks.view", _SOMEBODY),
    # without consent; whom one may only ask is told by `selectors.asks`
    Permission("tasks.give", OfPerson, _SOMEBODY, is_near | decides_person),
    LoggedPage("tasks", ("任务", "Tasks"), ("tasks:list", "tasks:task", "tasks:hand_on")),
    LogRecord(
        "task",
        ("任务", "task"),
        along=("assignee",),
        fields={
            "title": ("做什么", "what"),
            "assignee": ("负责人", "who does it"),
            "due": ("期限", "due"),
            "progress": ("进度", "progress"),
            "origin": ("来自", "comes from"),
        },
        confidential=("title",),
    ),
    RecordsKept(history_of),
    Chore(tasks_pass_on),
)
