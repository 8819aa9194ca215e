"""What appraisals declare: their pages, their way, whom they wait for, and that a settled month opens them."""

from __future__ import annotations

from fairwrench.web.access.log.access_log import LoggedPage
from fairwrench.web.access.log.log_record import LogRecord
from fairwrench.web.access.policy import Permission, on_oneself, only_page
from fairwrench.web.access.predicates import heads_some, in_some_store, in_store, is_employee
from fairwrench.web.access.targets import OfStore
from fairwrench.web.appraisals.appeals.workflow import APPEALS, tell_correction_decided
from fairwrench.web.appraisals.declared import STAGES, history_of, month_points, todos_of
from fairwrench.web.appraisals.opening import forms_open
from fairwrench.web.appraisals.papers.jobs import KIND, OF_PAPERS, papers_make
from fairwrench.web.appraisals.places import FORM_COMMENTS, FROM_APPEALS
from fairwrench.web.appraisals.selectors import FILERS, READERS
from fairwrench.web.appraisals.workflow import APPRAISALS
from fairwrench.web.org.records_kept import RecordsKept
from fairwrench.web.settlements.corrections.workflow import AfterCorrection
from fairwrench.web.settlements.months.checklist import MonthPoints
from fairwrench.web.settlements.runs.after_settling import AfterSettling
from fairwrench.web.ui.navigation import Addresses, Place
from fairwrench.web.work.inbox.todos import ToDos
from fairwrench.web.work.queue.kinds import KindOfWork

DECLARED = (
    ToDos(todos_of),
    APPRAISALS,
    APPEALS,
    Addresses("appraisals/", "fairwrench.web.appraisals.urls"),
    Place("appraisals:list", "绩效评估表", "Appraisals", "clipboard-check", "appraisals.view", 32),
    only_page("appraisals.view", is_employee | in_some_store(*READERS) | heads_some),
    # as the person or as a manager: the table of acts says who is which (`selectors.forms_as`)
    on_oneself("appraisals.sign", is_employee),
    Permission("appraisals.file", OfStore, in_some_store(*FILERS), in_store(*FILERS)),
    # whose meeting it is; what is asked for there is a correction, with its own permissions
    Permission("appraisals.calibrate", OfStore, in_some_store(*FILERS), in_store(*FILERS)),
    LoggedPage(
        "appraisals",
        ("绩效评估表", "Appraisals"),
        (
            *("appraisals:list", "appraisals:form", "appraisals:interview", "appraisals:sheets", "appraisals:signed"),
            "appraisals:talk",
            *("appraisals:papers", "appraisals:paper", "appraisals:summary", "appraisals:archive"),
            *(
                "appraisals:appeals",
                "appraisals:appeal",
                "appraisals:appeal_act",
                "appraisals:appeal_new",
                "appraisals:calibration",
            ),
        ),
    ),
    LogRecord(
        "appraisal",
        ("绩效评估表", "appraisal"),
        along=("employee", "cycle"),
        fields={
            "held_on": ("面谈日期", "day of the interview"),
            "place": ("地点", "place"),
            "went_well": ("做得好的", "what went well"),
            "to_improve": ("要改进的", "what to improve"),
            "agreed": ("约定", "agreed"),
            "employee_view": ("员工的看法", "the employee's view"),
            "figures": ("内容摘要", "digest of its figures"),
            "next_due": ("要求隔级面谈", "next-level interview asked for"),
            "next_on": ("隔级面谈日期", "day of the next-level interview"),
            "next_said": ("隔级面谈内容", "what was said there"),
            "next_agreed": ("隔级面谈约定", "what was agreed there"),
            "next_not_held": ("未进行隔级面谈的原因", "why there was none"),
            "line_manager": ("直接上级", "line manager"),
            "next_level": ("隔级上级", "next-level manager"),
        },
        confidential=(
            *("went_well", "to_improve", "agreed", "employee_view", "next_said", "next_agreed", "next_not_held"),
        ),
    ),
    LogRecord(
        "signature",
        ("签字", "signature"),
        along=("appraisal__employee", "appraisal__cycle"),
        fields={
            "capacity": ("身份", "as"),
            "signer": ("签字人", "signer"),
            "refused": ("拒签原因", "why not signed"),
            "witness": ("见证人", "witness"),
            "document": ("所签内容", "what was signed"),
            "served_how": ("送达方式", "served how"),
            "served_on": ("送达日期", "served on"),
            "served_by": ("送达人", "served by"),
        },
        confidential=("refused",),
    ),
    LogRecord(
        "appeal",
        ("绩效申诉", "appeal"),
        along=("form__employee", "form__cycle"),
        fields={
            "form": ("绩效评估表", "form"),
            "expected": ("认为应该是", "what it should be"),
            "points": ("调整为", "to be set to"),
            "correction": ("更正", "correction"),
        },
        confidential=("reason", "expected", "points"),
    ),
    FORM_COMMENTS,
    FROM_APPEALS,
    RecordsKept(history_of),
    MonthPoints(month_points),
    *STAGES,
    KindOfWork(KIND, papers_make, OF_PAPERS),
    AfterSettling(forms_open),
    AfterCorrection(tell_correction_decided),
)
