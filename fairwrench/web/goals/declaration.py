"""What goals declare: their pages, their way, whom they wait for, and what raters read of them."""

from __future__ import annotations

from fairwrench.web.access.log.access_log import LoggedPage
from fairwrench.web.access.log.log_record import LogRecord
from fairwrench.web.access.policy import Permission, on_oneself, only_page
from fairwrench.web.access.predicates import (
    decides_person,
    heads_some,
    in_some_store,
    in_store,
    is_employee,
    is_oneself,
)
from fairwrench.web.access.targets import OfPerson, OfStore
from fairwrench.web.goals.declared import STAGE, goals_figures, history_of, month_points, todos_of
from fairwrench.web.goals.origins.services import KEEPERS
from fairwrench.web.goals.results.shown import facts_beside
from fairwrench.web.goals.selectors import FILERS, READERS, leads_person
from fairwrench.web.goals.workflow import GOALS
from fairwrench.web.org.records_kept import RecordsKept
from fairwrench.web.settlements.months.checklist import MonthPoints
from fairwrench.web.settlements.ratings.facts import RaterFacts
from fairwrench.web.ui.navigation import Addresses, Place
from fairwrench.web.work.home.figures import HomeFigures
from fairwrench.web.work.inbox.todos import ToDos

DECLARED = (
    ToDos(todos_of),
    GOALS,
    Addresses("goals/", "fairwrench.web.goals.urls"),
    Place("goals:list", "目标", "Goals", "target-arrow", "goals.view", 31),
    only_page("goals.view", is_employee | in_some_store(*READERS) | heads_some),
    # one's own, and those of people one leads; HR and the general manager, where `sheet_start` finds that nobody does
    Permission(
        "goals.start", OfPerson, is_employee | in_some_store(*FILERS), is_oneself | leads_person | decides_person
    ),
    # as the person or as a manager: the table of acts says who is which (`selectors.sheets_as`)
    on_oneself("goals.sign", is_employee),
    Permission("goals.file", OfStore, in_some_store(*FILERS), in_store(*FILERS)),
    # goals of a store and its departments; those above stores are asked about as the store `*`
    Permission("goals.plan", OfStore, in_some_store(*KEEPERS), in_store(*KEEPERS)),
    LoggedPage(
        "goals",
        ("目标", "Goals"),
        (
            *("goals:list", "goals:many", "goals:team", "goals:sheet", "goals:edit", "goals:signed"),
            *("goals:carry", "goals:grid"),
        ),
    ),
    LogRecord(
        "goalsheet",
        ("目标", "goals"),
        along=("employee",),
        fields={
            "edition": ("版次", "edition"),
            "reason": ("变更原因", "why they are changed"),
            "line_manager": ("直接上级", "line manager"),
            "next_level": ("隔级上级", "next-level manager"),
            "carried_from": ("沿用自", "carried on from"),
        },
        confidential=("reason",),
    ),
    LogRecord(
        "goalsignature",
        ("目标签字", "signature under goals"),
        along=("sheet__employee",),
        fields={
            "sheet": ("目标", "goals"),
            "capacity": ("身份", "as"),
            "signer": ("签字人", "signer"),
            "document": ("所签内容", "what was signed"),
            "listed": ("一起签字的名单", "the list that was signed"),
        },
    ),
    LogRecord(
        "departmentgoal",
        ("部门目标", "goal of a department"),
        fields={"budget": ("费用预算（分）", "budget (fen)"), "title": ("目标", "goal")},
        confidential=("budget",),
    ),
    LogRecord("jobdescription", ("岗位说明书", "job description"), fields={"purpose": ("岗位目的", "purpose")}),
    LogRecord(
        "outcome",
        ("目标完成情况", "result of a goal"),
        along=("goal__sheet__employee",),
        fields={"value": ("完成情况", "how far"), "capacity": ("身份", "as")},
        confidential=("value", "note"),
    ),
    RecordsKept(history_of),
    MonthPoints(month_points),
    STAGE,
    HomeFigures("team", goals_figures, 20),
    RaterFacts(("目标", "Goals"), facts_beside),
)
