"""What coaching declares: notes and summaries, their pages and ways, and what raters see of them."""

from __future__ import annotations

from fairwrench.web.access.log.access_log import LoggedPage
from fairwrench.web.access.log.log_record import LogRecord
from fairwrench.web.access.policy import Permission, on_oneself, only_page
from fairwrench.web.access.predicates import in_some_store, is_employee, is_near, is_oneself, leads
from fairwrench.web.access.targets import OfPerson
from fairwrench.web.coaching.declared import coming_of, history_of, team_figures, todos_of
from fairwrench.web.coaching.notes.origins import FROM_NOTES
from fairwrench.web.coaching.notes.selectors import facts_of_notes
from fairwrench.web.coaching.notes.workflow import NOTES
from fairwrench.web.coaching.summaries.selectors import READERS, facts_of_summaries
from fairwrench.web.coaching.summaries.services import LAND, summaries_missing
from fairwrench.web.coaching.summaries.tasks import land_summaries
from fairwrench.web.coaching.summaries.workflow import SUMMARIES
from fairwrench.web.org.records_kept import RecordsKept
from fairwrench.web.settlements.ratings.facts import RaterFacts
from fairwrench.web.ui.navigation import Addresses, Place
from fairwrench.web.work.home.coming import ComingDeadlines
from fairwrench.web.work.home.figures import HomeFigures
from fairwrench.web.work.inbox.todos import ToDos
from fairwrench.web.work.queue.chores import EACH_NIGHT, Chore
from fairwrench.web.work.queue.kinds import Access, KindOfWork

DECLARED = (
    ToDos(todos_of),
    HomeFigures("team", team_figures, at=50),
    ComingDeadlines(coming_of),
    NOTES,
    SUMMARIES,
    FROM_NOTES,
    RaterFacts(("过程记录", "Notes of the month"), facts_of_notes),
    RaterFacts(("月度总结", "Monthly summary"), facts_of_summaries),
    Addresses("coaching/", "fairwrench.web.coaching.urls"),
    Place("coaching:list", "过程记录", "Notes", "messages", "coaching.view", 33),
    only_page("coaching.view", is_employee | in_some_store(*READERS)),
    # talks are noted about those whom one leads; praise and feedback, about whomever the field for people proposes
    Permission("coaching.note", OfPerson, leads, is_near & ~is_oneself),
    on_oneself("coaching.hand_in", is_employee),
    LoggedPage("notes", ("过程记录", "Notes of the month"), ("coaching:list", "coaching:note", "coaching:correct")),
    LoggedPage("summaries", ("月度总结", "Monthly summaries"), ("coaching:summaries", "coaching:summary")),
    LogRecord(
        "note",
        ("过程记录", "note of the month"),
        along=("about",),
        fields={
            "about": ("关于谁", "about"),
            "topic": ("主题", "topic"),
            "decisions": ("决定", "what was decided"),
            "was_shared": ("本人可见过", "the person has seen it"),
        },
        confidential=("topic", "decisions", "words"),
    ),
    LogRecord(
        "summary",
        ("月度总结", "monthly summary"),
        along=("employee",),
        fields={
            "done": ("本月总结", "summary"),
            "plan": ("下月计划", "plan"),
            "handed_in_at": ("提交时间", "handed in"),
            "late_days": ("迟交工作日", "working days late"),
        },
        confidential=("done", "plan"),
    ),
    RecordsKept(history_of),
    KindOfWork(LAND, land_summaries, Access(words=("月度总结导入", "Landing of summaries"))),
    Chore(summaries_missing, EACH_NIGHT),
)
