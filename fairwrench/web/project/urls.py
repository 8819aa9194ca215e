"""Every address of the application: those that apps declare, and those of the installation itself."""

from __future__ import annotations

from django.urls import include, path

from fairwrench.web.access.middleware.views_language import set_language
from fairwrench.web.project.serving import operation
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.navigation import Addresses

handler400 = "fairwrench.web.ui.requests.uploading.refused"
handler500 = "fairwrench.web.project.serving.faults.fault"
urlpatterns = [
    *(path(each.begins, include(each.urls)) for each in declared(Addresses)),
    path("language/", set_language, name="set_language"),
    path("healthz", operation.health, name="health"),
    path("metrics", operation.metrics, name="metrics"),
]
