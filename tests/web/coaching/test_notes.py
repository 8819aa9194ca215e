"""Notes: who writes about whom, who reads them, what raters see, and that nothing is said anew without a trace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import Delegation, User, Viewed
from fairwrench.web.coaching.declared import history_of
from fairwrench.web.coaching.models import Note
from fairwrench.web.coaching.notes.selectors import facts_of_notes, notes_seen
from fairwrench.web.coaching.notes.services import Draft, note_correct, note_write
from fairwrench.web.coaching.notes.workflow import NOTES
from fairwrench.web.org.models import Assignment
from fairwrench.web.people.employees import employee_leave
from fairwrench.web.settlements.ratings.facts import facts_noted
from fairwrench.web.tasks.models import Task
from fairwrench.web.work.models import Notice
from tests.web.coaching.conftest import TODAY, browser, codes, noted, person

FORM = {"kind": "coaching", "who": "E102", "day": TODAY.isoformat(), "words": "先锁保险", "once": "0" * 32}


def readers(note: Note) -> set[str]:
    """The user names of those who read a note; scopes as a request begins with."""
    return {user.username for user in User.objects.all() if notes_seen(user=user).filter(pk=note.pk).exists()}


def test_a_note_is_read_by_the_person_and_their_managers_alone(
    chief: User, technician: User, colleague: User, boss: User, hr: User
) -> None:
    """Breaks if a colleague or HR reads what was said between two, or the person or a manager does not."""
    assert readers(noted(chief)) == {"e101", "e102", "e001"}
    assert readers(noted(technician, "feedback", "E103")) == {"e102", "e103", "e101", "e001"}
    assert [notice.to for notice in Notice.objects.order_by("pk")] == [technician, colleague]


def test_a_draft_is_for_managers_until_it_is_shared(chief: User, technician: User, boss: User) -> None:
    """Breaks if the person reads a draft, or a rater sees what the person may not read."""
    draft = noted(chief, hidden=True)
    assert readers(draft) == {"e101", "e001"} and not Notice.objects.exists()
    assert facts_of_notes("2026-10", ["E102"]) == {}
    with pytest.raises(PermissionDenied):
        NOTES.act(record=draft, name="share", by=boss)
    NOTES.act(record=draft, name="share", by=chief)
    assert readers(draft) == {"e101", "e102", "e001"}
    (fact,) = facts_of_notes("2026-10", ["E102", "E103"])["E102"]
    assert (fact.text, fact.day, fact.near) == ("举升机操作要先锁保险", TODAY, True)
    assert facts_of_notes("2026-09", ["E102"]) == {}
    # a praise is never hidden, whatever a forged form says
    assert noted(chief, "praise", hidden=True).state == "shared"


def test_standing_in_for_the_manager_shows_nobody_a_draft_about_themselves(chief: User, technician: User) -> None:
    """Breaks if a stand-in reads what their own manager keeps back from them."""
    draft = noted(chief, hidden=True)
    days = {"begin": TODAY, "end": TODAY, "leads": True, "state": Delegation.State.APPROVED}
    Delegation.objects.create(away=person("E101"), stand_in=person("E102"), **days)
    assert readers(draft) == {"e101"}
    assert readers(noted(chief, who="E103", hidden=True)) == {"e101", "e102"}


def test_what_raters_see_is_for_those_near_alone(chief: User, hr: User, technician: User) -> None:
    """Breaks if who oversees a store reads notes by way of the facts beside a rating."""
    noted(chief)
    told = {user: facts_noted(month="2026-10", employee_id="E102", user=user) for user in (chief, technician, hr)}
    assert [part.words[0] for part in told[chief]] == [part.words[0] for part in told[technician]] == ["过程记录"]
    assert told[hr] == []


@pytest.mark.parametrize(
    ("by", "kind", "who", "code"),
    [
        ("E101", "coaching", "E101", "oneself"),
        ("E102", "feedback", "E102", "oneself"),
        ("E101", "coaching", "E202", "not_led"),
        ("E102", "coaching", "E103", "not_led"),
        ("E102", "praise", "E202", "not_led"),
        ("E102", "meeting", "E103", "not_led"),
        ("E101", "meeting", "", "no_attendees"),
    ],
)
def test_nobody_writes_about_themselves_or_out_of_reach(
    member: Callable[..., User], by: str, kind: str, who: str, code: str
) -> None:
    """Breaks if somebody notes coaching of another's people, or praises themselves."""
    about: dict[str, Any] = {"about": person(who)} if who and kind != "meeting" else {}
    with pytest.raises(Refused) as refused:
        note_write(draft=Draft(kind=kind, day=TODAY, words="x", **about), by=member(by))
    assert codes(refused) == [code]


def test_who_left_or_moved_is_written_about_no_more(
    chief: User, member: Callable[..., User], on_day: Callable[[date], None]
) -> None:
    """Breaks if the former manager goes on noting, or a note about who left is taken."""
    other = member("E201")
    before = noted(chief)
    Assignment.objects.filter(employee=person("E102")).update(manager=person("E201"))
    chief, other = User.objects.get(pk=chief.pk), User.objects.get(pk=other.pk)
    with pytest.raises(Refused) as refused:
        noted(chief)
    assert codes(refused) == ["not_led"]
    # what was noted goes with the person: the new manager reads it, who wrote it still does
    assert readers(before) == {"e101", "e201"} and noted(other).state == "shared"
    employee_leave(employee=person("E102"), last_day=TODAY)
    on_day(TODAY + timedelta(1))
    with pytest.raises(Refused) as refused:
        noted(other)
    assert codes(refused) == ["has_left"]
    assert history_of(person("E102")) and not history_of(person("E103"))


def test_a_bad_day_and_bad_words_are_told_together(chief: User) -> None:
    """Breaks if a note is dated ahead or long ago, holds nothing, or has no bound."""
    for told, code in (
        ({"day": TODAY + timedelta(1), "words": " \u200b"}, ["no_words", "future"]),
        ({"day": TODAY - timedelta(3651), "words": "长" * 20_000}, ["too_long", "long_ago"]),
    ):
        with pytest.raises(Refused) as refused:
            noted(chief, **told)
        assert codes(refused) == code


def test_a_correction_keeps_both_versions_and_taking_back_says_why(chief: User, technician: User) -> None:
    """Breaks if what was said is changed without a trace, or vanishes; or a second tab overwrites the first."""
    note = noted(chief, "praise")
    told = {"day": TODAY, "topic": "", "words": "先断电 🔌", "decisions": "", "reason": "说错了"}
    note_correct(note=note, by=chief, seen=0, **told)
    note.refresh_from_db()
    assert (note.words, note.versions.get().words) == ("先断电 🔌", "举升机操作要先锁保险")
    with pytest.raises(Refused) as refused:
        note_correct(note=note, by=chief, seen=0, **{**told, "words": "另一个窗口"})
    assert codes(refused) == ["moved_on"]
    with pytest.raises(PermissionDenied):
        note_correct(note=note, by=technician, seen=1, **{**told, "words": "改我的"})
    with pytest.raises(Refused) as refused:
        NOTES.act(record=note, name="take_back", by=chief)
    assert codes(refused) == ["no_reason"]
    NOTES.act(record=note, name="take_back", by=chief, note="记错人了")
    # the person has read it and goes on reading that it was taken back; raters see it no more
    page = browser(technician).get(f"/coaching/{note.pk}/").text
    assert "已撤回" in page and "记错人了" in page and "举升机操作要先锁保险" in page
    assert facts_of_notes("2026-10", ["E102"]) == {}


def test_what_a_draft_said_stays_with_the_managers_after_sharing(chief: User, technician: User, boss: User) -> None:
    """Breaks if the person reads, once a draft is shared, what it said before, or why it was changed then; or if what
    they had read vanishes for them."""
    note = noted(chief, hidden=True, words="考虑调岗")
    told = {"day": TODAY, "topic": "", "decisions": ""}
    note_correct(note=note, by=chief, seen=0, words="再辅导一次", reason="先不提调岗的事", **told)
    NOTES.act(record=note, name="share", by=chief)
    note_correct(note=note, by=chief, seen=2, words="每周辅导一次", reason="补充频次", **told)
    page = browser(technician).get(f"/coaching/{note.pk}/").text
    assert "每周辅导一次" in page and "再辅导一次" in page and "补充频次" in page
    assert "调岗" not in page
    for user in (chief, boss):
        page = browser(user).get(f"/coaching/{note.pk}/").text
        assert "考虑调岗" in page and "先不提调岗的事" in page


def test_a_meeting_is_read_by_who_was_there(chief: User, technician: User, colleague: User, hr: User) -> None:
    """Breaks if a meeting is listed once an attendee, or who was not there reads it."""
    form = {"day": TODAY.isoformat(), "topic": "晨会", "words": "5S", "decisions": "周五检查", "once": "1" * 32}
    browser(chief).post("/coaching/meetings/new/", {**form, "attendees": ["E102"]})
    meeting = Note.objects.get()
    assert readers(meeting) == {"e101", "e102"}
    assert notes_seen(user=chief).count() == 1
    strange = browser(chief).post("/coaching/meetings/new/", {**form, "once": "2" * 32, "attendees": ["E202"]})
    assert strange.status_code == 422 and Note.objects.count() == 1
    assert browser(technician).get("/coaching/meetings/new/").status_code == 403


def test_a_note_becomes_tasks(chief: User, technician: User, hr: User) -> None:
    """Breaks if what was agreed in a talk is not led to from its tasks, or tells of it whoever may not read it."""
    note = noted(chief)
    url = f"/tasks/new/?origin=note&ref={note.pk}&who=E102"
    assert "举升机" not in browser(hr).get(url).text and "辅导 吕技师" in browser(chief).get(url).text
    form = {"who": "E102", "title": "练习锁保险", "due": TODAY.isoformat(), "once": "0" * 32}
    browser(chief).post("/tasks/new/", {**form, "origin": "note", "ref": str(note.pk)})
    browser(hr).post("/tasks/new/", {**form, "origin": "note", "ref": str(note.pk)})
    mine, forged = Task.objects.order_by("pk")
    assert ((mine.origin, mine.origin_ref), forged.origin) == (("note", str(note.pk)), "")
    assert "练习锁保险" in browser(technician).get(f"/coaching/{note.pk}/").text
    # HR sees the task but not the talk that it came of
    page = browser(hr).get(f"/tasks/{mine.pk}/").text
    assert "面谈或会议" in page and f"/coaching/{note.pk}/" not in page


def test_it_is_written_by_clicking_and_says_before_who_will_read_it(
    chief: User, technician: User, django_assert_max_num_queries: Any
) -> None:
    """Breaks if who reads a note is said only afterwards, a form writes twice, or script text runs."""
    page = browser(chief).get("/coaching/new/").text
    assert "谁会看到" in page and "草稿" in page
    assert "草稿" not in browser(technician).get("/coaching/new/").text
    for _ in range(2):
        browser(chief).post("/coaching/new/", {**FORM, "words": "<script>alert(1)</script>"})
    note = Note.objects.get()
    assert "<script>alert(1)" not in browser(technician).get(f"/coaching/{note.pk}/").text
    for told, why in (
        ({"who": "E101"}, "不能写关于自己"),
        ({"who": "E202"}, "没有找到"),
        ({"words": "长" * 20_000}, "4000"),
    ):
        answer = browser(chief).post("/coaching/new/", {**FORM, "once": "3" * 32, **told})
        assert answer.status_code == 422 and why in answer.text, why
    client = browser(chief)
    client.get("/coaching/")
    with django_assert_max_num_queries(12):
        assert client.get("/coaching/?month=2026-10&kind=coaching").status_code == 200
    assert client.get("/coaching/?export=xlsx").status_code == 200


def test_a_made_up_address_shows_nothing(chief: User, colleague: User, hr: User, member: Callable[..., User]) -> None:
    """Breaks if another's talk is read by its number, or a page read leaves no trace."""
    note = noted(chief)
    for user in (colleague, hr, member("E202"), member("E201", ("hr", "西店"))):
        client = browser(user)
        assert client.get(f"/coaching/{note.pk}/").status_code == 404
        for act in ("correct", "take_back", "share"):
            assert client.post(f"/coaching/{note.pk}/{act}/", {"version": 0}).status_code == 404
    assert not Viewed.objects.exists()
    browser(chief).get(f"/coaching/{note.pk}/")
    assert list(Viewed.objects.values_list("page", "about", "month")) == [("notes", "E102", "2026-10")]
