"""What settlements declares: months, everybody's own page of them, ratings, targets, corrections, and their work."""

from __future__ import annotations

from fairwrench.web.access.log.access_log import LoggedPage
from fairwrench.web.access.log.log_record import LogRecord
from fairwrench.web.access.policy import Permission, on_group, on_oneself, only_page
from fairwrench.web.access.predicates import (
    FOLLOWERS,
    GENERAL_MANAGER,
    HR,
    OVERSEERS,
    corrects_person,
    decides_person,
    has_hr,
    heads_person,
    heads_some,
    in_some_store,
    in_store,
    is_employee,
    is_near,
    is_oneself,
    is_signed_in,
    leads,
    leads_over,
    oversees_person,
    oversees_some,
    pays_some,
    rates,
)
from fairwrench.web.access.scope import HEADS
from fairwrench.web.access.targets import OfPerson, OfStore
from fairwrench.web.evidence.kept_on_pages import AfterLanding, SettledWith, StillToGive
from fairwrench.web.org.records_kept import RecordsKept
from fairwrench.web.schemes.commission.paid import CommissionMonth
from fairwrench.web.schemes.version_links import VersionLink
from fairwrench.web.settlements import tasks
from fairwrench.web.settlements.corrections.workflow import CORRECTIONS
from fairwrench.web.settlements.declared import desk
from fairwrench.web.settlements.declared.commission import commission_month
from fairwrench.web.settlements.declared.job_access import OF_CHECK, OF_ESTIMATE, OF_MONTH, OF_TRIAL
from fairwrench.web.settlements.declared.places import FIGURES, FROM_FIGURES, STORES
from fairwrench.web.settlements.declared.todos import todos_of
from fairwrench.web.settlements.declared.version_links import trial_url
from fairwrench.web.settlements.home.audit import audit_figures
from fairwrench.web.settlements.home.coming import coming_of
from fairwrench.web.settlements.home.cycle import cycle_figures
from fairwrench.web.settlements.home.mine import mine_figures
from fairwrench.web.settlements.home.pay import pay_figures
from fairwrench.web.settlements.home.shop import shop_figures
from fairwrench.web.settlements.home.stores import stores_figures
from fairwrench.web.settlements.home.team import team_figures
from fairwrench.web.settlements.months.unsettled import run_holds
from fairwrench.web.settlements.months.way import STAGES
from fairwrench.web.settlements.months.workflow import MONTHS
from fairwrench.web.settlements.ratings.compared_ratings import RATINGS_KEPT
from fairwrench.web.settlements.ratings.filed_ratings import RATINGS
from fairwrench.web.settlements.ratings.rating import ratings_missing
from fairwrench.web.settlements.submissions.evidence import SUBMISSIONS_KEPT
from fairwrench.web.settlements.taking_in import ratings_take, targets_take
from fairwrench.web.settlements.targets.compared_targets import TARGETS_KEPT
from fairwrench.web.settlements.trials.services import TRY
from fairwrench.web.ui.navigation import Addresses, Place
from fairwrench.web.work.home.coming import ComingDeadlines
from fairwrench.web.work.home.figures import HomeFigures
from fairwrench.web.work.inbox.todos import ToDos
from fairwrench.web.work.queue.kinds import KindOfWork

DECLARED = (
    ToDos(todos_of),
    HomeFigures("cycle", cycle_figures),
    HomeFigures("stores", stores_figures),
    HomeFigures("audit", audit_figures),
    HomeFigures("pay", pay_figures),
    HomeFigures("team", team_figures),
    HomeFigures("shop", shop_figures),
    HomeFigures("mine", mine_figures),
    ComingDeadlines(coming_of),
    FIGURES,
    STORES,
    FROM_FIGURES,
    MONTHS,
    *STAGES,
    CORRECTIONS,
    Addresses("", "fairwrench.web.settlements.urls"),
    Place("settlements:mine", "我的", "Mine", "user", "results.view_mine", 10),
    Place("settlements:team", "团队", "Team", "users", "results.view_team", 20),
    Place("settlements:rate", "评分", "Ratings", "edit", "ratings.asked", 30, unless="results.view_team"),
    Place("settlements:daily", "今日进度", "Today", "layout-dashboard", "daily.view", 40),
    Place("settlements:stores", "门店", "Stores", "building-store", "results.view_stores", 50),
    Place("settlements:pays", "工资", "Pay", "cash", "settlements.view_pay", 55, unless="settlements.view"),
    Place("settlements:months", "考核", "Cycle", "calendar-event", "settlements.view", 60),
    on_oneself("results.view_mine", is_employee),
    Permission("results.view_person", OfPerson, is_signed_in, is_near | oversees_person | heads_person),
    only_page("results.view_team", leads | heads_some),
    # who heads a department finds its people alone in the store (`Scope.headed`), and its metrics
    Permission("results.view_stores", OfStore, oversees_some | heads_some, in_store(*OVERSEERS, *HEADS)),
    Permission("daily.view", OfStore, leads | in_some_store(*FOLLOWERS, *HEADS), in_store(*FOLLOWERS, *HEADS)),
    only_page("settlements.view", oversees_some),
    only_page("settlements.view_pay", pays_some),
    on_group("settlements.open", HR),
    on_group("settlements.settle", HR),
    on_group("settlements.approve_hr", HR),
    on_group("settlements.approve_gm", GENERAL_MANAGER),
    on_group("settlements.send_back", HR, GENERAL_MANAGER),
    on_group("settlements.publish", HR),
    on_group("settlements.try_scheme", HR, GENERAL_MANAGER),
    Permission("settlements.correct", OfPerson, has_hr, corrects_person),
    Permission("settlements.decide_correction", OfPerson, in_some_store(HR, GENERAL_MANAGER), decides_person),
    # everybody with a month may see that its figures come out again, not only who oversees stores
    only_page("settlements.verify", oversees_some | heads_some | is_employee),
    only_page("ratings.rate", rates | has_hr),
    only_page("ratings.asked", rates),
    # nobody chooses between two ratings of themselves
    Permission("ratings.decide", OfPerson, has_hr, corrects_person & ~is_oneself),
    only_page("ratings.chase", has_hr),
    # of whose people: `rating_quality.seen`
    only_page("ratings.review", in_some_store(HR, GENERAL_MANAGER) | leads_over),
    # of a store's people, of the store itself, or of the group: that is asked about as the store `*`
    Permission("targets.view", OfStore, oversees_some | heads_some, in_store(*OVERSEERS, *HEADS)),
    Permission("targets.enter", OfStore, has_hr, in_store(HR)),
    LoggedPage("results", ("个人绩效", "Results"), ("settlements:person", "settlements:person_of")),
    LoggedPage(
        "why",
        ("计算依据", "Explanation"),
        ("settlements:explanation", "settlements:item", "settlements:rows", "settlements:decided"),
    ),
    LoggedPage("quality", ("评分质量", "Quality of rating"), ("settlements:rating_quality",)),
    LoggedPage("facts", ("评分依据", "What one rates by"), ("settlements:facts",)),
    LoggedPage("leave", ("请假与调休", "Leave and time off"), ("settlements:leave",)),
    LoggedPage("team", ("团队", "Team"), ("settlements:team",)),
    LoggedPage("store", ("门店人员绩效", "Results of a store"), ("settlements:store",)),
    LoggedPage("pay", ("工资明细", "Pay of a month"), ("settlements:pay", "settlements:pays")),
    LoggedPage(
        "corrections",
        ("更正", "Corrections"),
        ("settlements:corrections", "settlements:correction", "settlements:correction_new"),
    ),
    LoggedPage("submissions", ("报送情况", "Who handed in when"), ("settlements:submissions",)),
    LoggedPage("fines", ("考核扣款", "Fines"), ("settlements:fines", "settlements:fine")),
    LoggedPage("trial", ("试算", "Trial of a scheme"), ("settlements:trial",)),
    LogRecord("cycle", ("考核月", "month")),
    LogRecord(
        "rating",
        ("评分", "rating"),
        along=("employee",),
        fields={
            "rater": ("评分人", "rater"),
            "role": ("身份", "as"),
            "returned_at": ("退回时间", "returned at"),
            "returned_by": ("退回人", "returned by"),
            "returned_why": ("退回原因", "why returned"),
        },
        codes={
            "self": ("本人", "oneself"),
            "line_manager": ("直接上级", "line manager"),
            "next_level": ("隔级上级", "next-level manager"),
        },
        confidential=("level", "points", "example", "returned_why"),
    ),
    LogRecord("target", ("目标值", "target"), fields={"subject": ("对象", "of")}),
    LogRecord("choice", ("评分或目标值以哪个为准", "choice between a file and a page")),
    LogRecord(
        "correction",
        ("更正", "correction"),
        along=("employee",),
        codes={
            "appeal_points": ("改项目得分", "set the points of an item"),
            "appeal_score": ("改总分", "set the score"),
            "appeal_grade": ("改等级", "set the grade"),
            "calibrated_points": ("等级评议会定分", "points set by calibration"),
            "deduction": ("扣款", "deduction"),
            "confirm_fine": ("确认考核扣款", "fine confirmed"),
            "fine_points": ("考核扣款改扣分", "fine taken as points"),
            "fine_record": ("考核扣款只记录", "fine kept on record"),
            "fine_waived": ("考核扣款免除", "fine waived"),
        },
        fields={"ground": ("扣款依据", "ground")},
    ),
    RecordsKept(desk.history_of),
    AfterLanding(desk.after_landing),
    SettledWith(run_holds),
    RATINGS_KEPT.kept(ratings_take),
    StillToGive(RATINGS, ratings_missing),
    SUBMISSIONS_KEPT,
    TARGETS_KEPT.kept(targets_take),
    KindOfWork("settle_month", tasks.settle_month, OF_MONTH),
    KindOfWork("estimate_month", tasks.estimate_month, OF_ESTIMATE),
    KindOfWork("verify_run", tasks.verify_run, OF_CHECK),
    KindOfWork(TRY, tasks.try_scheme, OF_TRIAL),
    CommissionMonth(commission_month),
    VersionLink(("用上月试算", "Try it on a month"), "refresh", trial_url),
)
