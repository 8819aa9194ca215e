"""Addresses of signing in: allauth's, but for those by which accounts could be made or taken over by e-mail."""

from __future__ import annotations

from allauth.account import views
from django.urls import include, path

from fairwrench.web.access.accounts import views as ours

urlpatterns = [
    path("login/", ours.SignIn.as_view(), name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", ours.SamePerson.as_view(), name="account_reauthenticate"),
    path("password/change/", ours.ChangePassword.as_view(), name="account_change_password"),
    path("password/set/", ours.SetPassword.as_view(), name="account_set_password"),
    path("password/reset/", ours.forgotten, name="account_reset_password"),
    path("signup/", ours.closed, name="account_signup"),
    path("2fa/", include("allauth.mfa.urls")),
    path("3rdparty/", include("allauth.socialaccount.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("", include("fairwrench.web.access.accounts.social_login")),
]
