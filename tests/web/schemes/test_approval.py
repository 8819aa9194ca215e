"""HR amends, the general manager approves (S1 ❺ 8): two people, one effect, and nothing in force before."""

from __future__ import annotations

from datetime import date

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.targets import GROUP
from fairwrench.web.schemes.approval.selectors import approvers, tasks_of
from fairwrench.web.schemes.approval.services import (
    version_approve,
    version_propose,
    version_send_back,
    version_take_back,
    version_withdraw,
)
from fairwrench.web.schemes.approval.workflow import VERSIONS
from fairwrench.web.schemes.documents.kept import version_path
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.selectors import editions_seen, opened, scheme_at
from tests.web.declaring import months_settled

State = SchemeVersion.State
NOVEMBER, DECEMBER, JANUARY = Month(2026, 11), Month(2026, 12), Month(2027, 1)


@pytest.fixture(autouse=True)
def november(monkeypatch):
    """It is the 10th of November 2026."""
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 11, 10))


@pytest.fixture
def proposed(draft, hr):
    """HR proposes a new draft: `proposed("2026.2", begins=JANUARY)`."""

    def made(version="2026.1", begins=DECEMBER, by=hr):
        return version_propose(version=draft(version), begins=begins, ground="返修率连续三月超标", by=by)

    return made


def refused(do) -> str:
    with pytest.raises(Refused) as told:
        do()
    return told.value.problems[0].code


def done(version) -> list[str]:
    return list(VERSIONS.steps(version).values_list("act", flat=True))


def post(client, name, version, **data):
    return client.post(reverse(f"schemes:{name}", args=[version.pk]), data)


def test_the_whole_path_by_the_pages(draft, hr, manager, technician, signed_in):
    """Fails when a version cannot be proposed, seen, sent back, proposed again and approved by clicking, or counts
    before it was approved."""
    version, office, above = draft(), signed_in(hr), signed_in(manager)
    assert post(office, "propose", version, begins="2026-12", ground="质量会决定").url == reverse("schemes:list")
    assert scheme_at(month=DECEMBER).scheme == "dealership"
    listed = above.get(reverse("schemes:list")).text
    for words in ("待总经理批准", "待您批准", "拟自 2026-12 起适用", "质量会决定", f"compare/?new={version.pk}"):
        assert words in listed, words
    assert above.get(reverse("schemes:compare"), {"new": version.pk}).status_code == 200
    page = above.get(reverse("schemes:version", args=[version.pk])).text
    assert 'name="revision" value="1"' in page
    assert post(above, "send_back", version, revision=1, reason="请附测算").status_code == 302
    assert scheme_at(month=DECEMBER).scheme == "dealership"
    again = office.get(reverse("schemes:version", args=[version.pk])).text
    for words in ("已退回", "请附测算", '<option value="2026-12" selected>', "质量会决定"):
        assert words in again, words
    post(office, "propose", version, begins="2026-12", ground="质量会决定，附测算")
    assert post(above, "approve", version, revision=3).url == reverse("schemes:list")
    assert scheme_at(month=NOVEMBER).scheme == "dealership"
    assert scheme_at(month=DECEMBER).scheme == "strict"
    listed = above.get(reverse("schemes:list")).text
    for words in ("已批准，待生效", "自 2026-12 起适用", "适用至 2026-11", "现行", "请附测算", "孙人事", "郭总"):
        assert words in listed, words
    assert "待您批准" not in listed
    everybody = signed_in(technician).get(reverse("schemes:list")).text
    assert "质量会决定，附测算" in everybody
    assert "请附测算" not in everybody


def test_every_step_is_on_record(proposed, draft, hr, manager, signed_in):
    """Fails when nobody could say who proposed, took back, sent back, approved or withdrew a version, when and why."""
    version, office, above = draft(), signed_in(hr), signed_in(manager)
    post(office, "propose", version, begins="2026-12", ground="一")
    post(office, "take_back", version)
    post(office, "propose", version, begins="2027-01", ground="二")
    post(above, "send_back", version, revision=3, reason="三")
    post(office, "propose", version, begins="2027-02", ground="四")
    post(above, "approve", version, revision=5)
    post(office, "withdraw", version)
    version.refresh_from_db()
    assert version.state == State.ADOPTED  # not without a reason
    post(office, "withdraw", version, reason="五")
    told = list(VERSIONS.steps(version).values_list("act", "by", "about__begins", "note"))
    assert told == [
        ("propose", hr.pk, "2026-12", "一"),
        ("take_back", hr.pk, "2026-12", ""),
        ("propose", hr.pk, "2027-01", "二"),
        ("send_back", manager.pk, "2027-01", "三"),
        ("propose", hr.pk, "2027-02", "四"),
        ("approve", manager.pk, "2027-02", ""),
        ("withdraw", hr.pk, "2027-02", "五"),
    ]
    entries = LogEntry.objects.get_for_object(version).exclude(action=LogEntry.Action.CREATE).order_by("id")
    moves = [(entry.actor, entry.changes["state"]) for entry in entries]
    assert moves[3] == (manager, ["proposed", "draft"])
    assert moves[5] == (manager, ["proposed", "adopted"])
    assert moves[6] == (hr, ["adopted", "withdrawn"])


def test_hr_does_not_approve_and_the_general_manager_does_not_propose(proposed, draft, member, signed_in):
    """Fails when one role could put rules into force alone, by the page or past it."""
    waiting, other = proposed(), draft("2026.2")
    hr, manager, technician = member("E104"), member("E001", "general_manager"), member("E102")
    for user in (hr, technician):
        for name in ("approve", "send_back"):
            assert post(signed_in(user), name, waiting, revision=1, reason="不行").status_code == 403
        with pytest.raises(PermissionDenied):
            version_approve(version=waiting, seen=1, by=user)
        with pytest.raises(PermissionDenied):
            version_send_back(version=waiting, seen=1, reason="不行", by=user)
    for user in (manager, technician):
        for name in ("propose", "take_back", "withdraw", "document"):
            assert post(signed_in(user), name, other, begins="2026-12", ground="x").status_code == 403
        with pytest.raises(PermissionDenied):
            version_propose(version=other, begins=DECEMBER, ground="x", by=user)
        with pytest.raises(PermissionDenied):
            version_take_back(version=waiting, by=user)
        with pytest.raises(PermissionDenied):
            version_withdraw(version=other, by=user)
    assert (done(waiting), done(other)) == (["propose"], [])


def test_nobody_approves_what_they_proposed(proposed, member, manager, signed_in):
    """Fails when somebody who holds both roles could do alone what takes two."""
    both = member("E201", "hr", "general_manager")
    version = proposed(by=both)
    assert may(both, "schemes.approve", about=GROUP)
    assert refused(lambda: version_approve(version=version, seen=1, by=both)) == "same_person"
    client = signed_in(both)
    page = client.get(reverse("schemes:version", args=[version.pk])).text
    assert "须由另一位总经理批准" in page
    assert reverse("schemes:approve", args=[version.pk]) not in page
    assert (
        "须由另一位总经理批准"
        in client.post(reverse("schemes:approve", args=[version.pk]), {"revision": 1}, follow=True).text
    )
    assert tasks_of(user=User.objects.get(pk=both.pk)) == []
    assert version_approve(version=version, seen=1, by=manager).state == State.ADOPTED


def test_the_general_manager_of_one_store_does_not_approve(proposed, member, signed_in):
    """Fails when one store's general manager could change the rules of all; reading the proposal stays allowed."""
    version, of_store = proposed(), member("E201", ("general_manager", "西店"))
    client = signed_in(of_store)
    for name in ("approve", "send_back"):
        assert post(client, name, version, revision=1, reason="不行").status_code == 403
    with pytest.raises(PermissionDenied):
        version_approve(version=version, seen=1, by=of_store)
    page = client.get(reverse("schemes:version", args=[version.pk]))
    assert page.status_code == 200
    assert reverse("schemes:approve", args=[version.pk]) not in page.text
    assert "待您批准" not in client.get(reverse("schemes:list")).text


def test_approval_asks_again_whether_the_month_is_free(proposed, manager, signed_in):
    """Fails when a month settled, or another version approved, since the proposal would be overridden by it."""
    version, second = proposed(), proposed("2026.2")
    months_settled(DECEMBER)
    assert refused(lambda: version_approve(version=version, seen=1, by=manager)) == "settled"
    page = signed_in(manager).get(reverse("schemes:version", args=[version.pk])).text
    assert "现在不能批准，请退回" in page
    assert "2026-12 已经核算" in page
    assert "disabled data-confirm" in page
    months_settled()
    assert version_approve(version=version, seen=1, by=manager).state == State.ADOPTED
    assert refused(lambda: version_approve(version=second, seen=1, by=manager)) == "taken"
    assert version_send_back(version=second, seen=1, reason="月份已有版本", by=manager).state == State.DRAFT
    assert (done(version), done(second)) == (["propose", "approve"], ["propose", "send_back"])


def test_the_database_keeps_two_approvals_of_one_month_apart(proposed, manager, monkeypatch):
    """Fails when two versions approved in the same moment would both begin in one month, or the second be an error."""
    first, second = proposed(), proposed("2026.2")
    version_approve(version=first, seen=1, by=manager)
    monkeypatch.setattr("fairwrench.web.schemes.approval.workflow.obstacles", lambda **_: [])
    assert refused(lambda: version_approve(version=second, seen=1, by=manager)) == "taken"
    assert done(second) == ["propose"]


def test_another_document_than_was_proposed_is_not_approved(proposed, manager):
    """Fails when a file changed on the server after it was checked could become the rules."""
    version = proposed()
    path = version_path(version=version)
    path.write_text(path.read_text(encoding="utf-8").replace("0.02", "0.5"), encoding="utf-8")
    opened.cache_clear()
    assert refused(lambda: version_approve(version=version, seen=1, by=manager)) == "another_document"


def test_an_old_page_decides_nothing(proposed, hr, manager, signed_in):
    """Fails when a proposal that was taken back, or proposed anew otherwise, could be approved by a page that showed
    what it was before."""
    version = proposed()
    version_take_back(version=version, by=hr)
    for act in ("approve", "send_back"):
        page = signed_in(manager).post(
            reverse(f"schemes:{act}", args=[version.pk]), {"revision": 1, "reason": "不行"}, follow=True
        )
        assert "已有变动" in page.text
    version_propose(version=version, begins=JANUARY, ground="返修率连续三月超标", by=hr)
    assert refused(lambda: version_approve(version=version, seen=1, by=manager)) == "moved_on"
    for unknown in ("", "x", "²", "9" * 30):
        post(signed_in(manager), "approve", version, revision=unknown)
    assert SchemeVersion.objects.get().state == State.PROPOSED
    assert version_approve(version=version, seen=3, by=manager).begins == "2027-01"


def test_pressed_twice_it_is_done_once(draft, hr, manager, member):
    """Fails when a second press would write a second step, change who did the first, or say that it failed."""
    version, other = draft(), member("E201", "hr", "general_manager")
    for by in (hr, hr, other):
        version_propose(version=version, begins=DECEMBER, ground="一", by=by)
    for by in (manager, manager):
        version_send_back(version=version, seen=1, reason="二", by=by)
    version_propose(version=version, begins=DECEMBER, ground="一", by=hr)
    for by in (hr, other):
        version_take_back(version=version, by=by)
    version_propose(version=version, begins=DECEMBER, ground="一", by=hr)
    logged = LogEntry.objects.get_for_object(version).count()
    for by in (manager, manager):
        assert version_approve(version=version, seen=5, by=by).state == State.ADOPTED
    assert refused(lambda: version_approve(version=version, seen=5, by=other)) == "moved_on"
    assert LogEntry.objects.get_for_object(version).count() == logged + 1
    assert done(version) == [*("propose", "send_back", "propose", "take_back", "propose", "approve")]
    assert VERSIONS.steps(version).last().by == manager
    for do in (
        lambda: version_propose(version=version, begins=JANUARY, ground="一", by=other),
        lambda: version_send_back(version=version, seen=5, reason="晚了", by=manager),
        lambda: version_take_back(version=version, by=hr),
    ):
        assert refused(do) == "moved_on"


def test_a_proposal_of_somebody_else_is_not_changed_by_proposing(proposed, member):
    """Fails when a second person's month or ground would silently replace, or be taken for, the first one's."""
    version, other = proposed(), member("E201", "hr")
    for begins, ground in ((JANUARY, "返修率连续三月超标"), (DECEMBER, "另有原因")):
        asked = refused(lambda: version_propose(version=version, begins=begins, ground=ground, by=other))  # noqa: B023
        assert asked == "moved_on"
    assert refused(lambda: version_withdraw(version=version, by=other)) == "moved_on"
    assert done(version) == ["propose"]


def test_ground_and_reason_are_asked_for(draft, hr, manager, signed_in):
    """Fails when a version could be proposed, or sent back, without a word why."""
    version, client = draft(), signed_in(hr)
    late = post(client, "propose", version, begins="2020-01", ground=" ")
    assert late.status_code == 200
    assert late.text.count("invalid-feedback") == 2
    assert client.get(reverse("schemes:propose", args=[version.pk])).url == reverse(
        "schemes:version", args=[version.pk]
    )
    assert refused(lambda: version_propose(version=version, begins=DECEMBER, ground=" ", by=hr)) == "no_ground"
    version_propose(version=version, begins=DECEMBER, ground="一", by=hr)
    told = signed_in(manager).post(
        reverse("schemes:send_back", args=[version.pk]), {"revision": 1, "reason": " "}, follow=True
    )
    assert "退回时请写明原因" in told.text
    assert done(version) == ["propose"]


def test_hr_learns_when_nobody_may_approve(draft, hr, member, signed_in):
    """Fails when a proposal would wait for somebody who does not exist, without a word."""
    version = draft()
    address = reverse("schemes:version", args=[version.pk])
    member("E201", ("general_manager", "西店"))
    User.objects.filter(pk=member("E102", "general_manager").pk).update(is_active=False)
    assert approvers(besides=hr) == []
    assert "目前没有其他人可以批准" in signed_in(hr).get(address).text
    whole = member("E001", "general_manager")
    assert approvers(besides=hr) == [whole]
    page = signed_in(hr).get(address).text
    assert "目前没有其他人可以批准" not in page
    assert "批准人：郭总" in page


def test_what_waits_is_told_to_whom_it_waits_for(proposed, hr, manager, technician):
    """Fails when the general manager would not learn of a proposal, HR not of what came back, or anybody else of it."""
    version = proposed()
    assert [task.version for task in tasks_of(user=manager)] == [version]
    assert (tasks_of(user=hr), tasks_of(user=technician)) == ([], [])
    version_send_back(version=version, seen=1, reason="请附测算", by=manager)
    assert [(task.returned, task.step.note) for task in tasks_of(user=hr)] == [(True, "请附测算")]
    assert tasks_of(user=manager) == []
    assert [edition.standing for edition in editions_seen(user=hr)] == ["returned", "now"]
    assert [edition.standing for edition in editions_seen(user=technician)] == ["now"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_speak_one_language(proposed, draft, member, signed_in, language):
    """Fails when a page of the approval lacks words in one of the languages."""
    words = {
        "zh-hans": ("请审批", "提交审批", "撤回提交"),
        "en": ("For you to decide", "Propose", "Take the proposal back"),
    }
    waiting, begun = proposed(), draft("2026.2")
    hr, manager = member("E104"), member("E001", "general_manager")
    pages = [
        signed_in(user, language).get(reverse("schemes:version", args=[version.pk])).text
        for user, version in ((manager, waiting), (hr, begun), (hr, waiting))
    ]
    for page, word in zip(pages, words[language], strict=True):
        assert word in page
    listed = signed_in(manager, language).get(reverse("schemes:list")).text
    assert {"zh-hans": "待您批准", "en": "waits for your approval"}[language] in listed
