"""A file about a team whose shares were confirmed in the application: nothing of it lands without a decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import TestCase

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.evidence import tasks
from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.reading.reading import read_file
from fairwrench.web.evidence.uploads.services import upload_add, upload_land
from fairwrench.web.teams.confirming.services import team_set_confirm, team_set_withdraw
from tests.web.teams.conftest import EAST, FORM, OCTOBER, TEAM, URL, browser, draft, filed, holding, in_ledger
from tests.web.teams.test_confirming import FIRST, confirm

HEAD = "月份,门店,班组,成员,生效日期,份额"
CONFIRMED = {(TEAM, FIRST): {"E102": 600, "E103": 400}}


@pytest.fixture
def hand_in(hr: User, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Hands a file in as HR and lands it; the codes of what it is refused for, none where it landed."""
    monkeypatch.setattr(tasks, "read_file_bounded", read_file)

    def given(*rows: str) -> list[str]:
        content = "\n".join([HEAD, *(f"2026-10,{EAST},{row}" for row in rows), ""]).encode()
        with TestCase.captureOnCommitCallbacks(execute=True):
            taken = upload_add(content=content, name="班组分配.csv", month=OCTOBER, by=hr)
        assert taken.upload is not None
        upload = Upload.objects.get(pk=taken.upload.pk)
        assert upload.state == Upload.State.READ, upload.problems
        try:
            with TestCase.captureOnCommitCallbacks(execute=True):
                upload_land(upload=upload, by=hr, version=upload.version)
        except Refused as refused:
            return [problem.code for problem in refused.problems]
        assert Upload.objects.get(pk=upload.pk).state == Upload.State.LANDED
        return []

    return given


@pytest.mark.parametrize(
    "row",
    [
        f"{TEAM},E101,{FIRST},0.1",
        f"{TEAM},E102,{FIRST},0.5",
        f"机电 一组,E101,{FIRST},0.1",
        f"机电 一组,E102,{FIRST},0.6",
        f"{TEAM},E103,2026-10-16,1",
    ],
    ids=["one member more", "another share", "written otherwise", "the same beside it", "from a later day"],
)
def test_what_would_change_confirmed_shares_does_not_land(row: str, chief: User, hand_in: Any) -> None:
    """Breaks if one row of a file makes the leader's shares add up to more than 1, so that they hold no more."""
    confirm({"E102": "0.6", "E103": "0.4"}, chief)
    assert hand_in(row) == ["decided_in_app"]
    assert holding() == CONFIRMED


def test_what_says_the_same_or_is_of_another_team_lands(chief: User, hand_in: Any) -> None:
    """Breaks if a file of the whole month is refused for a team that it leaves as it stands."""
    confirm({"E102": "0.6", "E103": "0.4"}, chief)
    assert hand_in(f"{TEAM},E102,{FIRST},0.6", f"{TEAM},E103,{FIRST},0.4", f"漆工组,E104,{FIRST},1") == []
    assert holding() == {**CONFIRMED, ("漆工组", FIRST): {"E104": 1000}}


def test_what_was_taken_back_binds_no_file(chief: User, hand_in: Any) -> None:
    """Breaks if shares that nobody holds any more keep a file out."""
    confirm({"E102": "0.6", "E103": "0.4"}, chief)
    with TestCase.captureOnCommitCallbacks(execute=True):
        team_set_withdraw(draft=draft({}, seen={"E102": 600, "E103": 400}), by=chief)
    assert hand_in(f"{TEAM},E101,{FIRST},1") == []


def test_shares_of_a_file_are_not_taken_back_and_the_reason_is_true(chief: User) -> None:
    """Breaks if somebody on a page just opened reads that it was changed since."""
    filed({"E102": "0.6", "E103": "0.4"})
    with pytest.raises(Refused, match="come from a file"):
        team_set_withdraw(draft=draft({}, seen={"E102": 600, "E103": 400}), by=chief)


def test_another_day_on_a_page_just_opened_is_no_change_by_others(chief: User) -> None:
    """Breaks if who opens the shares from the first, and fills in the 16th, is told that somebody changed them; or if
    they write over those from the 16th, which the page did not show."""
    seen = {"E102": 600, "E103": 400}
    confirm({"E102": "0.6", "E103": "0.4"}, chief)
    late = {"begin": date(2026, 10, 16), "shown": OCTOBER.first}
    team_set_confirm(draft=draft({"E102": "1"}, seen=seen, **late), by=chief)
    with pytest.raises(Refused, match="already") as refused:
        team_set_confirm(draft=draft({"E103": "1"}, seen=seen, **late), by=chief)
    assert [problem.code for problem in refused.value.problems] == ["begin"]
    assert "改动" not in refused.value.problems[0].zh
    page = browser(chief).get(URL, {"store": EAST, "team": TEAM, "begin": FIRST})
    assert f'name="shown" value="{FIRST}"' in page.text
    sent = {**FORM, "seen": "E102=600,E103=400", "shown": FIRST, "begin": "2026-10-20", "share-0": "1", "share-1": "0"}
    assert browser(chief).post(URL, sent).status_code == 302
    assert len(in_ledger()) == 2 and (TEAM, "2026-10-20") in holding()
