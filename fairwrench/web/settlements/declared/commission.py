"""What commission came to in the latest month that has any, for who changes its rates."""

from __future__ import annotations

import polars as pl

from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.targets import GROUP
from fairwrench.web.schemes.commission.paid import CommissionPaid, Paid
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.selectors import WHOLE
from fairwrench.web.settlements.workspace import store_of_run

#: how many months are looked at: under a scheme without plans a month has no commission of its own
LOOKED_AT = 2


def commission_month(user: User) -> CommissionPaid | None:
    """Sums over the group; None for who may not try a scheme, which shows the same, and where no month has any."""
    if not may(user, "settlements.try_scheme", about=GROUP):
        return None
    runs = Run.objects.filter(whole=True, kind__in=[Run.Kind.LIVE, Run.Kind.FINAL]).select_related("cycle")
    latest: dict[str, Run] = {}
    for run in runs.defer(*WHOLE).order_by("-cycle__month", "-id")[: LOOKED_AT * 8]:
        latest.setdefault(run.cycle.month, run)
    found = (_paid(run) for run in list(latest.values())[:LOOKED_AT])
    return next((paid for paid in found if paid.lines), None)


def _paid(run: Run) -> CommissionPaid:
    steps = store_of_run(run=run).of_everybody("steps").filter(pl.col("part") == "commission")
    # a subject is position/line; slices of one line are rows of their own
    lines = steps.filter(pl.col("step") == "commission_line", pl.col("amount").is_not_null())
    due = steps.filter(pl.col("step") == "commission", pl.col("amount").is_not_null())
    # who is held for one line has no commission: their other lines came to nothing yet
    lines = lines.join(due.select("employee_id"), on="employee_id", how="semi")
    parted = lines.with_columns(pl.col("subject").str.split_exact("/", 1).alias("at")).unnest("at")
    by_line = parted.group_by("field_0", "field_1").agg(pl.col("employee_id").n_unique(), pl.col("amount").sum())
    # nobody has two plans in a month: who moved is paid by the assignment in which they are assessed
    of_plan = parted.group_by("employee_id").agg(position=pl.col("field_0").first())
    by_plan = due.join(of_plan, on="employee_id").group_by("position").agg(pl.len(), pl.col("amount").sum())
    return CommissionPaid(
        month=run.cycle.month,
        so_far=run.kind == Run.Kind.LIVE,
        lines={(position, line): Paid(people, int(amount)) for position, line, people, amount in by_line.iter_rows()},
        plans={position: Paid(people, int(amount)) for position, people, amount in by_plan.iter_rows()},
    )
