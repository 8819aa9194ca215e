"""What a scheme says that cannot be meant: each test breaks a small sound scheme in one place and is to be told."""

import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwrench.settlement.check.check import check_scheme
from fairwrench.settlement.check.check_cards import reach
from fairwrench.settlement.check.check_sources import check_sources
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Measure, Scheme
from fairwrench.settlement.source.source import Source

TEXT = {"zh": "名", "en": "name"}
SOURCE = Source.model_validate({
    "name": TEXT,
    "row": TEXT,
    "key": ["job_no"],
    "filed_by": "done_on",
    "columns": {
        "job_no": {"required": True},
        "worker": {"type": "person"},
        "done_on": {"type": "date", "required": True},
        "good": {"type": "bool"},
        "share": {"type": "decimal", "scale": 3},
    },
})  # fmt: skip
SOURCES = {"jobs": SOURCE}
JOBS = {"source": "jobs", "credit": "worker", "date": "done_on"}
RISING = {"piecewise": [["0.5", "0"], ["1", "130"]]}
FALLING = {"piecewise": [["0", "130"], ["1", "0"]]}
LEVELS = {"优秀": "130", "不合格": "60"}

SOUND: dict[str, Any] = {
    "scheme": "small",
    "version": "1",
    "name": TEXT,
    "departments": {"workshop": {"name": {"zh": "车间", "en": "Workshop"}}},
    "positions": {
        "fitter": {
            "name": {"zh": "钳工", "en": "Fitter"}, "department": "workshop", "side": "profit", "scorecard": "card",
        },
    },
    "metrics": {
        "good_rate": {
            "name": TEXT, "better": "higher", "reference": "S1", "numerator": {**JOBS, "where": "good"},
            "denominator": JOBS,
        },
        "bad_count": {"name": TEXT, "better": "lower", "default": "house", "numerator": JOBS},
        "of_store": {
            "name": TEXT, "better": "higher", "default": "house", "numerator": {"source": "jobs", "date": "done_on"},
        },
    },
    "scorecards": {
        "card": {
            "items": [
                {"metric": "good_rate", "category": "key", "weight": "50", "target": "0.9", "curve": RISING},
                {"metric": "bad_count", "category": "customer", "weight": "30", "curve": FALLING},
                {"rating": "conduct", "category": "learning", "weight": "20", "levels": LEVELS},
                {"bonus": "extra", "up_to": "5"},
            ],
        },
    },
    "cycle": {
        "goals": [2, 8],
        "steps": {
            "first": {"name": TEXT, "responsible": "fitter", "day": 2, "categories": ["key", "customer"]},
            "second": {"name": TEXT, "responsible": "line_manager", "day": 4, "categories": ["learning"]},
        },
    },
    "bands": {
        "maximum": "130",
        "grades": {
            "A": {"name": TEXT, "from": "120", "share": "5"},
            "B": {"name": TEXT, "from": "105", "share": "20"},
            "C": {"name": TEXT, "from": "90", "share": "60"},
            "D": {"name": TEXT, "above": "70", "share": "10"},
            "E": {"name": TEXT, "share": "5"},
        },
    },
    "pay": {"bases": {"profit": {"kind": "commission"}}},
    "standing": {
        "counters": {"e": ["E"]},
        "rules": {
            "warn": {"counter": "e", "at": 2, "event": "severe_warning", "by": "hr", "letter": "warning"},
        },
    },
    "letters": {
        "warning": {
            "title": TEXT,
            "body": {"zh": "{name}{reasons}{by_date}", "en": "{name} {reasons} {by_date}"},
            "signed_by": ["hr", "employee"],
        },
    },
}  # fmt: skip


def changed(path: str, value: Any) -> Scheme:
    """The sound scheme with one part set, or removed where the value is `...`."""
    document = copy.deepcopy(SOUND)
    part: Any = document
    *way, last = [int(word) if word.isdigit() else word for word in path.split("/")]
    for word in way:
        part = part[word]
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return Scheme.model_validate(document)


def told(scheme: Scheme, *severities: str) -> list[Problem]:
    wanted = severities or ("error", "warning")
    return [problem for problem in check_scheme(scheme, SOURCES) if problem.severity in wanted]


def test_a_sound_scheme_is_left_alone() -> None:
    """Fails when somebody is sent looking for faults that are none."""
    assert told(Scheme.model_validate(SOUND)) == []


ITEM = "scorecards/card/items"
WRONG: list[tuple[str, Any, str, str, str]] = [
    # what is changed, into what, the code, the path told, and a word of the sentence
    ("metrics/good_rate/numerator/source", "job", "unknown_source", "metrics.good_rate.numerator.source", "`jobs`"),
    ("metrics/good_rate/numerator/credit", "workr", "unknown_column", "metrics.good_rate.numerator.credit", "`worker`"),
    ("metrics/good_rate/numerator/credit", "good", "column_type", "metrics.good_rate.numerator.credit", "person"),
    ("metrics/good_rate/numerator/date", "worker", "column_type", "metrics.good_rate.numerator.date", "date"),
    ("metrics/good_rate/independent", "god_rate", "unknown_metric", "metrics.good_rate.independent", "`good_rate`"),
    ("metrics/good_rate/decided_by", ["filter"], "unknown_position", "metrics.good_rate.decided_by[0]", "`fitter`"),
    ("metrics/bad_count/thin_below", 3, "thin_without_denominator", "metrics.bad_count.thin_below", ""),
    ("positions/fitter/department", "workshp", "unknown_department", "positions.fitter.department", "`workshop`"),
    ("positions/fitter/scorecard", "crd", "unknown_scorecard", "positions.fitter.scorecard", "`card`"),
    ("positions/fitter/scorecard", ..., "no_scorecard", "positions.fitter", ""),
    ("positions/fitter/side", "function", "no_pay_base", "positions.fitter", ""),
    (f"{ITEM}/0/weight", "40", "weights", "scorecards.card.items", "90"),
    (f"{ITEM}/0/weight", "0", "weight", "scorecards.card.items[0].weight", ""),
    (f"{ITEM}/3/weight", "5", "bonus_weight", "scorecards.card.items[3].weight", ""),
    (f"{ITEM}/0/metric", "goods_rate", "unknown_metric", "scorecards.card.items[0].metric", "`good_rate`"),
    (f"{ITEM}/0/metric", "bad_count", "repeated_item", "scorecards.card.items[0]", ""),
    (f"{ITEM}/0/metric", "of_store", "no_credit", "scorecards.card.items[0].of", "of: store"),
    (f"{ITEM}/0/category", "objective", "category_side", "scorecards.card.items[0].category", "objective"),
    (f"{ITEM}/0/curve", FALLING, "curve_direction", "scorecards.card.items[0].curve", "higher is better"),
    (f"{ITEM}/1/curve", RISING, "curve_direction", "scorecards.card.items[1].curve", "lower is better"),
    (f"{ITEM}/1/curve", {"steps": [["1", "130"], ["3", "90"]], "beyond": "95"}, "curve_direction",
     "scorecards.card.items[1].curve", "beyond"),
    (f"{ITEM}/0/curve", {"deduct": {"start": "130", "per": "1", "floor": "0"}}, "curve_direction",
     "scorecards.card.items[0].curve", "deduct"),
    (f"{ITEM}/0/curve", {"gate": {"met": "60", "missed": "130"}}, "curve_direction",
     "scorecards.card.items[0].curve", ""),
    (f"{ITEM}/0/curve", {"piecewise": [["0", "0"], ["1", "140"]]}, "above_maximum", "scorecards.card.items[0]", "140"),
    (f"{ITEM}/2/levels", {"优秀": "150", "不合格": "60"}, "above_maximum", "scorecards.card.items[2]", "150"),
    (f"{ITEM}/2/raters", {"self": "20", "line_manager": "70"}, "rater_shares", "scorecards.card.items[2].raters", "90"),
    (f"{ITEM}/2/described", {"优透": TEXT, "优秀": TEXT}, "unknown_level",
     "scorecards.card.items[2].described.优透", "优秀"),
    (f"{ITEM}/2/described", {"优秀": TEXT}, "undescribed_level", "scorecards.card.items[2].described", "不合格"),
    ("cycle/goals", [5, 8], "item_count", "scorecards.card.items", "3 items"),
    ("cycle/goals", [8, 3], "goals", "cycle.goals", ""),
    ("cycle/steps/first/responsible", "line_mangr", "unknown_position_or_role", "cycle.steps.first.responsible",
     "`line_manager`"),
    ("cycle/steps/second/day", 1, "step_order", "cycle.steps.second.day", "day 2"),
    ("cycle/next_level_interview", {"grades": ["A", "Z"]}, "talk_grade", "cycle.next_level_interview.grades[1]", "Z"),
    ("cycle/steps/second/categories", [], "category_without_step", "cycle.steps", "learning"),
    ("cycle/lateness", {"amount": "500"}, "fines", "cycle.lateness", "unlawful"),
    ("cycle/lateness", {"amount": "500", "effect": "points"}, "no_points_a_day",
     "cycle.lateness.instead.points", "`points`"),
    ("standing/tickets", {"ticket_articles": {"late": {"name": TEXT, "kind": "penalty", "most_amount": "0.01"}}},
     "fines", "standing.tickets.ticket_articles", "unlawful"),
    ("bands/grades/B/from", "120", "bands_overlap", "bands.grades.B", "120"),
    ("bands/grades/C/from", "106", "bands_overlap", "bands.grades.C", "106"),
    ("bands/grades/B/above", "100", "band_bound", "bands.grades.B", ""),
    ("bands/grades/E/from", "10", "band_gap", "bands.grades.E", ""),
    ("bands/grades/A/from", "131", "band_above_maximum", "bands.grades.A", "130"),
    ("bands/grades/C/share", "50", "band_shares", "bands.grades", "90"),
    ("distribution", {"remainder_order": ["A", "B", "C"]}, "remainder_order", "distribution.remainder_order", ""),
    ("pay/bases/profit", {"kind": "salary"}, "no_share", "pay.bases.profit", ""),
    ("pay/bases/profit", {"kind": "salary", "share": "30"}, "share_not_a_fraction", "pay.bases.profit.share", "0.30"),
    ("pay/bases/profit/share", "0.3", "stray_share", "pay.bases.profit.share", ""),
    ("pay/deductions", {"warn_share": "20"}, "share_not_a_fraction", "pay.deductions.warn_share", ""),
    ("pay/coefficient", {"by": "grade", "grades": {"A": "1.2"}}, "coefficient_missing", "pay.coefficient",
     "B, C, D, E"),
    ("pay/coefficient", {"by": "piecewise", "piecewise": [["90", "1"], ["80", "0.5"]]}, "coefficient_order",
     "pay.coefficient", ""),
    ("pay/commission", {"fiter": {"lines": {}}}, "unknown_position", "pay.commission.fiter", "`fitter`"),
    ("pay/commission", {"fitter": {"lines": {"x": {"measure": JOBS}}}}, "rate_or_tiers",
     "pay.commission.fitter.lines.x", ""),
    ("pay/commission", {"fitter": {"lines": {"x": {"measure": JOBS, "tiers": [["0", "1"], ["0", "2"]]}}}},
     "tiers_order", "pay.commission.fitter.lines.x.tiers", ""),
    ("pay/commission", {"fitter": {"lines": {"x": {"measure": {**JOBS, "credit": None}, "rate": "1"}}}}, "no_credit",
     "pay.commission.fitter.lines.x.measure", ""),
    ("pay/commission", {"fitter": {"lines": {}, "factors": [{}]}}, "factor", "pay.commission.fitter.factors[0]", ""),
    ("pay/commission", {"fitter": {"lines": {}, "factors": [{"attainment": "gut_rate"}]}}, "unknown_metric",
     "pay.commission.fitter.factors[0].attainment", "`good_rate`"),
    ("pay/commission", {"fitter": {"lines": {"x": {"measure": JOBS, "rate": "0.1234567"}}}}, "too_many_decimals",
     "pay.commission.fitter.lines.x.rate", "6"),
    ("pools", {"p": {"draw": {"metric": "of_stor", "rate": "0.1"}, "split": {"fitter": "100"}}}, "unknown_metric",
     "pools.p.draw.metric", "`of_store`"),
    ("pools", {"p": {"draw": {"metric": "of_store", "rate": "0.1", "gate_metric": "of_store"},
                     "split": {"fitter": "100"}}}, "half_a_gate", "pools.p.draw", ""),
    ("pools", {"p": {"draw": {"metric": "of_store", "rate": "0.1"}, "split": {"fitter": "90"}}}, "pool_split",
     "pools.p.split", "90"),
    ("pools", {"p": {"draw": {"metric": "of_store", "rate": "0.1"}, "split": {"fitter": "100"},
                     "within": ["attendance"]}},
     "no_attendance", "pools.p", ""),
    ("pools", {"p": {"draw": {"metric": "of_store", "rate": "0.1"}, "split": {"fitter": "100"},
                     "attendance": "of_store"}},
     "no_credit", "pools.p.attendance", ""),
    ("standing/rules/warn/counter", "d", "unknown_counter", "standing.rules.warn.counter", ""),
    ("standing/rules/warn/by", "hrr", "unknown_position_or_role", "standing.rules.warn.by", "`hr`"),
    ("standing/rules/warn/letter", "waning", "unknown_letter", "standing.rules.warn.letter", "`warning`"),
    ("standing/rules/warn/letter", ..., "no_letter", "standing.rules.warn", ""),
    ("standing/rules/warn/event", "improvement_plan", "plan_length", "standing.rules.warn", ""),
    ("standing/severity", ["separation_review"], "severity", "standing.rules.warn", "severe_warning"),
    ("standing/rules/again", {"counter": "e", "at": 2, "event": "separation_review", "by": "hr"}, "rules_collide",
     "standing.rules.warn", ""),
    ("standing/year", {"x": {"grades": ["A", "B"], "event": "raise_candidate"},
                       "y": {"grades": ["B"], "event": "raise_considered_next"}}, "year_rules_collide",
     "standing.year", "B"),
    ("letters/warning/body/en", "{name} {resons} {by_date} {reasons}", "unknown_placeholder", "letters.warning.body.en",
     "`reasons`"),
    ("letters/warning/body/zh", "{name}{reasons}", "letter_without", "letters.warning.body.zh", "{by_date}"),
    ("letters/warning/signed_by", ["hr", "boss"], "unknown_position_or_role", "letters.warning.signed_by[1]", "boss"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "code", "place", "word"), WRONG, ids=[f"{w[2]}-{w[0]}" for w in WRONG])
def test_what_cannot_be_meant_is_told(path: str, value: Any, code: str, place: str, word: str) -> None:
    """Fails when people would be scored or paid by a slip of the pen, or sent to the wrong place to mend it."""
    found = [problem for problem in told(changed(path, value)) if problem.code == code]
    assert [p for p in found if problem_path(p) == place and word in p.en + p.zh], told(changed(path, value))
    assert all(p.zh and p.zh != p.en for p in found)


def problem_path(problem: Problem) -> str:
    return problem.place()


@pytest.mark.parametrize(
    ("curve", "word"),
    [
        ({"steps": [["97", "130"], ["80", "100"]], "beyond": "50"}, "did you mean 0.97 (97 %)?"),
        ({"piecewise": [["0.5", "0"], ["97", "130"]]}, "a bound of 97"),
        ({"band": {"low": "0.9", "high": "1.1", "inside": "130", "per": "10", "floor": "0"}}, "a bound of 1.1"),
        ({"of": "attainment", "piecewise": [["0.6", "0"], ["1.3", "130"]]}, ""),
        ({"piecewise": [["0.5", "0"], ["1", "130"]]}, ""),
    ],
)
def test_bounds_of_a_rate_are_rates(curve: dict[str, Any], word: str) -> None:
    """Fails when a rate is scored between 80 and 97, which no rate reaches: everybody gets the lowest points."""
    document = copy.deepcopy(SOUND)
    document["metrics"]["good_rate"]["unit"] = "percent"
    document["scorecards"]["card"]["items"][0]["curve"] = curve
    wrong = [problem for problem in told(Scheme.model_validate(document)) if problem.code == "implausible_bound"]
    assert bool(wrong) is bool(word)
    assert not wrong or (word in "".join(p.en for p in wrong) and wrong[0].severity == "error")


def test_everything_comes_at_once_errors_first() -> None:
    """Fails when one mistake hides the next."""
    document = copy.deepcopy(SOUND)
    document["scorecards"]["card"]["items"][0]["weight"] = "10"
    document["positions"]["fitter"]["department"] = "x"
    document["cycle"]["goals"] = [5, 8]
    found = told(Scheme.model_validate(document))
    assert {p.code for p in found} == {"weights", "unknown_department", "item_count"}
    assert [p.severity for p in found] == ["error", "error", "warning"]


def test_a_word_for_two_positions_is_told() -> None:
    """Fails when a roster's word could mean two positions, and the order of the file decides which pay one gets."""
    document = copy.deepcopy(SOUND)
    document["positions"]["turner"] = {**document["positions"]["fitter"], "aliases": ["Fitter"]}
    found = [p for p in told(Scheme.model_validate(document)) if p.code == "ambiguous_word"]
    assert {p.path for p in found} == {("positions", "fitter"), ("positions", "turner")}


def test_a_curve_that_needs_a_target_without_one_is_noted() -> None:
    """Fails when nobody is told that the targets must be handed in each month."""
    scheme = changed(f"{ITEM}/0/curve", {"of": "attainment", **RISING})
    assert not [p for p in told(scheme, "note") if p.code == "no_target"], "the item has a target"
    document = scheme.model_dump(by_alias=True, exclude_none=True)
    del document["scorecards"]["card"]["items"][0]["target"]
    assert [p.path for p in told(Scheme.model_validate(document), "note") if p.code == "no_target"] == [
        ("scorecards", "card", "items", 0)
    ]


def test_the_reach_of_a_scorecard() -> None:
    """By hand: lowest (50×0 + 30×0 + 20×60) ÷ 100 = 12; highest 130 with or without the bonus, for 130 is the most."""
    scheme = Scheme.model_validate(SOUND)
    assert reach(scheme.scorecards["card"], scheme) == (Decimal("12.00"), Decimal(130))
    low = changed(f"{ITEM}/0/curve", {"piecewise": [["0", "0"], ["1", "100"]]})
    # highest (50×100 + 30×130 + 20×130) ÷ 100 = 115, and 5 of bonus
    assert reach(low.scorecards["card"], low) == (Decimal("12.00"), Decimal("120.00"))
    (note,) = [p for p in told(low, "note") if p.code == "reach"]
    assert "12" in note.en and "120" in note.en


def test_a_best_grade_out_of_reach_is_told() -> None:
    """S1 ❺ 5.5: an A must be attainable. By hand: (50×80 + 30×130 + 20×130) ÷ 100 + 5 = 110 < 120."""
    scheme = changed(f"{ITEM}/0/curve", {"piecewise": [["0", "0"], ["1", "80"]]})
    assert "best_grade_out_of_reach" in {p.code for p in told(scheme)}


def test_formulas_are_handed_to_the_engine_that_reads_them() -> None:
    """Fails when a wrong formula gets through because nobody was asked about it."""
    asked: list[Measure] = []

    def wrong(measure: Measure, source: Source) -> list[str]:
        asked.append(measure)
        return ["no division"] if measure.where == "good" else []

    found = [p for p in check_scheme(Scheme.model_validate(SOUND), SOURCES, wrong) if p.severity == "error"]
    assert [(p.code, p.path) for p in found] == [("formula", ("metrics", "good_rate", "numerator"))]
    assert "no division" in found[0].en
    assert len(asked) == 4


@given(st.lists(st.integers(1, 100), min_size=1, max_size=8))
def test_weights_are_right_exactly_when_they_add_to_100(weights: list[int]) -> None:
    """Fails when a sum near 100 passes, or 100 itself does not."""
    document = copy.deepcopy(SOUND)
    document["scorecards"]["card"]["items"] = [
        {"rating": f"r{place}", "category": "key", "weight": str(weight), "levels": LEVELS}
        for place, weight in enumerate(weights)
    ]
    found = "weights" in {p.code for p in told(Scheme.model_validate(document))}
    assert found == (sum(weights) != 100)


def source(**changes: Any) -> dict[str, Source]:
    document = SOURCE.model_dump(exclude_none=True)
    for name, value in changes.items():
        document["columns"][name] = value
    return {"jobs": Source.model_validate(document)}


def test_a_sound_source_is_left_alone() -> None:
    """Fails when a source is refused for nothing."""
    assert check_sources(SOURCES) == []


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"done_on": {"type": "text", "required": True}}, "filed_by"),
        ({"done_on": {"type": "date"}}, "filed_by"),
        ({"worker": {"type": "person", "split_into": "shar"}}, "unknown_column"),
        ({"worker": {"type": "person", "split_into": "good"}}, "split_into"),
        ({"good": {"type": "bool", "aliases": ["Worker"]}}, "ambiguous_label"),
        ({"share": {"type": "decimal", "min": "2", "max": "1"}}, "range"),
        ({"good": {"one_of": {"yes": ["是"], "no": ["是"]}}}, "ambiguous_word"),
    ],
)
def test_a_source_that_cannot_work_is_told(columns: dict[str, Any], code: str) -> None:
    """Fails when rows would be lost, or read into the wrong column, for want of a word in time."""
    assert code in {problem.code for problem in check_sources(source(**columns))}


@pytest.mark.parametrize(
    ("derived", "code"),
    [
        ({"lookup": "job", "by": {"job_no": "job_no"}, "take": "worker"}, "unknown_source"),
        ({"lookup": "jobs", "by": {"job_no": "job_number"}, "take": "worker"}, "unknown_column"),
        ({"exists": "jobs", "by": {"job_no": "job_no"}, "date": "done", "months": 3}, "unknown_column"),
        ({"total": "job", "by": {"job_no": "job_no"}, "take": "hours"}, "unknown_source"),
        ({"total": "jobs", "by": {"job_no": "job_no"}, "take": "nothing"}, "unknown_column"),
    ],
)
def test_a_derived_column_that_derives_from_nothing_is_told(derived: dict[str, Any], code: str) -> None:
    """Fails when a metric on a derived column would be empty, and so everybody without an occasion."""
    document = {**SOURCE.model_dump(exclude_none=True), "derived": {"d": derived}, "derived_types": {"d": "text"}}
    found = check_sources({"jobs": Source.model_validate(document)})
    assert {(p.code, p.path[:3]) for p in found} == {(code, ("jobs", "derived", "d"))}
