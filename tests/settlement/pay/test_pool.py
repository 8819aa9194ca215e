"""Bonus pools: drawn, split by position and by claims, and summing to the fen (S3 壹, 貳)."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairwrench.settlement.inputs.eligibility import slices
from fairwrench.settlement.money import STEPS
from fairwrench.settlement.pay.pool import ATTENDANCE, DRAW, MEMBER, WEIGHT, PoolResult, pools
from fairwrench.settlement.pay.pool_book import SHARE, SUM
from fairwrench.settlement.problem import Refused
from tests.settlement.casebook import cases
from tests.settlement.pay_fixtures import OCTOBER, cards, fen, frame, paid, roster, scheme

BONUS = {"draw": {"metric": "output", "rate": "0.01"}, "split": {"technician": 60, "service_advisor": 40}}


def member(person: str, told: dict[str, Any]) -> dict[str, Any]:
    """One member, settled and of store S1 unless told otherwise."""
    usual = {"employee_id": person, "store": "S1", "state": "settled"}
    return {**usual, **told, "score": fen(told.get("score"))}


def attended(people: dict[str, dict[str, Any]]) -> pl.DataFrame:
    """The attendance of those who have one."""
    told = {person: row["attendance"] for person, row in people.items() if "attendance" in row}
    rows = [{"employee_id": person, "numerator": top, "denominator": due} for person, (top, due) in told.items()]
    return frame(ATTENDANCE, rows)


def drawn_from(metric: Decimal | int | None, gate: list[int] | None = None, store: str = "S1") -> dict[str, Any]:
    """What is known of one store's pool; a metric in yuan, with decimals, becomes a fraction."""
    top, bottom = (None, None) if metric is None else Fraction(metric).as_integer_ratio()
    gate_top, gate_bottom = gate or (None, None)
    known = {"numerator": top, "denominator": bottom, "gate_numerator": gate_top, "gate_denominator": gate_bottom}
    return {"pool": "bonus", "store": store, **known}


def shared(given: dict[str, Any], **more: pl.DataFrame) -> PoolResult:
    """The one pool of a case."""
    return pools(
        frame(MEMBER, [member(person, told) for person, told in given["members"].items()]),
        scheme(pools={"bonus": given["pool"]}),
        draws=frame(DRAW, [drawn_from(given["metric"], given.get("gate"))]),
        attendance=attended(given["members"]),
        **more,
    )


def check(case: dict[str, Any]) -> None:
    """Compare a case with what is drawn, shared out and told."""
    found, expected = shared(case["given"]), case["expected"]
    shares = dict(found.frame.select("employee_id", "amount").iter_rows())
    assert shares == {person: fen(amount) for person, amount in expected["shares"].items()}
    drawn = fen(expected["drawn"])
    held, left = (None if drawn is None else fen(expected.get(name, 0)) for name in ("held", "left"))
    paid_now = None if drawn is None or held is None or left is None else drawn - held - left
    assert found.sums.rows() == [("bonus", "S1", drawn, paid_now, held, left)]
    assert [problem.code for problem in found.problems] == case.get("problems", [])


@cases("pools", "drawing")
def test_drawing_as_worked_out_by_hand(case: dict[str, Any]) -> None:
    """Fails when more or less would flow into a pool than the scheme draws."""
    check(case)


@cases("pools", "splitting")
def test_splitting_as_worked_out_by_hand(case: dict[str, Any]) -> None:
    """Fails when somebody's part of a pool would not follow from position, score and attendance."""
    check(case)


def test_the_frames_have_the_promised_columns() -> None:
    """Fails when pay, or the explanation, would find another column or type."""
    for rules in (scheme(), scheme(pools={"bonus": BONUS})):
        found = pools(frame(MEMBER, []), rules, draws=frame(DRAW, []), attendance=frame(ATTENDANCE, []))
        assert (found.frame.schema, found.sums.schema, found.steps.schema) == (dict(SHARE), dict(SUM), dict(STEPS))


def test_a_store_without_a_drawing_is_held_and_told() -> None:
    """Fails when a store that handed nothing in would seem to have earned no bonus."""
    people = [member("E1", {"position": "technician", "score": 100, "store": store}) for store in ("S2",)]
    found = pools(
        frame(MEMBER, people),
        scheme(pools={"bonus": BONUS}),
        draws=frame(DRAW, [drawn_from(1000)]),
        attendance=frame(ATTENDANCE, []),
    )
    assert found.frame.select("employee_id", "amount").rows() == [("E1", None)]
    assert [(problem.code, problem.subject) for problem in found.problems] == [
        ("pool_unclaimed", "S1"),
        ("pool_not_drawn", "S2"),
    ]


def test_somebody_without_a_store_is_told() -> None:
    """Fails when a gap in the roster would drop somebody from the pool without a word."""
    found = pools(
        frame(MEMBER, [member("E1", {"position": "technician", "score": 100, "store": None})]),
        scheme(pools={"bonus": BONUS}),
        draws=frame(DRAW, []),
        attendance=frame(ATTENDANCE, []),
    )
    assert found.frame["amount"].to_list() == [None]
    assert [problem.code for problem in found.problems] == ["pool_not_drawn"]


def test_a_personal_weight_counts() -> None:
    """Fails when a lead technician's agreed weight would not raise the share; who has none weighs 1."""
    people = {person: {"position": "technician", "score": 100} for person in ("E1", "E2")}
    given = {"pool": BONUS, "metric": 100000, "members": people}
    found = shared(given, weights=frame(WEIGHT, [{"employee_id": "E1", "weight": 150}]))
    # 1000.00, the advisors' share included, by 1.5 : 1.
    assert dict(found.frame.select("employee_id", "amount").iter_rows()) == {"E1": 60000, "E2": 40000}


def test_half_a_gate_is_refused() -> None:
    """Fails when a gate without its bound would let everything, or nothing, flow."""
    broken = {**BONUS, "draw": {"metric": "output", "rate": "0.01", "gate_metric": "profit"}}
    with pytest.raises(Refused, match="gate_attainment"):
        shared({"pool": broken, "metric": 1, "members": {}})


def test_the_steps_of_a_share() -> None:
    """Fails when a share could not be redone from the steps shown."""
    pool = {
        "reference": "S3 貳",
        "draw": {"metric": "output", "rate": "0.05", "gate_metric": "profit", "gate_attainment": "0.9", "cap": "1000"},
        "split": {"technician": 60, "service_advisor": 30, "receptionist": 10},
        "within": ["score", "attendance"],
    }
    members = {
        "T1": {"position": "technician", "score": 80, "attendance": [1, 2]},
        "T2": {"position": "technician", "score": 120, "attendance": [1, 1]},
        "A1": {"position": "service_advisor", "score": 100, "attendance": [1, 1]},
    }
    steps = shared({"pool": pool, "metric": 30000, "gate": [19, 20], "members": members}).steps
    columns = ("step", "subject", "basis", "numerator", "denominator", "amount")
    # 30000 × 5 % = 1500, cut to 1000; 60 : 30 gives 666.67 and 333.33; 80 × 1/2 to 120 × 1 is 1 to 3: 166.67, 500.00.
    assert steps.filter(pl.col("employee_id").is_null()).sort("sequence").select(columns).rows() == [
        ("pool_gate_met", "bonus", 900_000, 19, 20, None),
        ("pool_draw", "bonus", 50_000, 30000, 1, 150000),
        ("pool_amount", "bonus", None, None, None, 100000),
        ("pool_unclaimed", "bonus/receptionist", None, 1000, 10000, None),
        ("pool_position", "bonus/technician", 100000, 6000, 9000, 66667),
        ("pool_position", "bonus/service_advisor", 100000, 3000, 9000, 33333),
    ]
    assert steps.filter(pl.col("employee_id") == "T1").sort("sequence").select(columns).rows() == [
        ("pool_claim", "bonus/technician", None, 40, 1, None),
        ("pool_share", "bonus/technician", 66667, 1, 4, 16667),
    ]
    assert set(steps["reference"]) == {"S3 貳"}
    assert set(steps["part"]) == {"pool"}


def test_a_held_share_keeps_the_pay_incomplete() -> None:
    """Fails when a pool that is not settled would be paid as 0 and never be missed."""
    found = shared({"pool": BONUS, "metric": None, "members": {"E1": {"position": "technician", "score": 100}}})
    parts = slices(roster([{"position": "hr_specialist"}]), OCTOBER)
    result = paid(cards([{"score": 100}]), parts, pool_pay=found.frame).frame
    assert result.select("pool_pay", "total", "missing").rows() == [(None, None, "pool_pay")]


def test_claims_that_outgrow_128_bits_are_still_exact() -> None:
    """Fails when many uneven attendances would make the common denominator wrap round."""
    primes = [10007, 10009, 10037, 10039, 10061, 10067, 10069, 10079, 10091, 10093, 10099, 10103, 10111, 10133]
    people = {
        f"E{place:02}": {"position": "technician", "score": 100, "attendance": [prime - place, prime]}
        for place, prime in enumerate(primes)
    }
    pool = {"draw": {"metric": "output", "rate": "1"}, "split": {"technician": 100}, "within": ["score", "attendance"]}
    found = shared({"pool": pool, "metric": 1_000_000, "members": people})
    whole = sum(Fraction(prime - place, prime) for place, prime in enumerate(primes))
    for place, prime in enumerate(primes):
        exact = 100_000_000 * Fraction(prime - place, prime) / whole
        assert abs(found.frame["amount"][place] - exact) < 1
    assert found.frame["amount"].sum() == 100_000_000
    claims = found.steps.filter(pl.col("step") == "pool_claim")
    assert claims["denominator"].null_count() == 0


MEMBERS = st.lists(
    st.fixed_dictionaries(
        {
            "position": st.sampled_from(["technician", "service_advisor", "receptionist", "hr_specialist"]),
            "store": st.sampled_from(["S1", "S2"]),
            "score": st.integers(0, 13000).map(lambda score: Decimal(score) / 100),
            "state": st.sampled_from(["settled", "settled", "settled", "incomplete", "excluded"]),
            "attendance": st.tuples(st.integers(0, 20000), st.integers(0, 20000)),
        }
    ),
    max_size=12,
)
SPLIT = st.dictionaries(
    st.sampled_from(["technician", "service_advisor", "receptionist"]), st.integers(0, 100), min_size=1
)
SUMS = st.tuples(st.integers(-(10**6), 10**9), st.one_of(st.none(), st.integers(-(10**6), 10**9)))


def of_two_stores(
    people: list[dict[str, Any]], split: dict[str, int], sums: tuple[int, int | None], chance: Any = None
) -> PoolResult:
    """A pool in two stores; with `chance`, every frame in another order."""
    named = {f"E{place:02}": row for place, row in enumerate(people)}
    pool = {"draw": {"metric": "output", "rate": "0.01"}, "split": split, "within": ["score", "attendance"]}
    draws = [drawn_from(metric, store=store) for store, metric in zip(("S1", "S2"), sums, strict=True)]
    whole = [frame(MEMBER, [member(*one) for one in named.items()]), frame(DRAW, draws), attended(named)]
    if chance is not None:
        whole = [part[chance.sample(range(part.height), part.height)] for part in whole]
    return pools(whole[0], scheme(pools={"bonus": pool}), draws=whole[1], attendance=whole[2])


@settings(max_examples=60)
@given(MEMBERS, SPLIT, SUMS)
def test_a_pool_sums_to_the_fen(
    people: list[dict[str, Any]], split: dict[str, int], sums: tuple[int, int | None]
) -> None:
    """Fails when a fen of a pool would be lost, or given twice, between drawing and people."""
    found = of_two_stores(people, split, sums)
    for store, (_, _, drawn, paid_now, held, left) in zip(("S1", "S2"), found.sums.iter_rows(), strict=True):
        amounts = found.frame.filter(pl.col("store") == store)["amount"]
        if drawn is None:
            assert amounts.null_count() == amounts.len()
        else:
            assert paid_now + held + left == drawn
            assert amounts.sum() == paid_now
            assert min(paid_now, held, left) >= 0
            assert held == 0 or amounts.null_count() > 0
            assert left in (0, drawn)


@settings(max_examples=60)
@given(MEMBERS, SPLIT, SUMS)
def test_everybody_who_takes_part_is_answered(
    people: list[dict[str, Any]], split: dict[str, int], sums: tuple[int, int | None]
) -> None:
    """Fails when somebody of a position in the split would not learn what the pool brings, or that it is held."""
    found = of_two_stores(people, split, sums)
    expected = [
        f"E{place:02}" for place, row in enumerate(people) if row["position"] in split and row["state"] != "excluded"
    ]
    assert found.frame["employee_id"].to_list() == expected


@settings(max_examples=40)
@given(st.integers(0, 10**8), st.lists(st.integers(0, 13000), min_size=2, max_size=9))
def test_a_better_score_never_gets_less(metric: int, scores: list[int]) -> None:
    """Fails when points gained would cost somebody money beside a colleague with fewer."""
    ranked = sorted(scores, reverse=True)
    people = {
        f"E{place}": {"position": "technician", "score": Decimal(score) / 100} for place, score in enumerate(ranked)
    }
    found = shared({"pool": BONUS, "metric": metric, "members": people})
    assert found.frame["amount"].to_list() == sorted(found.frame["amount"], reverse=True)


@settings(max_examples=40)
@given(MEMBERS, SPLIT, SUMS, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(
    people: list[dict[str, Any]], split: dict[str, int], sums: tuple[int, int | None], chance: Any
) -> None:
    """Fails when the same month, sorted otherwise, would give the odd fen, or a step, to somebody else."""
    first, second = of_two_stores(people, split, sums), of_two_stores(people, split, sums, chance)
    assert first.frame.equals(second.frame)
    assert first.sums.equals(second.sums)
    assert first.steps.equals(second.steps)
    assert first.problems == second.problems
