"""Addresses of schemes."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.schemes.views import approval as views_approval
from fairwrench.web.schemes.views import binding as views_binding
from fairwrench.web.schemes.views import commission as views_commission
from fairwrench.web.schemes.views import compare as views_compare
from fairwrench.web.schemes.views import reading as views
from fairwrench.web.schemes.views import versions as views_versions

app_name = "schemes"
urlpatterns = [
    path("", views.versions, name="list"),
    path("at/<str:month>/", views.at, name="at"),
    path("compare/", views_compare.compare, name="compare"),
    path("commission/", views_commission.plans, name="commission"),
    path("upload/", views_versions.upload, name="upload"),
    path("<int:version_id>/version/", views_approval.version, name="version"),
    path("<int:version_id>/propose/", views_approval.propose, name="propose"),
    path("<int:version_id>/take-back/", views_approval.take_back, name="take_back"),
    path("<int:version_id>/approve/", views_approval.approve, name="approve"),
    path("<int:version_id>/send-back/", views_approval.send_back, name="send_back"),
    path("<int:version_id>/withdraw/", views_approval.withdraw, name="withdraw"),
    path("<int:version_id>/publish/", views_binding.publish, name="publish"),
    path("<int:version_id>/discuss/", views_binding.discuss, name="discuss"),
    path("<int:version_id>/acknowledge/", views_binding.acknowledge, name="acknowledge"),
    path("<int:version_id>/acknowledge/object/", views_binding.paper_objected, name="paper_object"),
    path("<int:version_id>/acknowledgements/", views_binding.acknowledgements, name="acknowledgements"),
    path("<int:version_id>/acknowledgements/remind/", views_binding.remind, name="remind"),
    path("<int:version_id>/acknowledgements/<str:employee_id>/", views_binding.on_paper, name="on_paper"),
    path("<int:version_id>/acknowledgements/<str:employee_id>/undo/", views_binding.paper_undone, name="paper_undo"),
    path("<int:version_id>/document/", views_versions.document, name="document"),
    path("<slug:key>/", views.read, name="read"),
]
