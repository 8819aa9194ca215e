"""The pages of tickets: each shows what is the reader's to see, offers what is theirs to do, and notes who looked."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from fairwrench.web.access.models import User, Viewed
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.tickets.declared import history_of
from fairwrench.web.tickets.models import Ticket
from tests.web.tickets.conftest import TODAY, done
from tests.web.tickets.test_photos import FORM


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_list_says_in_a_sentence_what_it_is_narrowed_to(reward: Ticket, hr: User) -> None:
    """Breaks if the words behind a count stand there without it: 只列：张奖惩单可以生效."""
    assert "只列：可以生效 " in browser(hr).get("/tickets/?waits=ready").content.decode()


def test_it_is_written_answered_and_confirmed_by_clicking(chief: User, technician: User, hr: User) -> None:
    """Breaks if the way of a ticket needs anything but its pages."""
    answer = browser(chief).post("/tickets/new/", FORM)
    ticket = Ticket.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/tickets/{ticket.pk}/")
    page = browser(technician).get(f"/tickets/{ticket.pk}/").content.decode()
    assert "我已知晓" in page and "我有异议，申诉" in page and "核实无误" not in page
    browser(technician).post(f"/tickets/{ticket.pk}/acknowledge/", {"version": 0})
    page = browser(hr).get(f"/tickets/{ticket.pk}/").content.decode()
    assert "核实无误，生效" in page and "我已知晓" not in page
    # what is pressed twice is done once
    for _ in range(2):
        browser(hr).post(f"/tickets/{ticket.pk}/confirm/", {"version": 1})
    ticket.refresh_from_db()
    assert (ticket.state, ticket.version) == ("confirmed", 2)
    assert "计入 2026-10" in browser(technician).get(f"/tickets/{ticket.pk}/").content.decode()


def test_only_those_one_leads_are_offered(chief: User) -> None:
    """Breaks if a leader chooses out of the whole company, or could choose oneself."""
    page = browser(chief).get("/tickets/new/?who=E102").content.decode()
    assert "吕技师" in page and "金技师" in page and '<option value="E102" selected>' in page
    assert "孙人事" not in page and "邵技师" not in page and '<option value="E101"' not in page
    assert "受到客户书面表扬或锦旗（最多 3 分、200 元）" in page and "<option" in page


def test_what_is_refused_is_told_beside_what_was_filled_in(chief: User) -> None:
    """Breaks if a sealed month, somebody else's person or a bound loses what was typed."""
    Cycle.objects.create(month="2026-09", state="published")
    wrong = {
        "2026-09 的数据已锁定": {"day": "2026-09-30"},
        "只能给自己带的人开奖惩单": {"who": "E202"},
        "不能给自己开奖惩单": {"who": "E101"},
        "“受到客户书面表扬或锦旗”最多 3": {"points": "3.01"},
        "请选择人员": {"who": "E999"},
    }
    for why, told in wrong.items():
        answer = browser(chief).post("/tickets/new/", {**FORM, **told})
        page = answer.content.decode()
        assert answer.status_code == 422 and why in page and "客户送来锦旗" in page, why
    assert not Ticket.objects.exists()


def test_a_second_one_of_the_day_is_asked_about_by_a_box_to_tick(chief: User) -> None:
    """Breaks if the question cannot be answered on the page that asks it, or is answered before it was asked."""
    client = browser(chief)
    assert 'name="meant"' not in client.get("/tickets/new/").content.decode()
    client.post("/tickets/new/", FORM)
    second = {**FORM, "once": "1" * 32}
    asked = client.post("/tickets/new/", second)
    assert asked.status_code == 422 and 'name="meant"' in asked.content.decode()
    assert Ticket.objects.count() == 1
    assert client.post("/tickets/new/", {**second, "meant": "on"}).status_code == 302
    assert Ticket.objects.count() == 2


def test_a_list_holds_ones_own_those_one_wrote_and_those_of_ones_stores(
    reward: Ticket, chief: User, technician: User, hr: User, member: Callable[..., User]
) -> None:
    """Breaks if a colleague or another store reads of somebody's penalty."""
    for user, sees in (
        (technician, True), (chief, True), (hr, True), (member("E001", ("auditor", None)), True),
        (member("E103"), False), (member("E201", ("hr", "西店")), False), (member("E202"), False),
    ):  # fmt: skip
        client = browser(user)
        assert ("客户送来锦旗" in client.get("/tickets/").content.decode()) is sees, user
        assert (client.get(f"/tickets/{reward.pk}/").status_code == 200) is sees, user
        assert client.get("/tickets/?export=xlsx").status_code == 200


def test_who_looked_at_anothers_is_noted_and_ones_own_is_not(reward: Ticket, technician: User, hr: User) -> None:
    """Breaks if HR looks through people's penalties without a trace, or the log fills with people's own pages."""
    for user in (technician, hr):
        for url in ("/tickets/", f"/tickets/{reward.pk}/"):
            browser(user).get(url)
    noted = Viewed.objects.order_by("pk").values_list("by__username", "page", "about", "month")
    assert list(noted) == [("e104", "tickets", "", ""), ("e104", "tickets", "E102", "2026-10")]


def test_an_act_of_somebody_elses_is_refused(reward: Ticket, chief: User, technician: User, hr: User) -> None:
    """Breaks if an act is done by whoever sends its address."""
    for user, act in ((chief, "confirm"), (technician, "confirm"), (hr, "acknowledge"), (hr, "withdraw")):
        assert browser(user).post(f"/tickets/{reward.pk}/{act}/", {"version": 0}).status_code == 403
    assert browser(hr).post(f"/tickets/{reward.pk}/settle/", {"version": 0}).status_code == 404
    assert Ticket.objects.get().state == "written"


def test_english_is_complete(penalty: Ticket, technician: User) -> None:
    """Breaks if an English reader meets Chinese beside what somebody typed."""
    client = browser(technician)
    client.post("/language/", {"language": "en"})
    page = client.get(f"/tickets/{penalty.pk}/").content.decode()
    assert "Penalty: Bay fails 5S and is not put right at once" in page and "I object" in page


def test_somebody_with_a_ticket_is_not_taken_off_the_roster(reward: Ticket, technician: User) -> None:
    """Breaks if a person entered by mistake is removed although a ticket names them, or the page fails over it."""
    assert history_of(Employee.objects.get(employee_id="E102")) == [("奖惩单", "tickets")]
    assert history_of(Employee.objects.get(employee_id="E103")) == []


def test_what_is_in_force_may_be_appealed_and_goes_on_counting(penalty: Ticket, technician: User, hr: User) -> None:
    """Breaks if the page says nothing of what an appealed ticket does meanwhile."""
    done(penalty, "acknowledge", technician)
    done(penalty, "confirm", hr)
    done(penalty, "appeal", technician, "不是我")
    page = browser(technician).get(f"/tickets/{penalty.pk}/").content.decode()
    assert "申诉处理之前仍然计入" in page and "不是我" in page
    assert f"{TODAY}" in page
