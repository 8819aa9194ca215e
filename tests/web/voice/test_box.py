"""The suggestion box: nothing kept tells who wrote, a code leads back, readers answer what was written to them."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import connection, models
from django.test import Client

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User, Viewed
from fairwrench.web.project.serving.log_lines import OneLine
from fairwrench.web.voice import services
from fairwrench.web.voice.declared import todos_of
from fairwrench.web.voice.models import Reply, Suggestion
from fairwrench.web.voice.services import (
    code_made,
    suggestion_add,
    suggestion_found,
    suggestion_write,
    suggestions_open,
)
from fairwrench.web.voice.workflow import SUGGESTIONS
from fairwrench.web.work.models import Notice, Step
from tests.web.tasks.conftest import browser
from tests.web.voice.conftest import OPENED, TODAY

WORDS = "举升机第三工位漏油，报修两周没有人来"
FORM = {"store": "东店", "to": "hr", "topic": "safety", "words": WORDS}


def written(by: User, **told: str) -> Suggestion:
    """A suggestion, with its code as `typed`."""
    code = suggestion_write(**{**FORM, "code": code_made(), **told}, by=by)
    found = suggestion_found(code=code)
    assert found is not None
    return found


def opened(on_day: Callable[[date], None], by: User, **told: str) -> Suggestion:
    """A suggestion that its readers see."""
    on_day(TODAY)
    found = written(by, **told)
    on_day(OPENED)
    suggestions_open()
    found.refresh_from_db()
    return found


def everything() -> Iterator[tuple[str, str]]:
    """Each field of each row of the database as text, with the table's name."""
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.values_list():
            yield from ((model._meta.db_table, str(value)) for value in row)


def test_nothing_that_is_kept_tells_who_wrote(technician: User, hr: User) -> None:
    """Breaks if a row anywhere gets the writer beside the suggestion, a moment, a code, or a key that counts up."""
    client = browser(technician)
    client.get("/voice/")
    before = {name: set(model._default_manager.values_list("pk", flat=True)) for name, model in tables()}
    sessions = {each.pk: each.get_decoded() for each in Session.objects.all()}
    answer = client.post("/voice/", {**FORM, "code": code_made()})
    code = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", answer.text)
    assert answer.status_code == 200 and code
    after = {name: set(model._default_manager.values_list("pk", flat=True)) for name, model in tables()}
    new = {name for name in after if after[name] - before[name]}
    assert new == {"voice_suggestion"}
    assert {each.pk: each.get_decoded() for each in Session.objects.all()} == sessions
    assert not [table for table, value in everything() if code[0] in value or code[0].replace("-", "") in value]
    kinds = {type(field) for model in (Suggestion, Reply) for field in model._meta.get_fields()}
    assert not {kind for kind in kinds if issubclass(kind, models.DateTimeField)}
    links = [field.name for field in Suggestion._meta.get_fields() if field.is_relation]
    assert links == ["replies"]
    assert not LogEntry.objects.exists() or "voice" not in {
        each.content_type.app_label for each in LogEntry.objects.all()
    }
    assert "no-store" in answer["Cache-Control"]


def tables() -> list[tuple[str, Any]]:
    return [(model._meta.db_table, model) for model in apps.get_models(include_auto_created=True)]


def test_it_lies_closed_for_a_while(
    technician: User, hr: User, on_day: Callable[[date], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks if readers learn of a suggestion on the day on which it was written."""
    monkeypatch.setattr(services, "randbelow", lambda _most: 1)
    found = written(technician)
    assert found.opens_on == TODAY + timedelta(days=2)
    on_day(TODAY + timedelta(days=1))
    assert suggestions_open() == 0
    assert WORDS not in browser(hr).get("/voice/received/").text
    assert browser(hr).get(f"/voice/received/{found.pk}/").status_code == 404
    on_day(TODAY + timedelta(days=2))
    assert (suggestions_open(), suggestions_open()) == (1, 0)
    assert WORDS in browser(hr).get("/voice/received/?state=new").text
    assert [(notice.to, notice.zh) for notice in Notice.objects.all()] == [(hr, "意见箱有 1 条待回复")]
    assert ("意见箱有 1 条待回复", "1 suggestion to be answered in the box") in [todo.words for todo in todos_of(hr)]
    assert not [*todos_of(technician)]


def test_every_delay_comes_up(technician: User, hr: User) -> None:
    """Breaks if a suggestion could be opened on its own day, or later than what the page says."""
    days = {written(technician, words=f"{WORDS}{number}").opens_on - TODAY for number in range(60)}
    assert days == {timedelta(days=1), timedelta(days=2), timedelta(days=3)}


def test_a_code_leads_back_to_the_answer(technician: User, hr: User, on_day: Callable[[date], None]) -> None:
    """Breaks if a writer cannot see the answer, ask back, or is found by a code that was typed in other letters."""
    page = browser(technician).post("/voice/", {**FORM, "code": code_made()}).text
    code = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", page)
    assert code
    on_day(OPENED)
    suggestions_open()
    found = Suggestion.objects.get()
    reply = {"version": 1, "reply": "周五前维修厂家到店"}
    for _ in range(2):
        browser(hr).post(f"/voice/received/{found.pk}/answer/", reply)
    assert list(found.replies.values_list("words", "by", "by_writer")) == [("周五前维修厂家到店", hr.pk, False)]
    client = browser(technician)
    typed = f" {code[0].lower().replace('-', ' ')} "
    assert "周五前维修厂家到店" in client.post("/voice/code/", {"code": typed}).text
    for _ in range(2):
        assert "已补充" in client.post("/voice/code/", {"code": typed, "words": "今天还没有来"}).text
    assert "今天还没有来" not in browser(hr).get(f"/voice/received/{found.pk}/").text
    on_day(OPENED + timedelta(days=3))
    suggestions_open()
    assert "今天还没有来" in browser(hr).get(f"/voice/received/{found.pk}/").text
    found.refresh_from_db()
    assert (found.state, found.replies.count()) == ("new", 2)
    assert Step.objects.filter(workflow="suggestion").count() == 1
    assert "没有这个查询码" in client.post("/voice/code/", {"code": "ABCD-ABCD-ABCD-ABCD"}).text


def test_who_reads_what(
    technician: User, hr: User, general_manager: User, member: Callable[..., User], on_day: Callable[[date], None]
) -> None:
    """Breaks if another store, the other role or a colleague reads what was not written to them."""
    hr_west, hr_group = member("E202", ("hr", "西店")), member("E201", ("hr", None))
    to_hr = opened(on_day, technician)
    to_manager = opened(on_day, technician, to="general_manager", words="人力资源的事")
    to_group = opened(on_day, technician, store="*", words="集团的事")
    reads = {
        who: {each.pk for each in (to_hr, to_manager, to_group) if _status(who, each) == 200}
        for who in (technician, hr, hr_west, general_manager, hr_group)
    }
    nobody: set[int] = set()
    assert reads == {
        **{technician: nobody, hr: {to_hr.pk}, hr_west: nobody, general_manager: {to_manager.pk}},
        **{hr_group: {to_hr.pk, to_group.pk}},
    }
    assert browser(technician).get("/voice/received/").status_code == 403
    with pytest.raises(PermissionDenied):
        SUGGESTIONS.act(record=to_hr, name="answer", by=general_manager, seen=1, reply="好")
    assert browser(general_manager).post(f"/voice/received/{to_hr.pk}/close/", {"version": 1}).status_code == 404


def _status(who: User, about: Suggestion) -> int:
    return browser(who).get(f"/voice/received/{about.pk}/").status_code


def test_an_answer_for_everybody_is_in_the_readers_words(
    technician: User, hr: User, hr_west: User, on_day: Callable[[date], None]
) -> None:
    """Breaks if publishing shows what the writer wrote, reaches another store, or cannot be taken back."""
    found = opened(on_day, technician)
    SUGGESTIONS.act(record=found, name="answer", by=hr, seen=1, reply="已安排")
    public = {"version": 2, "public_question": "设备报修慢怎么办", "public_answer": "三天内答复"}
    assert browser(hr).post(f"/voice/received/{found.pk}/publish/", {**public, "public_answer": ""}).status_code == 422
    browser(hr).post(f"/voice/received/{found.pk}/publish/", public)
    page = browser(technician).get("/voice/").text
    assert "三天内答复" in page and WORDS not in page
    assert "三天内答复" not in browser(hr_west).get("/voice/").text
    browser(hr).post(f"/voice/received/{found.pk}/unpublish/", {"version": 3, "note": "写错了"})
    assert "三天内答复" not in browser(technician).get("/voice/").text


def test_two_readers_at_once(technician: User, hr: User, on_day: Callable[[date], None]) -> None:
    """Breaks if the second answer of two tabs is lost in silence, or what was typed with it."""
    found = opened(on_day, technician)
    browser(hr).post(f"/voice/received/{found.pk}/answer/", {"version": 1, "reply": "第一个"})
    second = browser(hr).post(f"/voice/received/{found.pk}/answer/", {"version": 1, "reply": "第二个"})
    assert second.status_code == 422 and "第二个" in second.text and "请刷新" in second.text
    assert list(found.replies.values_list("words", flat=True)) == ["第一个"]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"words": "  \u200b "}, "必填"),
        ({"words": "长" * 2001}, "2000"),
        ({"store": "西店"}, "西店"),
        ({"to": "auditor"}, "auditor"),
    ],
)
def test_what_cannot_be_kept_stands_beside_what_was_typed(
    technician: User, told: dict[str, str], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Breaks if a wrong form is kept, loses what was typed, or the server's log tells who sent it."""
    with caplog.at_level(logging.INFO):
        answer = browser(technician).post("/voice/", {**FORM, "code": code_made(), **told})
    assert why in answer.text and ("words" in told or WORDS in answer.text)
    assert not Suggestion.objects.exists()
    assert technician.username not in caplog.text


def test_a_flooded_box_takes_no_more(technician: User, hr: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks if one person fills the box so that nobody reads it, or one writer adds without end."""
    monkeypatch.setattr(services, "MOST", 2)
    first = written(technician)
    written(technician, words="第二条")
    with pytest.raises(Refused, match="full"):
        written(technician, words="第三条")
    for number in range(services.MOST_REPLIES):
        suggestion_add(suggestion=first, words=f"补充{number}")
    with pytest.raises(Refused, match="already"):
        suggestion_add(suggestion=first, words="再补充")


def test_who_is_off_the_roster_writes_nothing(office: Any, hr: User) -> None:
    """Breaks if an account without an employee writes to a store."""
    auditor = User.objects.create_user("outside", password="long enough to be one")
    assert Client().get("/voice/").status_code == 302
    assert browser(auditor).get("/voice/").status_code == 403
    with pytest.raises(PermissionDenied):
        suggestion_write(**FORM, code=code_made(), by=auditor)
    assert not Viewed.objects.exists()


def test_rows_tell_no_order(technician: User, hr: User) -> None:
    """Breaks if the database's own numbers of rows count up with each suggestion."""
    texts = [f"{WORDS}{number}" for number in range(12)]
    for text in texts:
        written(technician, words=text)
    with connection.cursor() as cursor:
        # of PostgreSQL its heap tells, until a row is opened: docs/voice.md says so
        number = "rowid" if connection.vendor == "sqlite" else "id"
        cursor.execute(f"SELECT words FROM voice_suggestion ORDER BY {number}")
        assert [words for (words,) in cursor.fetchall()] != texts


def test_one_form_writes_once(technician: User, hr: User) -> None:
    """Breaks if a form pressed twice writes twice, or gives one suggestion's code to another."""
    form = {**FORM, "code": code_made()}
    pages = [browser(technician).post("/voice/", form).text for _ in range(2)]
    parted = "-".join(re.findall("....", form["code"]))
    assert all(parted in page for page in pages) and Suggestion.objects.count() == 1
    other = browser(technician).post("/voice/", {**form, "words": "另一条"})
    assert parted not in other.text and Suggestion.objects.count() == 2


def test_the_log_names_nobody(technician: User, hr: User, caplog: pytest.LogCaptureFixture) -> None:
    """Breaks if a way round the box is refused with the name of who took it."""
    client = browser(technician)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(technician, backend="django.contrib.auth.backends.ModelBackend")
    with caplog.at_level(logging.INFO):
        assert client.get("/voice/code/").status_code == 302
        assert strict.post("/voice/", FORM).status_code == 403
        assert client.post("/voice/", {**FORM, "words": "a\x00"}).status_code in (200, 400)
        assert client.post("/voice/", {**FORM, "code": "x"}).status_code == 200
        assert client.put("/voice/").status_code in (200, 405)
    lines = [OneLine().filter(record) and record.getMessage() for record in caplog.records]
    assert any("/voice/" in str(line) for line in lines)
    assert not [line for line in lines if technician.username in str(line) or "address=" in str(line)]


def test_nobody_writes_to_nobody(technician: User, hr: User) -> None:
    """Breaks if a suggestion is taken that no role reads."""
    answer = browser(technician).post("/voice/", {**FORM, "code": code_made(), "to": "general_manager"})
    assert "还没有人查看" in answer.text and not Suggestion.objects.exists()


def test_what_is_added_stands_below_what_was_answered(
    technician: User, hr: User, on_day: Callable[[date], None]
) -> None:
    """Breaks if an answer given before an addition was opened seems to pass over it, or is given by a page without
    it."""
    found = opened(on_day, technician)
    suggestion_add(suggestion=found, words="还在漏")
    SUGGESTIONS.act(record=found, name="answer", by=hr, seen=1, reply="已登记")
    on_day(OPENED + timedelta(days=3))
    suggestions_open()
    assert list(found.replies.values_list("words", flat=True)) == ["已登记", "还在漏"]
    with pytest.raises(Refused, match="reload"):
        SUGGESTIONS.act(record=found, name="answer", by=hr, seen=2, reply="好")


def test_what_is_no_suggestion_is_set_aside(technician: User, hr: User, on_day: Callable[[date], None]) -> None:
    """Breaks if HR has to answer whatever somebody fills the box with."""
    found = opened(on_day, technician)
    with pytest.raises(Refused):
        SUGGESTIONS.act(record=found, name="set_aside", by=hr, seen=1)
    SUGGESTIONS.act(record=found, name="set_aside", by=hr, seen=1, note="重复")
    found.refresh_from_db()
    assert found.state == "closed"


def test_support_does_not_look_into_the_box(technician: User, hr: User, member: Callable[..., User]) -> None:
    """Breaks if an administrator who looks as HR reads what was written to HR."""
    client = browser(member("E103", ("administrator", None)))
    client.post(f"/settings/users/{hr.pk}/view-as/")
    assert client.get("/voice/received/").status_code == 403
    assert client.get("/people/").status_code != 403
