"""A version tried on a month: what it tells is what settling would come to, it changes nothing, and few may ask."""

from __future__ import annotations

from dataclasses import asdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.team_names import team_id
from fairwrench.web.access.models import User
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.selectors import ledger, sources
from fairwrench.web.schemes.commission.paid import Paid
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.services import version_add
from fairwrench.web.settlements.declared import commission
from fairwrench.web.settlements.declared.commission import commission_month
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.trials.trials import trial_path, trial_read
from fairwrench.web.work.models import Job

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
LAST = CURRENT.plus(-1)
#: hours for customers at 20 yuan for technicians, panels for painters
DOCUMENT = """\
base: dealership
scheme: tried
version: "1"
name: {zh: 试, en: Tried}
pay:
  commission:
    technician:
      lines:
        hours_outside: {rate: 20.00}
    painter:
      lines:
        panels: {rate: 30.00}
"""


@pytest.fixture
def version(group: Path, db: None) -> SchemeVersion:
    """A draft with a plan for technicians."""
    return version_add(content=DOCUMENT.encode(), name="tried.yaml", by=User.objects.get(username="hr"))


def finished_by(employee_id: str) -> pl.DataFrame:
    """The job lines that somebody finished in the month, with the kind of their order."""
    kinds, known = ledger().current("repair_orders", sources()["repair_orders"]), sources()["job_lines"]
    lines = ledger().current("job_lines", known).join(kinds.select("store", "ro_no", "kind"), on=["store", "ro_no"])
    local = pl.col("finished_at").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m")
    return lines.filter(pl.col("technician") == employee_id, local == str(LAST))


def by_hand(employee_id: str) -> int:
    """Somebody's commission in fen: hours of customers' jobs finished in the month, their share of each, at 20 yuan."""
    outside = finished_by(employee_id).filter(
        pl.col("kind").is_in(["maintenance", "repair"]),
        ~pl.col("internal").fill_null(False),
        ~pl.col("claim").fill_null(False),
    )
    return at_rate(outside, "billed_hours", 20)


def painted_by_hand(employee_id: str) -> int:
    """A painter's: panels that are not internal, their share of each and of the team's, at 30 yuan."""
    told = ledger().current("team_shares", sources()["team_shares"]).filter(pl.col("month") == str(LAST))
    mine = told.filter(pl.col("employee_id") == employee_id).sort("begin")
    team = finished_by(team_id(mine["store"][0], mine["team"][0]))
    day = pl.col("finished_at").dt.convert_time_zone("Asia/Shanghai").dt.date()
    shared = (
        team.with_columns(begin=day)
        .sort("begin")
        .join_asof(mine.select("begin", part="share"), on="begin", strategy="backward", check_sortedness=False)
    )
    own = finished_by(employee_id)
    rows = [(row, Decimal(1)) for row in own.to_dicts()] + [(row, row["part"]) for row in shared.to_dicts()]
    painted = [(row, part) for row, part in rows if not row["internal"] and row["kind"] != "internal"]
    done = sum(
        (Decimal(row["panels"] or 0) * Decimal(1 if row["share"] is None else row["share"]) * part)
        for row, part in painted
    )
    return int((done * 30 * 100).to_integral_value(ROUND_HALF_UP))


def at_rate(rows: pl.DataFrame, column: str, yuan: int) -> int:
    """What a column comes to by the share of each row at a rate, in fen."""
    done = sum(
        (Decimal(row[column] or 0) * Decimal(1 if row["share"] is None else row["share"]))
        for row in rows.iter_rows(named=True)
    )
    return int((done * yuan * 100).to_integral_value(ROUND_HALF_UP))


def test_a_trial_comes_to_what_settling_would(
    version: SchemeVersion, signed_in: Any, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """Fails when HR enters rates and is shown others than they will bring, or a trial touches the month."""
    before = list(Run.objects.values_list("pk", "seal", "made_at"))
    page = f"/months/{LAST}/trials/{version.pk}/"
    assert "还没有试算过" in signed_in("hr").get(page).text
    settings.JOBS_AT_ONCE = True
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in("hr").post(page).status_code == 302
    people = trial_read(path=trial_path(version=version, month=LAST))
    assert people
    technicians = [each for each in people if each.position == "technician"]
    assert len(technicians) > 3
    assert {each.employee_id: each.commission_b for each in technicians} == {
        each.employee_id: by_hand(each.employee_id) for each in technicians
    }
    assert len({each.commission_b for each in technicians}) > 3
    painters = [each for each in people if each.position == "painter"]
    assert painters
    assert {each.employee_id: each.commission_b for each in painters} == {
        each.employee_id: painted_by_hand(each.employee_id) for each in painters
    }
    assert any(each.commission_b for each in painters)
    # of everybody else nothing changes, and the side that held is what was settled
    others = [each for each in people if each.position not in ("technician", "painter")]
    assert {each.pay_change for each in others} <= {0, None}
    assert {each.lacks for each in others} == {""}
    settled = dict(Result.objects.filter(run__cycle__month=LAST, run__kind="final").values_list("employee_id", "score"))
    assert all(settled[each.employee_id] == each.score_a for each in people)
    assert list(Run.objects.values_list("pk", "seal", "made_at")) == before
    told = signed_in("gm").get(page).text
    assert technicians[0].name in told
    assert "试算绩效工资合计" in told
    link = signed_in("hr").get(f"/schemes/{version.pk}/version/").text
    assert page in link
    # the group's plans hold since the next month: without a word HR takes what they changed for the draft's doing
    assert "绩效制度 1.0，不是现行的" in told
    assert "不是现行的" not in signed_in("gm").get(f"/months/{CURRENT}/trials/{version.pk}/").text


def test_a_trial_under_way_or_failed_shows_how_far_it_is(version: SchemeVersion, signed_in: Any) -> None:
    """Fails when the page is an error while a trial waits, hides why it failed, or cannot do with a damaged one."""
    page = f"/months/{LAST}/trials/{version.pk}/"
    assert signed_in("hr").post(page).status_code == 302
    job = Job.objects.get(key=f"try:{version.pk}:{LAST}")
    assert "progress-card" in signed_in("hr").get(page).text
    Job.objects.filter(pk=job.pk).update(
        state="failed", problems=[asdict(Problem("x", "提成点数无法计算", "no", details={}))]
    )
    told = signed_in("hr").get(page)
    assert told.status_code == 200
    assert "提成点数无法计算" in told.text
    path = trial_path(version=version, month=LAST)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"PAR1 damaged")
    assert "重新试算" not in signed_in("hr").get(page).text
    path.unlink()
    SchemeVersion.objects.filter(pk=version.pk).update(state="withdrawn")
    assert signed_in("hr").get(page).status_code == 404
    assert signed_in("hr").get(f"/months/{CURRENT}/trials/{version.pk}/").status_code == 404


@pytest.mark.parametrize("name", ["manager", "auditor", "provider", "technician", "admin", "director"])
def test_only_hr_and_the_general_manager_try_a_scheme(version: SchemeVersion, signed_in: Any, name: str) -> None:
    """Fails when what everybody would earn is told to somebody else."""
    page = f"/months/{LAST}/trials/{version.pk}/"
    assert signed_in(name).get(page).status_code == 403
    assert signed_in(name).post(page).status_code == 403


def test_lines_of_who_has_no_commission_yet_are_not_paid(group: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when the lines add up to more than the commission, as a person who is held counts in them. Of two
    technicians with 100.00 and 70.00 for hours, the second is held for want of another line."""
    of = {"part": "commission"}
    rows = [
        {**of, "employee_id": "A", "step": "commission_line", "subject": "technician/hours", "amount": 100_00},
        {**of, "employee_id": "A", "step": "commission", "subject": "", "amount": 90_00},
        {**of, "employee_id": "B", "step": "commission_line", "subject": "technician/hours", "amount": 70_00},
        {**of, "employee_id": "B", "step": "commission_line", "subject": "technician/parts", "amount": None},
        {**of, "employee_id": "B", "step": "commission", "subject": "", "amount": None},
    ]
    store = SimpleNamespace(of_everybody=lambda _table: pl.DataFrame(rows, infer_schema_length=None))
    monkeypatch.setattr(commission, "store_of_run", lambda **_told: store)
    paid = commission_month(User.objects.get(username="hr"))
    assert paid is not None
    assert paid.lines == {("technician", "hours"): Paid(1, 100_00)}
    assert paid.plans == {"technician": Paid(1, 90_00)}


def test_the_rates_stand_beside_what_they_came_to(group: Path, signed_in: Any) -> None:
    """Fails when the page of rates tells other amounts than the month's commissions, or tells them to who may not see
    everybody's pay. The sums are those of the results, a position at a time."""
    paid = commission_month(User.objects.get(username="hr"))
    assert paid is not None and paid.so_far
    run = Run.objects.filter(cycle__month=paid.month, whole=True, kind=Run.Kind.LIVE).latest("pk")
    sums: dict[str, list[int | None]] = {}
    for result in Result.objects.filter(run=run, position__in=paid.plans):
        sums.setdefault(result.position, []).append(result.base)
    # who is not assessed earns commission and has no base to compare it with
    whole = {position: [each for each in found if each is not None] for position, found in sums.items()}
    whole = {position: found for position, found in whole.items() if len(found) == len(sums[position])}
    assert len(whole) > 3
    assert {position: (len(found), sum(found)) for position, found in whole.items()} == {
        position: (paid.plans[position].people, paid.plans[position].amount) for position in whole
    }
    assert {position for position, _ in paid.lines} == set(paid.plans)
    page = signed_in("hr").get("/schemes/commission/").text
    technicians = paid.plans["technician"]
    assert f"{paid.month} 至今：{technicians.people} 人" in page
    assert f"{Decimal(technicians.amount) / 100:,.2f}" in page
    assert commission_month(User.objects.get(username="manager")) is None
