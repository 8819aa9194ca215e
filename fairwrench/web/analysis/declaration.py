"""What analyses declare: their pages, their ways, whom they wait for, and their place on the way of a month."""

from __future__ import annotations

from fairwrench.web.access.log.access_log import LoggedPage
from fairwrench.web.access.log.log_record import LogRecord
from fairwrench.web.access.policy import Permission, only_page
from fairwrench.web.access.predicates import OVERSEERS, in_some_store, in_store, is_employee, leads
from fairwrench.web.access.targets import OfStore
from fairwrench.web.analysis.declared import STAGES, cycle_figures, history_of, month_points, todos_of
from fairwrench.web.analysis.kpis.origins import FROM_KPIS
from fairwrench.web.analysis.kpis.workflow import KPIS
from fairwrench.web.analysis.reports.workflow import ANALYSES
from fairwrench.web.analysis.selectors import APPROVERS, WRITERS
from fairwrench.web.org.records_kept import RecordsKept
from fairwrench.web.settlements.months.checklist import MonthPoints
from fairwrench.web.ui.navigation import Addresses, Place
from fairwrench.web.work.home.figures import HomeFigures
from fairwrench.web.work.inbox.todos import ToDos

DECLARED = (
    ToDos(todos_of),
    HomeFigures("cycle", cycle_figures, at=60),
    KPIS,
    ANALYSES,
    FROM_KPIS,
    Addresses("analysis/", "fairwrench.web.analysis.urls"),
    Place("analysis:list", "绩效分析", "Analyses", "report-analytics", "analysis.view", 61),
    only_page("analysis.view", in_some_store(*OVERSEERS) | leads),
    # whom HR asks and to whom it is sent: their selectors say who that is
    only_page("analysis.read", is_employee | in_some_store(*OVERSEERS)),
    # that of the whole group is asked about as the store `*`
    Permission("analysis.write", OfStore, in_some_store(*WRITERS), in_store(*WRITERS)),
    Permission("analysis.approve", OfStore, in_some_store(*APPROVERS), in_store(*APPROVERS)),
    LoggedPage(
        "analysis",
        ("绩效分析", "Analyses"),
        (
            *("analysis:list", "analysis:missed", "analysis:ask", "analysis:kpi", "analysis:answer", "analysis:owner"),
            *("analysis:analysis", "analysis:section"),
        ),
    ),
    LogRecord(
        "missedkpi",
        ("未达标指标", "missed KPI"),
        along=("cycle",),
        fields={
            "cycle": ("月份", "month"),
            "owner": ("答复人", "asked"),
            "cause": ("原因", "cause"),
            "action": ("措施", "action"),
            "responsible": ("责任人", "responsible"),
            "due": ("期限", "due"),
            "task": ("任务", "task"),
        },
        confidential=("cause", "action"),
    ),
    LogRecord(
        "analysis",
        ("绩效分析", "analysis"),
        along=("cycle",),
        fields={
            "cycle": ("月份", "month"),
            "submitted_by": ("提交人", "submitted by"),
            "document": ("批准的内容", "what was approved"),
            "extract": ("下发的内容", "what was sent"),
        },
    ),
    LogRecord(
        "section",
        ("绩效分析的一节", "section of an analysis"),
        along=("analysis__cycle",),
        fields={
            "analysis": ("绩效分析", "analysis"),
            "key": ("内容", "about"),
            "circle": ("阅读范围", "who reads it"),
            "text": ("文字", "text"),
        },
        confidential=("text", "drafted", "renewed"),
    ),
    LogRecord(
        "reading",
        ("绩效分析的下发", "analysis sent"),
        along=("analysis__cycle", "reader"),
        fields={
            "analysis": ("绩效分析", "analysis"),
            "reader": ("阅读人", "reader"),
            "read_at": ("确认时间", "confirmed"),
        },
    ),
    RecordsKept(history_of),
    MonthPoints(month_points),
    *STAGES,
)
