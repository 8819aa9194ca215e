"""What keeps the commission of a plan from being worked out: the evidence of its lines, the targets of its factors; and
sums below 0."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.source import Text

#: people named in a sentence; all of them stand in its details
SHOWN = 5


def lines_without_evidence(steps: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    """employee_id, source: what the lines count that could not be worked out, each once. `steps` as recorded."""
    shape = {"subject": pl.String, "source": pl.String}
    sources = pl.DataFrame(
        [
            (f"{position}/{name}", line.measure.source)
            for position, plan in scheme.pay.commission.items()
            for name, line in plan.lines.items()
        ],
        schema=shape,
        orient="row",
    )
    lacking = steps.filter(pl.col("step") == "commission_line", pl.col("amount").is_null())
    return lacking.join(sources, on="subject").select("employee_id", "source").unique(maintain_order=True)


def commission_problems(earned: pl.DataFrame, positions: pl.DataFrame, scheme: Scheme) -> Iterator[Problem]:
    """One sentence for all who lack the same. `earned`: employee_id, missing (names with commas); `positions`:
    employee_id, position."""
    lacking = earned.filter(pl.col("missing") != "").join(positions, on="employee_id", maintain_order="left")
    for (position, missing), people in lacking.group_by("position", "missing", maintain_order=True):
        who = people["employee_id"].to_list()
        names = [_called(str(position), part, scheme) for part in str(missing).split(",")]
        zh, en = "、".join(f"“{name.zh}”" for name in names), ", ".join(name.en for name in names)
        more_zh, more_en = ("等", " and others") if len(who) > SHOWN else ("", "")
        some_zh, some_en = "、".join(who[:SHOWN]) + more_zh, ", ".join(who[:SHOWN]) + more_en
        yield Problem(
            "commission_lacks",
            f"{some_zh} {len(who)} 人的提成缺{zh}的数据或目标，暂不能核算；没有发生的，请交一份没有行的文件",
            f"the commission of {len(who)} ({some_en}) waits for the evidence, or the target, of {en}; where there was "
            "none, hand in a file without rows",
            "warning",
            path=("pay", "commission", str(position)),
            details={"people": ", ".join(who)},
        )


def below_zero(steps: pl.DataFrame) -> list[Problem]:
    """People of whom a plan takes off more than they earned: their commission is 0. `steps` as recorded."""
    below = steps.filter((pl.col("step") == "commission_sum") & (pl.col("amount") < 0)).sort("employee_id")
    found = []
    for person, fen in below.select("employee_id", "amount").iter_rows():
        amount = f"{-fen // 100}.{-fen % 100:02d}"
        zh = f"{person} 的提成各项合计为 −{amount} 元，按 0 计，没有从其他工资中扣；"
        zh += "没有扣完的部分要收回的，请作扣款并写明依据"
        en = f"what the commission plan takes off {person} is {amount} yuan more than was earned, so the commission is "
        en += (
            "0 and nothing is taken from other pay; where the rest is to be had back, enter a deduction with its ground"
        )
        found.append(Problem("commission_below_zero", zh, en, "warning", subject=person))
    return found


def _called(position: str, part: str, scheme: Scheme) -> Text:
    line = scheme.pay.commission[position].lines.get(part)
    metric = scheme.metrics.get(part)
    named = line.name if line and line.name else metric.name if metric else None
    return named or Text(zh=part, en=part)
