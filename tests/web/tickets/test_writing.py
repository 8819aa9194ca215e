"""A ticket is written about those one leads, by an article, for a month that is not settled; all else is told why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Assignment, Employee
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.selectors import people_led
from fairwrench.web.tickets.services import ticket_write
from tests.web.tickets.conftest import TODAY, done, draft


def codes(by: User, who: str = "E102", **told: Any) -> list[str]:
    """Why a ticket is refused."""
    with pytest.raises(Refused) as refused:
        ticket_write(draft=draft(who, **told), by=by)
    return [problem.code for problem in refused.value.problems]


def test_it_is_kept_to_the_fen_and_the_hundredth(reward: Ticket) -> None:
    """Breaks if 2.50 points or 100.00 yuan lose a digit, or the store is not the one of that day."""
    assert (reward.points, reward.amount, reward.store, reward.kind) == (250, 10_000, "东店", "reward")
    assert (reward.month, reward.state, reward.article_zh) == ("2026-10", "written", "受到客户书面表扬或锦旗")


def test_a_penalty_is_shown_with_the_sign_it_counts_with(penalty: Ticket) -> None:
    """Breaks if a list shows a penalty as if something were given."""
    assert (penalty.signed_points, penalty.signed_amount) == (-100, -5_000)


def test_who_leads_over_one_level_writes_too(member: Callable[..., User]) -> None:
    """Breaks if the general manager, who leads the workshop manager, may not reward a technician."""
    assert ticket_write(draft=draft(), by=member("E001")).employee.employee_id == "E102"


def test_the_service_manager_writes_for_everybody_of_after_sales(member: Callable[..., User]) -> None:
    """Breaks if only managers of the line write, or the service manager writes for an office or another store."""
    manager = member("E104", ("service_manager", "东店"))
    assert ticket_write(draft=draft(), by=manager).employee.employee_id == "E102"
    assert [each.employee_id for each in people_led(user=manager)] == ["E101", "E102", "E103"]
    for other in ("E001", "E202"):
        assert codes(manager, other) == ["not_led"], other
    assert codes(manager, "E104") == ["oneself"]


@pytest.mark.parametrize(
    ("who", "told", "code"),
    [
        ("E101", {}, "oneself"),
        ("E202", {}, "not_led"),
        ("E001", {}, "not_led"),
        ("E104", {}, "not_led"),
        ("E102", {"day": TODAY + timedelta(days=1)}, "future"),
        ("E102", {"article": "nothing"}, "no_article"),
        ("E102", {"words": " \u200b "}, "no_words"),
        ("E102", {"points": Decimal("3.01")}, "above_article"),
        ("E102", {"amount": Decimal("200.01")}, "above_article"),
        ("E102", {"points": Decimal(0), "amount": Decimal(0)}, "counts_for_nothing"),
        ("E102", {"article": "commendation", "amount": Decimal(0)}, "above_article"),
        ("E102", {"day": date(2025, 12, 31)}, "not_there"),
    ],
)
def test_what_cannot_stand_is_refused(chief: User, who: str, told: dict[str, Any], code: str) -> None:
    """Breaks if somebody writes about oneself, about another's people, above the article, or about nothing."""
    assert codes(chief, who, **told) == [code]
    assert not Ticket.objects.exists()


def test_everything_that_is_wrong_is_told_at_once(chief: User) -> None:
    """Breaks if a form has to be sent three times to learn three things."""
    wrong = {"day": TODAY + timedelta(days=1), "points": Decimal(9), "words": ""}
    assert codes(chief, **wrong) == ["future", "no_words", "above_article"]


def test_the_most_that_the_article_allows_is_allowed(chief: User) -> None:
    """Breaks if the bound itself is refused."""
    made = ticket_write(draft=draft(points=Decimal(3), amount=Decimal("200.00")), by=chief)
    assert (made.points, made.amount) == (300, 20_000)


def test_praise_in_writing_needs_neither_points_nor_money(chief: User) -> None:
    """Breaks if a commendation, which brings nothing, cannot be written."""
    assert ticket_write(draft=draft(article="commendation", points=Decimal(0), amount=Decimal(0)), by=chief).points == 0


def test_of_who_left_their_own_leader_is_told_so_and_nobody_else(chief: User, member: Callable[..., User]) -> None:
    """Breaks if a ticket is written about a leaver, or tells leaders of another store that somebody left."""
    Assignment.objects.filter(employee__employee_id="E102").update(left_on=date(2026, 10, 10))
    Employee.objects.filter(employee_id="E102").update(left_on=date(2026, 10, 10))
    assert codes(chief) == ["has_left"]
    assert codes(member("E201")) == ["not_led"]


@pytest.mark.parametrize("state", ["sealing", "settled", "approved_hr", "approved", "published"])
def test_nothing_is_written_into_a_month_whose_figures_are_sealed(chief: User, state: str) -> None:
    """Breaks if a ticket slips behind figures that were approved, or the open month beside it is closed, too."""
    Cycle.objects.create(month="2026-09", state=state)
    assert codes(chief, day=date(2026, 9, 30)) == ["sealed"]
    assert ticket_write(draft=draft(day=date(2026, 10, 1)), by=chief).month == "2026-10"


def test_the_same_on_one_day_is_asked_and_not_refused(chief: User, reward: Ticket) -> None:
    """Breaks if a second press writes a second ticket, or two praises of one day could not both be written."""
    assert codes(chief) == ["written_before"]
    assert ticket_write(draft=draft(meant=True), by=chief).pk != reward.pk
    assert ticket_write(draft=draft(article="helped_out"), by=chief)
    assert ticket_write(draft=draft(day=TODAY - timedelta(days=1)), by=chief)


def test_what_was_withdrawn_is_not_asked_about(chief: User, reward: Ticket) -> None:
    """Breaks if a ticket written anew after a mistake is taken for the one that was withdrawn."""
    done(reward, "withdraw", chief)
    assert ticket_write(draft=draft(), by=chief).state == "written"


def test_who_leads_nobody_writes_nothing(technician: User, hr: User) -> None:
    """Breaks if a ticket may be written by a colleague, or by HR who leads nobody."""
    for user in (technician, hr):
        with pytest.raises(PermissionDenied):
            ticket_write(draft=draft("E103"), by=user)


@pytest.mark.parametrize("ground", ["", "习惯"])
def test_a_penalty_takes_money_on_a_ground_alone(chief: User, ground: str) -> None:
    """Breaks if money is taken from somebody and nobody says on what ground, or on one that there is not."""
    told = {"article": "against_five_s", "points": Decimal(1), "amount": Decimal("50.00"), "words": "工位未清扫"}
    with pytest.raises(Refused) as refused:
        ticket_write(draft=draft(**told, ground=ground), by=chief)
    assert [problem.code for problem in refused.value.problems] == ["no_ground"]
    # points take no money
    assert ticket_write(draft=draft(**{**told, "amount": Decimal(0)}), by=chief).ground == ""
