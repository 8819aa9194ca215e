"""Signing in through accounts elsewhere, against a stand-in of the providers on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.feishu.client import FeishuOAuth2Client
from allauth.socialaccount.providers.feishu.views import FeishuOAuth2Adapter
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter
from django.core.cache import cache
from django.test import Client

from fairwrench.web.access.models import User

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@dataclass
class StandIn:
    """What the providers' endpoints answer here: who comes in is `uid`, and each request is noted."""

    base: str = ""
    uid: str = "u-1"
    email: str = ""
    broken: bool = False
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str) -> dict[str, Any]:
        """The answer of one endpoint, in the form that its provider documents."""
        token = {"access_token": "t", "token_type": "Bearer", "expires_in": 3600}
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.base,
                "authorization_endpoint": f"{self.base}/authorize",
                "token_endpoint": f"{self.base}/token",
                "userinfo_endpoint": f"{self.base}/userinfo",
            },
            "/token": token,
            "/userinfo": {"sub": self.uid, "name": "吕", "email": self.email, "email_verified": True},
            "/dingtalk/token": {"accessToken": "t", "refreshToken": "r", "expireIn": 7200},
            "/dingtalk/me": {"openId": self.uid, "nick": "吕"},
            "/feishu/app": {"code": 0, "app_access_token": "a"},
            "/feishu/token": {"code": 0, "data": {**token, "open_id": self.uid}},
            "/feishu/me": {"code": 0, "data": {"open_id": self.uid, "name": "吕"}},
            "/weixin/token": {**token, "openid": self.uid},
            "/weixin/me": {"openid": self.uid, "nickname": "Lv"},
        }[path]


@pytest.fixture
def elsewhere() -> Iterator[StandIn]:
    """The providers, answering on a port of this machine."""
    state = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = urlsplit(self.path).path
            state.asked.append(path)
            body = json.dumps(state.answer(path)).encode()
            self.send_response(500 if state.broken else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *given: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.base = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def providers(db: None, elsewhere: StandIn, settings: Any, monkeypatch: Any) -> None:
    """All four set up as an administrator would, their endpoints replaced by the stand-in's."""
    cache.clear()
    app = {"client_id": "fairwrench", "secret": "s"}
    company = {"provider_id": "company", "name": "公司账号", "settings": {"server_url": elsewhere.base}}
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [{**app, **company}]},
        **{name: {"APP": app} for name in ("dingtalk", "feishu", "weixin")},
    }
    for adapter, name in ((DingTalkOAuth2Adapter, "dingtalk"), (WeixinOAuth2Adapter, "weixin")):
        monkeypatch.setattr(adapter, "access_token_url", f"{elsewhere.base}/{name}/token")
        monkeypatch.setattr(adapter, "profile_url", f"{elsewhere.base}/{name}/me")
    monkeypatch.setattr(FeishuOAuth2Adapter, "access_token_url", f"{elsewhere.base}/feishu/token")
    monkeypatch.setattr(FeishuOAuth2Adapter, "user_info_url", f"{elsewhere.base}/feishu/me")
    monkeypatch.setattr(FeishuOAuth2Client, "app_access_token_url", f"{elsewhere.base}/feishu/app")


WAYS = ["oidc/company", "dingtalk", "feishu", "weixin"]


def go(client: Client, way: str, process: str = "login") -> Any:
    """Press the provider's button, and come back from it with a code."""
    page = client.post(f"/accounts/{way}/login/?process={process}")
    assert page.status_code == 200
    text = unescape(page.content.decode())
    out = text.split("0; url=")[1].split('"')[0]
    state = parse_qs(urlsplit(out).query)["state"][0]
    code = "authCode" if way == "dingtalk" else "code"
    return client.get(f"/accounts/{way}/login/callback/", {code: "c", "state": state})


@pytest.mark.parametrize("way", WAYS)
def test_an_account_is_connected_once_and_then_signs_in(signed_in: Callable[..., Client], way: str) -> None:
    """Breaks if the company's login cannot be used, or leads to somebody else."""
    assert go(signed_in("E102"), way, "connect").url == "/accounts/3rdparty/"
    assert SocialAccount.objects.get().user.username == "e102"
    fresh = Client()
    assert go(fresh, way).url == "/home/"
    assert fresh.session["_auth_user_id"] == str(User.objects.get().pk)


@pytest.mark.parametrize("way", WAYS)
def test_an_unknown_account_makes_no_user(client: Client, office: Any, elsewhere: StandIn, way: str) -> None:
    """Breaks if anybody of the provider's can come in without being invited."""
    answer = go(client, way)
    assert "没有对应的账号" in answer.content.decode()
    assert not User.objects.exists()
    assert "_auth_user_id" not in client.session


def test_the_same_address_elsewhere_is_not_enough(
    client: Client, member: Callable[..., User], elsewhere: StandIn
) -> None:
    """Breaks if an account with somebody's address, made at the provider, opens theirs here."""
    user = member("E102")
    user.email = elsewhere.email = "lv@example.com"
    user.save()
    go(client, "oidc/company")
    assert "_auth_user_id" not in client.session
    assert not SocialAccount.objects.exists()


def test_a_connected_account_belongs_to_one_person(signed_in: Callable[..., Client]) -> None:
    """Breaks if two people share a login."""
    go(signed_in("E102"), "feishu", "connect")
    go(signed_in("E103"), "feishu", "connect")
    assert SocialAccount.objects.get().user.username == "e102"


def test_a_closed_account_stays_out_this_way_too(signed_in: Callable[..., Client]) -> None:
    """Breaks if who left comes in through the company's login."""
    go(signed_in("E102"), "weixin", "connect")
    User.objects.update(is_active=False)
    fresh = Client()
    go(fresh, "weixin")
    assert "_auth_user_id" not in fresh.session


def test_an_account_is_disconnected_again(signed_in: Callable[..., Client]) -> None:
    """Breaks if a connection cannot be taken back."""
    client = signed_in("E102")
    go(client, "dingtalk", "connect")
    assert "钉钉" in client.get("/accounts/3rdparty/").content.decode()
    client.post("/accounts/3rdparty/", {"account": SocialAccount.objects.get().pk})
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("way", WAYS)
def test_a_provider_that_fails_is_told_so(client: Client, office: Any, elsewhere: StandIn, way: str) -> None:
    """Breaks if trouble at the provider ends in a fault of ours."""
    client.post(f"/accounts/{way}/login/")
    elsewhere.broken = True
    assert client.post("/accounts/oidc/company/login/").status_code == 502
    answer = client.get(f"/accounts/{way}/login/callback/", {"code": "c", "state": "wrong"})
    assert "登录没有成功" in answer.content.decode()


def test_the_login_page_offers_what_is_set_up_and_nothing_else(client: Client, db: None, settings: Any) -> None:
    """Breaks if buttons lead nowhere, or a configured login is not offered."""
    text = client.get(LOGIN).content.decode()
    assert all(name in text for name in ("钉钉", "飞书", "微信", "公司账号"))
    settings.SOCIALACCOUNT_PROVIDERS = {"feishu": settings.SOCIALACCOUNT_PROVIDERS["feishu"]}
    text = client.get(LOGIN).content.decode()
    assert "飞书" in text
    assert "钉钉" not in text
    assert client.post("/accounts/dingtalk/login/").status_code == 404
    assert client.get("/accounts/oidc/company/login/callback/").status_code == 404
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert "其他账号" not in client.get(LOGIN).content.decode()


def test_leaving_for_a_provider_is_a_page_not_a_redirect(client: Client, db: None) -> None:
    """Breaks in browsers that keep forms to our own host (`form-action`), which covers redirects after a form."""
    answer = client.post("/accounts/weixin/login/")
    assert answer.status_code == 200
    assert 'http-equiv="refresh"' in answer.content.decode()
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
