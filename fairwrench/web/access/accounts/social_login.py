"""Ways in through accounts elsewhere: OpenID Connect, DingTalk, Feishu, Weixin, each only where settings name it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.dingtalk import views as dingtalk
from allauth.socialaccount.providers.feishu import views as feishu
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from allauth.socialaccount.providers.weixin import views as weixin
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from requests import RequestException

View = Callable[..., HttpResponse]


def outside(view: View) -> View:
    """A provider's view: 404 where it is not set up, a page that says so where it cannot be reached.

    The way out is a page that leads on instead of a redirect, since our forms may be answered by our own host alone
    (`form-action`).
    """

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except SocialApp.DoesNotExist as missing:
            raise Http404("provider") from missing
        except RequestException:
            return render(request, "socialaccount/authentication_error.html", status=502)
        location = response.headers.get("Location", "")
        # a whole address leads to another host; our own redirects name a path alone
        if request.method == "POST" and "://" in location:
            return render(request, "socialaccount/login_redirect.html", {"redirect_to": location})
        return response

    return guarded


urlpatterns = [
    *(
        path(f"{name}/{way}/", outside(view), name=f"{name}_{called}")
        for name, views in (("dingtalk", dingtalk), ("feishu", feishu), ("weixin", weixin))
        for way, called, view in (
            ("login", "login", views.oauth2_login),
            ("login/callback", "callback", views.oauth2_callback),
        )
    ),
    path("oidc/<slug:provider_id>/login/", outside(openid_connect.login), name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", outside(openid_connect.callback), name="openid_connect_callback"),
]
