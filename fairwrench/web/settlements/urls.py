"""Addresses of settlements: one's own month, the team's, the stores', and months on their way to being published."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.settlements.corrections import views as views_corrections
from fairwrench.web.settlements.day import views as views_day
from fairwrench.web.settlements.fines import views as views_fines
from fairwrench.web.settlements.rating_quality import views as views_quality
from fairwrench.web.settlements.submissions import views as views_submissions
from fairwrench.web.settlements.trials import views as views_trials
from fairwrench.web.settlements.views import choices as views_choices
from fairwrench.web.settlements.views import daily as views_daily
from fairwrench.web.settlements.views import explain as views_explain
from fairwrench.web.settlements.views import group as views_group
from fairwrench.web.settlements.views import listed as views_listed
from fairwrench.web.settlements.views import mine as views_mine
from fairwrench.web.settlements.views import months as views_months
from fairwrench.web.settlements.views import pay as views_pay
from fairwrench.web.settlements.views import ratings as views_ratings
from fairwrench.web.settlements.views import rows as views_rows
from fairwrench.web.settlements.views import stores as views_stores
from fairwrench.web.settlements.views import targets as views_targets

app_name = "settlements"
urlpatterns = [
    path("mine/", views_mine.mine, name="mine"),
    # before the months: its name would be taken for one
    path("mine/today/", views_day.today, name="day"),
    path("mine/<str:month>/", views_mine.mine, name="mine_of"),
    path("team/", views_group.team, name="team"),
    path("stores/", views_stores.stores, name="stores"),
    path("stores/<str:name>/", views_group.store, name="store"),
    path("ratings/", views_ratings.rate, name="rate"),
    path("ratings/files/<int:upload_id>/", views_choices.choices, name="choices"),
    path("today/", views_daily.daily, name="daily"),
    path("results/<str:employee_id>/", views_mine.person, name="person"),
    path("results/<str:employee_id>/<str:month>/", views_mine.person, name="person_of"),
    path("why/<str:month>/<str:employee_id>/", views_explain.explanation, name="explanation"),
    path("why/<str:month>/<str:employee_id>/rows/", views_rows.rows, name="rows"),
    path("why/<str:month>/<str:employee_id>/decided/<int:event_id>/", views_rows.decided, name="decided"),
    path("why/<str:month>/<str:employee_id>/leave/", views_rows.leave, name="leave"),
    path("why/<str:month>/<str:employee_id>/check/", views_explain.check, name="check"),
    path("why/<str:month>/<str:employee_id>/items/<str:item>/", views_explain.explanation, name="item"),
    path("months/", views_months.months, name="months"),
    path("months/<str:month>/", views_months.month, name="month"),
    path("months/<str:month>/ratings/", views_ratings.ratings, name="ratings"),
    path("months/<str:month>/ratings/facts/<str:employee_id>/", views_ratings.facts, name="facts"),
    path("months/<str:month>/ratings/quality/", views_quality.rating_quality, name="rating_quality"),
    path("months/<str:month>/ratings/quality/return/", views_quality.rating_return, name="rating_return"),
    path("months/<str:month>/targets/", views_targets.targets, name="targets"),
    path("months/<str:month>/corrections/", views_corrections.corrections, name="corrections"),
    path("months/<str:month>/corrections/new/", views_corrections.correction_new, name="correction_new"),
    path("months/<str:month>/corrections/<int:correction_id>/", views_corrections.correction, name="correction"),
    path(
        "months/<str:month>/corrections/<int:correction_id>/decide/", views_corrections.decide, name="correction_decide"
    ),
    path(
        "months/<str:month>/corrections/<int:correction_id>/withdraw/",
        views_corrections.withdraw,
        name="correction_withdraw",
    ),
    path("months/<str:month>/submissions/", views_submissions.submissions, name="submissions"),
    path("months/<str:month>/fines/", views_fines.fines, name="fines"),
    path("months/<str:month>/fines/<str:employee_id>/", views_fines.fine, name="fine"),
    path("months/<str:month>/fines/<str:employee_id>/withdraw/", views_fines.withdraw, name="fine_withdraw"),
    path("months/<str:month>/unsettled/", views_listed.unsettled, name="unsettled"),
    path("months/<str:month>/people/", views_listed.listed, name="listed"),
    path("pay/", views_pay.pays, name="pays"),
    path("months/<str:month>/pay/", views_pay.pay, name="pay"),
    path("months/<str:month>/trials/<int:version_id>/", views_trials.trial, name="trial"),
    # last: the names above would be taken for acts
    path("months/<str:month>/<str:act>/", views_months.act, name="act"),
]
