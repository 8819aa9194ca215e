"""Schemes and sources from files: bases, libraries, defaults, and problems with their lines."""

from pathlib import Path

import pytest

from fairwrench.catalog.loader import load_scheme, load_sources, scheme_names
from fairwrench.settlement.problem import Problem, Refused
from tests.catalog.metric_library import load_metrics


@pytest.fixture
def write(tmp_path: Path):
    """Writes a file into a folder of its own and gives its path."""

    def written(name: str, text: str) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return str(path)

    return written


def problems(name: str) -> list[Problem]:
    with pytest.raises(Refused) as caught:
        load_scheme(name)
    return list(caught.value.problems)


VARIANT = """base: dealership
scheme: strict
version: "2"
name: {zh: 严格, en: Strict}
"""


def test_a_variant_is_its_base_and_a_named_change(write) -> None:
    """Fails when a what-if needs the whole regulation written out again, or changes more than it says."""
    path = write(
        "strict.yaml", VARIANT + "item_defaults:\n  rework_rate: {target: 0.02}\neligibility: {wage_below: null}\n"
    )
    base, variant = load_scheme("dealership"), load_scheme(path)
    assert str({i.key: i.target for i in variant.scorecards["master_technician"].items}["rework_rate"]) == "0.02"
    assert variant.eligibility.wage_below is None
    assert variant.eligibility.min_days_in_service == base.eligibility.min_days_in_service
    assert (variant.bands, variant.positions, variant.pay) == (base.bands, base.positions, base.pay)


def test_a_variant_of_a_variant_beside_it(write) -> None:
    """Fails when a base can only be a shipped scheme, so that a group cannot keep its own next to its stores'."""
    write("group/own.yaml", VARIANT + "currency: EUR\n")
    path = write("group/store.yaml", "base: own.yaml\nscheme: store\nbands: {neutral: 95}\n")
    scheme = load_scheme(path)
    assert (scheme.scheme, scheme.currency, str(scheme.bands.neutral)) == ("store", "EUR", "95")


def test_a_folder_is_one_scheme(write) -> None:
    """Fails when a long scheme cannot be split into files, or a problem in one of them names another."""
    folder = Path(write("own/a.yaml", VARIANT)).parent
    write("own/b.yaml", "cycle:\n  due_time: half past five\n")
    (problem,) = problems(str(folder))
    assert (problem.path, problem.line, Path(problem.file).name) == (("cycle", "due_time"), 2, "b.yaml")


def test_bases_may_not_run_in_a_circle(write) -> None:
    """Fails when two schemes that name each other would hang the program."""
    write("a.yaml", "scheme: a\nbase: b.yaml\n")
    path = write("b.yaml", "base: a.yaml\n")
    (problem,) = problems(path)
    assert (problem.code, problem.path) == ("base_loop", ("base",))
    assert (Path(problem.file).name, problem.line) == ("a.yaml", 2)
    assert "b → a → b" in problem.en


def test_an_unknown_base_names_the_line_and_the_nearest(write) -> None:
    """Fails when a slip in `base:` sends somebody searching."""
    (problem,) = problems(write("a.yaml", "scheme: a\n\nbase: dealershp\n"))
    assert (problem.code, problem.path, problem.line) == ("unknown_scheme", ("base",), 3)
    assert "did you mean `dealership`?" in problem.en


def test_an_unknown_scheme_names_the_nearest() -> None:
    """Fails when `--scheme helpdesk` only says no."""
    (problem,) = problems("helpdesk")
    assert problem.code == "unknown_scheme"
    assert "`help_desk`" in problem.en
    assert not problem.path, "there is no line that names it"


WRONG = (
    VARIANT
    + """\
bands:
  maximun: 130
  grades:
    A: {share: lots}
distribution:
  mode: advisry
cycle:
  steps:
    key: {day: 31, responsible: 7}
  goals: 3
pay:
  bases:
    profits: {kind: commission}
scorecards:
  technician:
    items:
      - {metric: one_time_fix_rate, weight: 50}
      - {rating: conduct, category: manners, weight: 50}
metrics:
  mine:
    name: {ch: 我的}
    better: more
    numerator: {source: job_lines}
"""
)
EXPECTED = {
    (6, "unknown_word", "maximum"),
    (8, "not_a_number", ""),
    (10, "unknown_word", "advisory"),
    (13, "out_of_range", ""),
    (13, "not_text", ""),
    (14, "not_a_list", ""),
    (17, "unknown_word", "profit"),
    (21, "value_error", ""),
    (22, "unknown_word", ""),
    (25, "missing", ""),
    (25, "unknown_word", ""),
    (26, "unknown_word", ""),
    (27, "missing", ""),
}


def test_every_slip_comes_at_once_with_its_line_and_the_nearest_word(write) -> None:
    """Fails when a person who edits YAML has to find the place, or the word that was meant, alone."""
    found = problems(write("wrong.yaml", WRONG))
    assert {(p.line, p.code) for p in found} == {(line, code) for line, code, _ in EXPECTED}
    for line, code, near in EXPECTED:
        said = [p.en for p in found if (p.line, p.code) == (line, code)]
        assert any(f"did you mean `{near}`?" in text for text in said) or not near, said
    assert [p.line for p in found] == sorted(p.line for p in found)
    assert all(p.zh != p.en and Path(p.file).name == "wrong.yaml" for p in found)


def test_words_the_loader_resolves_are_checked_too(write) -> None:
    """Fails when a slip in a list of metrics or in a default is passed over, so that a KPI vanishes unseen."""
    text = (
        VARIANT + "metrics_from: [worksop, people]\nshow: [exam_scor]\nitem_defaults:\n  attendence_rate: {target: 1}\n"
    )
    found = [(p.line, p.en) for p in problems(write("a.yaml", text)) if p.code == "unknown_word" and p.line]
    assert (5, "there is no `worksop`; did you mean `workshop`?") in found
    assert (6, "there is no `exam_scor`; did you mean `exam_score`?") in found
    assert (8, "there is no `attendence_rate`; did you mean `attendance_rate`?") in found


def test_a_default_that_is_wrong_names_its_own_line(write) -> None:
    """Fails when a wrong default is reported at the scorecards that take it, where there is nothing to mend."""
    text = VARIANT + "item_defaults:\n  conduct:\n    levels: {优秀: a lot, 不合格: 60}\n"
    found = problems(write("a.yaml", text))
    wrong = [p for p in found if p.code == "not_a_number"]
    assert wrong
    assert {(Path(p.file).name, p.line) for p in wrong} == {("a.yaml", 7)}


def test_an_item_overrides_its_default(write) -> None:
    """Fails when one position's own target or curve would be lost to the common one."""
    text = (
        VARIANT
        + """scorecards:
  tool_keeper:
    items:
      - {metric: attendance_rate, category: discipline, weight: 100, target: 0.99}
"""
    )
    item = load_scheme(write("a.yaml", text)).scorecards["tool_keeper"].items[0]
    common = next(i for i in load_scheme("dealership").scorecards["technician"].items if i.key == "attendance_rate")
    assert str(item.target) == "0.99"
    assert item.curve == common.curve


def test_only_metrics_that_are_used_are_kept(write) -> None:
    """Fails when a scheme with three KPIs would measure a hundred, or lacks the independent one beside a judged one."""
    text = """base: dealership
scheme: small
scorecards: null
positions: null
show: [rework_rate_judged]
item_defaults: null
"""
    found = problems(write("a.yaml", text))
    assert {p.path for p in found} == {("scorecards",), ("positions",)}, "null removes"
    path = write("b.yaml", "base: dealership\nscheme: small\nshow: [rework_rate_judged]\n")
    kept = load_scheme(path).metrics
    assert {"rework_rate_judged", "rework_rate"} <= set(kept)
    assert "bay_turns" not in kept
    assert "bay_turns" in load_metrics()


def test_a_library_metric_can_be_worded_anew(write) -> None:
    """Fails when a shop with another bound must copy the whole formula."""
    metric = load_scheme(write("a.yaml", VARIANT + "metrics: {rework_rate: {bound: 0.04}}\n")).metrics["rework_rate"]
    assert str(metric.bound) == "0.04"
    assert metric.numerator == load_metrics()["rework_rate"].numerator


def test_sources_of_ones_own(write, tmp_path: Path) -> None:
    """Fails when a new kind of evidence needs code."""
    write("bikes.yaml", """name: {zh: 单车, en: Bikes}
row: {zh: 一辆, en: one bike}
key: [bike_no]
filed_by: seen_on
columns:
  bike_no: {required: true}
  seen_on: {type: date, required: true}
""")  # fmt: skip
    assert load_sources(tmp_path)["bikes"].key == ("bike_no",)
    write("cars.yaml", "name: {zh: 车, en: Cars}\nkey: [vin]\nfiled_by: seen_on\ncolumns:\n  vin: {type: tekst}\n")
    with pytest.raises(Refused) as caught:
        load_sources(tmp_path)
    found = {(p.path, p.line): p.en for p in caught.value.problems}
    assert "did you mean `text`?" in found[("columns", "vin", "type"), 5]
    assert ("row",) in {path for path, _ in found}


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Fails when a workbook handed in as a scheme ends in a traceback."""
    path = tmp_path / "scheme.yaml"
    path.write_bytes(b"PK\x03\x04\xff\xfe")
    assert problems(str(path))[0].code in ("unreadable_file", "unreadable_yaml")


def test_bases_alone_are_no_schemes() -> None:
    """Fails when the bare regulation, which has no positions, is offered as a scheme."""
    assert scheme_names() == [
        "community_repair", "dealership", "dealership_commission", "dealership_pool", "field_service", "help_desk",
    ]  # fmt: skip


def test_a_scheme_survives_the_database() -> None:
    """Fails when a scheme kept as JSON would settle differently: decimals must come back as they were."""
    scheme = load_scheme("dealership")
    assert type(scheme).model_validate_json(scheme.model_dump_json(by_alias=True)) == scheme
