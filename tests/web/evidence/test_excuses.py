"""Rows excused: asked for by who may speak for them, decided by somebody else, landed as one row of exemptions."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from fairwrench.ledger.batches import Ledger
from fairwrench.settlement.problem import Refused
from fairwrench.web.evidence import hooks, selectors
from fairwrench.web.evidence.excuses import excuse_ask, excuse_decide, excuses_seen, metrics_of, rows_found
from fairwrench.web.evidence.models import Excuse, Upload
from fairwrench.web.evidence.services import upload_land
from tests.web.evidence.conftest import OCTOBER

KEY = "东店|A1"
METRIC = "on_time_delivery"


@pytest.fixture
def there(hand_in, hr):
    """Two orders of the eastern store lie in the ledger."""
    upload = hand_in()
    upload_land(upload=Upload.objects.get(pk=upload.pk), by=hr, version=upload.version)


@pytest.fixture
def provider(user):
    return user("E2", "data_provider", duties=[("repair_orders", "东店")])


def ask(user, **told):
    given = {"source": "repair_orders", "key": KEY, "metric": METRIC, "month": OCTOBER, "reason": "暴雨停电"}
    return excuse_ask(user=user, **{**given, **told})


def test_an_approved_row_lands_with_who_approved_it(there, provider, hr, settings):
    """Fails when an excused row would have no effect, or nobody's name under it."""
    assert METRIC in metrics_of(selectors.scheme_at(month=OCTOBER), "repair_orders")
    excuse = ask(provider)
    assert excuse.credited == ["E2"]
    now = excuse_decide(excuse=excuse, by=hr, approve=True)
    now = Excuse.objects.get(pk=now.pk)
    rows = selectors.ledger().current("exemptions", selectors.sources()["exemptions"])
    (row,) = rows.select("source", "key", "metric", "month", "store", "reason", "approved_by").rows()
    assert row == ("repair_orders", KEY, METRIC, "2026-10", "东店", "暴雨停电", "H1")
    assert (now.landing.source, now.landing.number, now.landing.period) == ("exemptions", 1, "2026-10")
    assert [batch.by for batch in Ledger(settings.LEDGER).batches("exemptions")] == ["孙人事 H1"]


def test_after_a_month_is_published_it_lands_for_the_open_one(there, provider, hr):
    """Fails when an excuse would slip behind figures that are paid instead of becoming a correction."""
    excuse = ask(provider)
    hooks.IS_CLOSED.append(lambda month: month == OCTOBER)
    hooks.OPEN_MONTH.append(lambda: OCTOBER.plus(1))
    excuse_decide(excuse=excuse, by=hr, approve=True)
    assert Excuse.objects.get().landing.period == "2026-11"


def test_nobody_decides_their_own_request_or_figure(there, user, hr):
    """Fails when somebody could excuse oneself."""
    own = ask(hr)
    with pytest.raises(PermissionDenied):
        excuse_decide(excuse=own, by=hr, approve=True)
    advisor = user("E2", "hr")
    with pytest.raises(PermissionDenied):
        excuse_decide(excuse=own, by=advisor, approve=True)
    with pytest.raises(PermissionDenied):
        excuse_decide(excuse=own, by=user("W1", ("hr", "西店")), approve=True)
    assert excuse_decide(excuse=own, by=user("H2", ("hr", "东店")), approve=False, note="不符合").state == "refused"


def test_two_who_decide_at_once_decide_once(there, provider, hr, user):
    """Fails when a refusal would overwrite an approval that landed."""
    excuse = ask(provider)
    excuse_decide(excuse=excuse, by=hr, approve=True)
    with pytest.raises(Refused):
        excuse_decide(excuse=excuse, by=user("H2", "hr"), approve=False, note="晚了")
    assert Excuse.objects.get().state == "approved"


@pytest.mark.parametrize(
    "told",
    [{"key": "东店|没有"}, {"metric": "attendance_rate"}, {"metric": ""}, {"reason": " "}, {"source": "nothing"}],
)
def test_what_cannot_be_excused_is_refused(there, provider, told):
    """Fails when a request would name what is not there."""
    with pytest.raises(Refused):
        ask(provider, **told)


def test_a_row_is_asked_for_once(there, provider, hr):
    """Fails when the same row would wait to be decided twice."""
    ask(provider)
    with pytest.raises(Refused):
        ask(hr)


def test_only_rows_one_may_speak_for_are_found(there, provider, user):
    """Fails when a search would show other stores' orders."""
    stranger = user("W1", "data_provider", duties=[("repair_orders", "西店")])
    assert [row.key for row in rows_found(user=provider, source="repair_orders", month=OCTOBER, sought="A1")] == [KEY]
    assert rows_found(user=stranger, source="repair_orders", month=OCTOBER, sought="A1") == []
    ask(provider)
    assert list(excuses_seen(user=stranger)) == []


def test_it_is_asked_and_decided_by_clicking(there, provider, hr, signed_in):
    """Fails when it would need anything but the pages, or a page would let others decide."""
    mine = signed_in(provider)
    page = mine.get(reverse("evidence:excuse_new"), {"month": "2026-10", "source": "repair_orders", "q": "A1"})
    assert KEY in page.content.decode()
    told = {"source": "repair_orders", "month": "2026-10", "key": KEY, "metric": METRIC, "reason": "停电"}
    answer = mine.post(reverse("evidence:excuse_new"), told)
    assert answer.status_code == 302
    decide = reverse("evidence:excuse_decide", args=[Excuse.objects.get().pk])
    assert mine.post(decide, {"decision": "approve"}).status_code == 403
    assert "停电" in signed_in(hr).get(answer.url).content.decode()
    signed_in(hr).post(decide, {"decision": "approve"})
    assert Excuse.objects.get().landing is not None
    assert "A1" in signed_in(hr).get(reverse("evidence:excuses")).content.decode()
    assert mine.post(reverse("evidence:excuse_new"), {**told, "reason": ""}).status_code == 200
