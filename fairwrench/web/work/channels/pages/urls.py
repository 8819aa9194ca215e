"""Addresses of how notices reach people."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.work.channels.pages import views

app_name = "notices"
urlpatterns = [
    path("", views.choose, name="choose"),
    path("bot/", views.own_bot, name="own_bot"),
    path("log/", views.log, name="log"),
    path("log/<int:delivery_id>/again/", views.again, name="again"),
    path("bots/", views.bots, name="bots"),
    path("bots/<int:bot_id>/try/", views.bot_try, name="bot_try"),
    path("bots/<int:bot_id>/end/", views.bot_end, name="bot_end"),
    path("urge/", views.urge, name="urge"),
]
