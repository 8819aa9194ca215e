"""Addresses of evidence."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.evidence.missing_orders import views as views_missing
from fairwrench.web.evidence.views import authority as views_authority
from fairwrench.web.evidence.views import batches as views_batches
from fairwrench.web.evidence.views import blanks as views_blanks
from fairwrench.web.evidence.views import desk as views_desk
from fairwrench.web.evidence.views import exemptions as views_exemptions
from fairwrench.web.evidence.views import sources as views_sources
from fairwrench.web.evidence.views import upload as views_upload

app_name = "evidence"
urlpatterns = [
    path("", views_desk.desk, name="desk"),
    path("drop/", views_desk.drop, name="drop"),
    path("places/", views_desk.places, name="places"),
    path("waiting/", views_desk.waiting, name="waiting"),
    path("land/", views_upload.land_ready, name="land_ready"),
    path("uploads/", views_desk.uploads, name="uploads"),
    path("uploads/<int:upload_id>/", views_upload.upload, name="upload"),
    path("uploads/<int:upload_id>/land/", views_upload.land, name="land"),
    path("uploads/<int:upload_id>/place/", views_upload.place, name="place"),
    path("uploads/<int:upload_id>/set-aside/", views_upload.set_aside, name="set_aside"),
    path("uploads/<int:upload_id>/file/", views_upload.file, name="file"),
    path("uploads/<int:upload_id>/rejected/", views_upload.rejected, name="rejected"),
    path("uploads/<int:upload_id>/header/<str:digest>/", views_upload.header, name="header"),
    path("batches/", views_batches.batches, name="batches"),
    path("batches/unknown/", views_batches.unknown, name="unknown"),
    path("batches/unknown/adopt/", views_batches.adopt, name="adopt"),
    path("batches/<str:source>/<int:number>/", views_batches.batch, name="batch"),
    path("exemptions/", views_exemptions.exemptions, name="exemptions"),
    path("exemptions/new/", views_exemptions.exemption_new, name="exemption_new"),
    path("exemptions/<int:exemption_id>/", views_exemptions.exemption, name="exemption"),
    path("exemptions/<int:exemption_id>/decide/", views_exemptions.decide, name="exemption_decide"),
    path("missing-orders/", views_missing.missing_orders, name="missing_orders"),
    path("missing-orders/new/", views_missing.missing_order_new, name="missing_order_new"),
    path("missing-orders/<int:missing_order_id>/", views_missing.missing_order, name="missing_order"),
    path("missing-orders/<int:missing_order_id>/answer/", views_missing.answer, name="missing_order_answer"),
    path("missing-orders/<int:missing_order_id>/withdraw/", views_missing.withdraw, name="missing_order_withdraw"),
    path("authority/", views_authority.authority, name="authority"),
    path("sources/", views_sources.sources, name="sources"),
    path("sources/new/", views_sources.source, name="source_new"),
    path("sources/<slug:name>/", views_sources.source, name="source"),
    path("sources/<slug:name>/retire/", views_sources.retire, name="source_retire"),
    path("templates/", views_blanks.blanks, name="blanks"),
    path("templates/<str:source>.xlsx", views_blanks.blank, name="blank"),
]
