"""Pages of background work: whoever began it sees that it failed, administrators see everybody's."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from fairwrench.web.access.models import Grant, User
from fairwrench.web.work.models import Job

pytestmark = pytest.mark.django_db
FAILED = {"state": Job.State.FAILED, "problems": [{"code": "fault", "zh": "程序出错", "en": "a fault of ours"}]}


def account(name: str, *roles: str) -> User:
    """Somebody off the roster, with roles for the whole group."""
    user = User.objects.create_user(name, name=name)
    Grant.objects.bulk_create(Grant(user=user, role=role) for role in roles)
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def failed(by: User | None, key: str = "settle:2026-10", **more: Any) -> Job:
    told = {"severity": "error", "path": [], "details": {}, "subject": "", "file": "", "line": None}
    problems = [{**told, **FAILED["problems"][0]}]
    return Job.objects.create(
        kind="settle_month", key=key, by=by, arguments={"month": "2026-10"}, state=Job.State.FAILED, problems=problems
    )


def test_failed_work_is_seen_by_whoever_began_it(settings: Any) -> None:
    """Fails when work that failed is seen on the page of the month alone, or by nobody."""
    hr, other = account("hr", "hr"), account("other", "hr")
    job = failed(hr)
    mine = client_of(hr).get("/jobs/?state=failed").text
    assert "锁定数据并核算" in mine and "2026-10" in mine
    assert "settle_month" not in mine and "settle:" not in mine
    assert "有 1 项后台任务没有完成" in client_of(hr).get("/months/").text
    assert "锁定数据并核算" not in client_of(other).get("/jobs/").text
    assert "后台任务没有完成" not in client_of(other).get("/months/").text
    page = client_of(hr).get(f"/jobs/{job.pk}/about/").text
    assert "程序出错" in page and "再试一次" in page


def test_administrators_see_everybodys(settings: Any) -> None:
    """Fails when what nobody began, the estimate after a landing say, fails without anybody being told."""
    failed(None), failed(account("hr", "hr"), key="settle:2026-09")
    administrator = client_of(account("admin", "administrator"))
    answer = administrator.get("/jobs/")
    assert answer.context["table"].paginator.count == 2
    assert "有 2 项后台任务没有完成" in administrator.get("/settings/users/").text


def test_what_was_done_again_is_forgotten() -> None:
    """Fails when somebody is reminded of a failure that a later try made good."""
    hr = account("hr", "hr")
    failed(hr)
    Job.objects.create(kind="settle_month", key="settle:2026-10", by=hr, state=Job.State.DONE)
    assert "后台任务没有完成" not in client_of(hr).get("/months/").text


def test_an_administrator_of_one_store_sees_no_work_of_others() -> None:
    """Fails when a role that is held for some store opens everybody's work."""
    from fairwrench.web.org.models import Unit

    failed(account("hr", "hr"))
    store = Unit.objects.create(name="东店", kind=Unit.Kind.STORE)
    some = account("some")
    Grant.objects.create(user=some, role="administrator", unit=store)
    assert client_of(some).get("/jobs/").context["table"].paginator.count == 0


def test_a_made_up_state_is_a_bad_request() -> None:
    """Fails when a forged filter is taken for none."""
    assert client_of(account("x")).get("/jobs/?state=lost").status_code == 400
