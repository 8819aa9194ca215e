"""Addresses of tickets."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.tickets.pages import views

app_name = "tickets"
urlpatterns = [
    path("", views.tickets, name="list"),
    path("new/", views.ticket_new, name="new"),
    path("<int:ticket_id>/", views.ticket, name="ticket"),
    path("<int:ticket_id>/photo/", views.photo, name="photo"),
    path("<int:ticket_id>/<slug:act>/", views.act, name="act"),
]
