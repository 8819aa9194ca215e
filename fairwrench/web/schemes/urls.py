"""Addresses of schemes."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.schemes import views, views_compare, views_versions

app_name = "schemes"
urlpatterns = [
    path("", views.versions, name="list"),
    path("at/<str:month>/", views.at, name="at"),
    path("compare/", views_compare.compare, name="compare"),
    path("upload/", views_versions.upload, name="upload"),
    path("<int:version_id>/adopt/", views_versions.adopt, name="adopt"),
    path("<int:version_id>/withdraw/", views_versions.withdraw, name="withdraw"),
    path("<int:version_id>/document/", views_versions.document, name="document"),
    path("<slug:key>/", views.read, name="read"),
]
