"""Workflows: one way for every step of every table, and a page of documentation that is those tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.policy import permissions
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.ui.declarations import declared
from fairwrench.web.work.management.commands.workflow_tables import page
from fairwrench.web.work.workflow.offers import offers_of
from fairwrench.web.work.workflow.workflow import Act, Doing, Guard, Workflow, with_note

ROOT = Path(__file__).parents[3]
State = Cycle.State
MOVED, NOT_NOW, NOTE = (Problem(code, code, code) for code in ("moved_on", "not_now", "no_reason"))


def small(**more: Any) -> tuple[Workflow[Cycle], list[Any]]:
    """A workflow of one act on months, and what it told of each step."""
    written: list[Any] = []

    def told(cycle: Cycle, doing: Doing) -> dict[str, Any]:
        written.append((cycle.state, cycle.version, doing.by, doing.note))
        return {"at": cycle.version}

    act: Act[Cycle] = Act(
        **{
            "name": "approve",
            "words": ("批", "approve"),
            "froms": (State.SETTLED,),
            "to": State.APPROVED,
            "permission": "settlements.approve_gm",
            **more,
        }
    )
    flow: Workflow[Cycle] = Workflow(
        name="x",
        words=("x", "x"),
        model=Cycle,
        states=State,
        acts=(act,),
        not_now=lambda cycle: NOT_NOW,
        moved_on=lambda cycle: MOVED,
        about=told,
    )
    return flow, written


@pytest.fixture
def director(db: None) -> User:
    user = User.objects.create_user("director")
    Grant.objects.create(user=user, role=Grant.Role.GENERAL_MANAGER)
    return user


@pytest.fixture
def settled(db: None) -> Cycle:
    return Cycle.objects.create(month="2026-10", state=State.SETTLED, version=4)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_an_act_changes_the_state_counts_the_version_and_is_written_down(director: User, settled: Cycle) -> None:
    """Fails when a step leaves no trace, or a page that was open before can act on what it did not show."""
    flow, written = small()
    after = flow.act(record=settled, name="approve", by=director, seen=4, note=" 同意 ")
    assert (after.state, after.version) == (State.APPROVED, 5)
    assert Cycle.objects.get().state == State.APPROVED
    assert written == [(State.SETTLED, 4, director, "同意")]
    ((step,),) = flow.history([settled]).values()
    assert (step.act, step.before, step.after, step.by, step.note) == (
        "approve",
        "settled",
        "approved",
        director,
        "同意",
    )
    assert (step.version, step.about, step.words) == (5, {"at": 4}, "批")
    again = flow.act(record=settled, name="approve", by=director, seen=4, note="同意")
    assert again.version == 5, "pressed twice, done once"
    with pytest.raises(Refused) as refused:
        flow.act(record=settled, name="approve", by=director, seen=4, note="不同的话")
    assert codes(refused) == ["moved_on"], "what a second tab says is not lost in silence"
    other = User.objects.create_user("another")
    Grant.objects.create(user=other, role=Grant.Role.GENERAL_MANAGER)
    with pytest.raises(Refused) as refused:
        flow.act(record=settled, name="approve", by=other, seen=4)
    assert codes(refused) == ["moved_on"]
    with pytest.raises(Refused) as refused:
        flow.act(record=settled, name="approve", by=director, seen=5)
    assert codes(refused) == ["not_now"]
    assert (len(written), flow.steps(settled).count()) == (1, 1)


def test_what_is_not_theirs_is_refused_and_not_offered(director: User, settled: Cycle) -> None:
    """Fails when a button shows for whoever is refused, or a step is done by somebody without the role, or by the same
    pair of eyes."""
    flow, written = small(denied=lambda cycle, user: MOVED if user == director else None)
    assert flow.offered(record=settled, user=director) == []
    with pytest.raises(PermissionDenied):
        flow.act(record=settled, name="approve", by=director, seen=4)
    plain, _ = small()
    stranger = User.objects.create_user("stranger")
    assert plain.offered(record=settled, user=stranger) == []
    assert [act.name for act in plain.offered(record=settled, user=director)] == ["approve"]
    with pytest.raises(PermissionDenied):
        plain.act(record=settled, name="approve", by=stranger, seen=4)
    assert (Cycle.objects.get().state, written) == (State.SETTLED, [])


def test_guards_are_asked_in_turn_and_a_failing_effect_leaves_nothing(director: User, settled: Cycle) -> None:
    """Fails when a step is half done, or somebody is told of the second reason before they can mend the first."""
    first = Guard[Cycle](("a", "a"), lambda cycle, doing: [NOTE, MOVED])
    second = Guard[Cycle](("b", "b"), lambda cycle, doing: [NOT_NOW])
    flow, _ = small(guards=(first, second))
    with pytest.raises(Refused) as refused:
        flow.act(record=settled, name="approve", by=director)
    assert codes(refused) == ["no_reason", "moved_on"]
    asks, _ = small(guards=(with_note(NOTE),))
    with pytest.raises(Refused) as refused:
        asks.act(record=settled, name="approve", by=director, note="  ")
    assert codes(refused) == ["no_reason"]

    def fails(cycle: Cycle, doing: Doing) -> None:
        raise ZeroDivisionError

    failing, _ = small(effect=fails)
    with pytest.raises(ZeroDivisionError):
        failing.act(record=settled, name="approve", by=director)
    assert (Cycle.objects.get().state, Cycle.objects.get().version) == (State.SETTLED, 4)
    assert not failing.steps(settled).exists()


def test_what_was_worked_out_before_reaches_the_effect(director: User, settled: Cycle) -> None:
    """Fails when long work has to be done while the row is locked."""
    flow, _ = small(effect=lambda cycle, doing: setattr(cycle, "sealed_from", doing.given["before"]))
    assert flow.act(record=settled, name="approve", by=director, before="open").sealed_from == "open"


@pytest.mark.parametrize("flow", declared(Workflow), ids=lambda flow: flow.name)
def test_each_table_names_states_and_permissions_that_there_are(flow: Workflow[Any]) -> None:
    """Fails when a line leads nowhere, can never be taken, or takes a permission that nobody has."""
    assert len(flow.by_name) == len(flow.acts)
    for act in flow.acts:
        assert {*act.froms, act.to or act.froms[0]} <= {*flow.states.values}
        assert act.permission in permissions() or (not act.permission and act.denied_says)


def test_the_page_is_made_of_the_tables() -> None:
    """Fails when docs/workflows.md was not made anew: `python -m django workflow_tables > docs/workflows.md`."""
    assert (ROOT / "docs/workflows.md").read_text(encoding="utf-8") == page()


def test_stepper_and_buttons_are_drawn_from_the_table(director: User, settled: Cycle) -> None:
    """Fails when a page shows another way, or another button, than the table that acts go by."""
    flow, _ = small(button=("批准", "Approve"), asks=("为什么", "Why"))
    flow = replace(flow, way=(State.OPEN, State.SETTLED, State.APPROVED))
    assert [place for _, place in flow.stepper(settled)] == ["done", "now", "ahead"]
    assert flow.stepper(Cycle(state=State.SEALING)) == [], "beside the way"
    (offer,) = offers_of(flow, settled, director, url=lambda act: f"/{act}/", blocked=("approve",))
    assert (offer.url, offer.button, offer.asks) == ("/approve/", ("批准", "Approve"), ("为什么", "Why"))
    assert (offer.about, offer.version, offer.blocked) == ("2026-10", 4, True)
    assert offers_of(flow, settled, User.objects.create_user("nobody"), url=str) == []
    later, _ = small(in_background=True)
    assert offers_of(later, settled, director, url=str) == []
    with pytest.raises(ValueError, match="background"):
        later.act(record=settled, name="approve", by=director)
