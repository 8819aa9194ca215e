"""Every address of the application."""

from __future__ import annotations

from django.urls import include, path

from fairwrench.web.people.views_language import set_language
from fairwrench.web.project import operation

handler400 = "fairwrench.web.ui.uploading.refused"
handler500 = "fairwrench.web.project.faults.fault"
urlpatterns = [
    path("", include("fairwrench.web.settlements.urls")),
    path("people/", include("fairwrench.web.people.urls")),
    path("settings/", include("fairwrench.web.people.settings_urls")),
    path("evidence/", include("fairwrench.web.evidence.urls")),
    path("schemes/", include("fairwrench.web.schemes.urls")),
    path("jobs/", include("fairwrench.web.jobs.urls")),
    path("accounts/", include("fairwrench.web.people.accounts_urls")),
    path("language/", set_language, name="set_language"),
    path("healthz", operation.health, name="health"),
    path("metrics", operation.metrics, name="metrics"),
]
