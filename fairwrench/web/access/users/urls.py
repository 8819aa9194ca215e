"""Addresses of users, roles, sessions and one's own settings."""

from __future__ import annotations

from django.urls import path

from fairwrench.web.access.users import views_settings, views_users

app_name = "settings"
urlpatterns = [
    path("", views_settings.profile, name="profile"),
    path("users/", views_users.users, name="users"),
    path("users/invite/", views_users.invite, name="invite"),
    path("users/<int:user_id>/", views_users.user, name="user"),
    path("users/<int:user_id>/account/", views_users.account, name="account"),
    path("users/<int:user_id>/invite/", views_users.invite_again, name="invite_again"),
    path("users/<int:user_id>/grant/", views_users.grant, name="grant"),
    path("users/<int:user_id>/close/", views_users.close, name="close"),
    path("users/<int:user_id>/open/", views_users.reopen, name="reopen"),
    path("users/<int:user_id>/take-step/", views_users.take_step, name="take_step"),
    path("users/<int:user_id>/view-as/", views_settings.view_as, name="view_as"),
    path("roles/<int:grant_id>/revoke/", views_users.revoke, name="revoke"),
    path("view-as/end/", views_settings.view_as_end, name="view_as_end"),
    path("sessions/<int:session_id>/end/", views_settings.session_end, name="session_end"),
    path("invitation/<str:secret>/", views_settings.invitation, name="invitation"),
    path("log/", views_settings.log, name="log"),
    path("log/seen/", views_settings.seen, name="seen"),
]
