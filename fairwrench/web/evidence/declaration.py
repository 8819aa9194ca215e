"""What evidence declares: the desk and its pages, reading and landing files, kinds of file defined here."""

from __future__ import annotations

from fairwrench.web.access.log.access_log import LoggedPage
from fairwrench.web.access.log.log_record import LogRecord
from fairwrench.web.access.policy import Permission, on_group, on_oneself, only_page
from fairwrench.web.access.predicates import (
    ADMINISTRATOR,
    HANDERS,
    HR,
    KEEPERS,
    OVERSEERS,
    handing_in,
    has_hr,
    heads_some,
    in_some_store,
    in_store,
    is_employee,
    leads,
    oversees_some,
    provides,
)
from fairwrench.web.access.targets import Handing, OfStore
from fairwrench.web.evidence import tasks
from fairwrench.web.evidence.access import HANDED_IN, WATCHERS
from fairwrench.web.evidence.declared import log_words
from fairwrench.web.evidence.declared.history import history_of
from fairwrench.web.evidence.declared.home import files_figures, orders_of_shop, orders_of_team, watched_figures
from fairwrench.web.evidence.declared.job_access import OF_EXEMPTION, OF_LANDING, OF_UPLOAD
from fairwrench.web.evidence.declared.todos import todos_of
from fairwrench.web.evidence.events.folding import ledger_fold
from fairwrench.web.evidence.exemptions.workflow import EXEMPTIONS
from fairwrench.web.evidence.missing_orders.workflow import ANSWERERS, MISSING_ORDERS
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.evidence.uploads.retention import uploads_tidy
from fairwrench.web.org.duties import KindsOfFile
from fairwrench.web.org.records_kept import RecordsKept
from fairwrench.web.ui.navigation import Addresses, Place
from fairwrench.web.work.home.figures import HomeFigures
from fairwrench.web.work.inbox.todos import ToDos
from fairwrench.web.work.queue.chores import EACH_NIGHT, Chore
from fairwrench.web.work.queue.kinds import KindOfWork

hands_in_of_department = in_some_store(*HANDED_IN)

DECLARED = (
    ToDos(todos_of),
    HomeFigures("cycle", watched_figures, at=20),
    HomeFigures("evidence", files_figures),
    HomeFigures("shop", orders_of_shop, at=20),
    HomeFigures("team", orders_of_team, at=30),
    EXEMPTIONS,
    MISSING_ORDERS,
    Addresses("evidence/", "fairwrench.web.evidence.urls"),
    Place("evidence:desk", "数据", "Evidence", "database", "evidence.view", 70),
    Place(
        "evidence:exemptions", "剔除申请", "Exemptions", "hand-stop", "evidence.exemption", 80, unless="evidence.view"
    ),
    only_page("evidence.view", provides | hands_in_of_department | in_some_store(*WATCHERS) | heads_some),
    Permission(
        "evidence.read",
        Handing,
        provides | hands_in_of_department | oversees_some,
        handing_in(*OVERSEERS, of_department=HANDED_IN),
    ),
    Permission(
        "evidence.land",
        Handing,
        provides | hands_in_of_department | has_hr,
        handing_in(*HANDERS, of_department=HANDED_IN),
    ),
    on_group("evidence.map_everywhere", HR),
    only_page("evidence.exemption", provides | has_hr | leads),
    Permission("evidence.approve_exemption", OfStore, has_hr, in_store(HR)),
    on_oneself("evidence.ask_missing_order", is_employee),
    Permission("evidence.answer_missing_order", Handing, provides | in_some_store(*ANSWERERS), handing_in(*ANSWERERS)),
    only_page("evidence.missing_order", is_employee | provides | in_some_store(*ANSWERERS)),
    on_group("evidence.define_source", *KEEPERS),
    on_group("evidence.adopt", ADMINISTRATOR),
    Permission("evidence.keep", OfStore, has_hr, in_store(HR)),
    on_group("evidence.keep_everywhere", HR),
    only_page("evidence.chase", has_hr),
    only_page("evidence.choose", has_hr),
    LoggedPage("evidence", ("原始文件", "Evidence file"), ("evidence:file", "evidence:rejected")),
    LoggedPage("missing", ("漏单反馈", "Missing orders"), ("evidence:missing_orders", "evidence:missing_order")),
    LogRecord("upload", ("上传文件", "file handed in")),
    LogRecord("columnmapping", ("表头对应关系", "reading of a header"), says=log_words.mapping_said),
    LogRecord("exemption", ("剔除申请", "request for an exemption"), says=log_words.exemption_said),
    LogRecord(
        "missingorder",
        ("漏单反馈", "question about a missing order"),
        says=log_words.missing_order_said,
        along=("employee",),
        fields={
            "order_no": ("工单号", "order number"),
            "plate": ("车牌号", "plate"),
            "day": ("作业日期", "day of the work"),
            "done": ("作业内容", "what was done"),
            "answer": ("答复", "answer"),
        },
    ),
    LogRecord("sourcedefinition", ("数据报表定义", "kind of file"), says=log_words.definition_said),
    LogRecord("authority", ("录入方式", "how a kind of record comes"), says=log_words.authority_said),
    KindsOfFile(sources),
    RecordsKept(history_of),
    KindOfWork("evidence_read", tasks.read_upload, OF_UPLOAD),
    KindOfWork("evidence_land", tasks.land_upload, OF_LANDING),
    KindOfWork("evidence_exemption", tasks.land_exemption, OF_EXEMPTION),
    Chore(uploads_tidy),
    Chore(ledger_fold, EACH_NIGHT),
)
