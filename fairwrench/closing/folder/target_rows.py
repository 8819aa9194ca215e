"""Rows of targets held against the scheme: one that cannot be meant is rejected before it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from fairwrench.ledger.intake.intake import Intake
from fairwrench.settlement.inputs.target_bounds import implausible, no_percentage
from fairwrench.settlement.inputs.words import metric_words
from fairwrench.settlement.scheme.scheme import Metric, Scheme

TARGETS = "targets"


def metrics_by_word(scheme: Scheme) -> dict[str, Metric]:
    """Every word by which a target may name a metric → the metric."""
    names = {**metric_words(scheme), **{key: key for key in scheme.metrics}}
    return {word: scheme.metrics[key] for word, key in names.items() if key in scheme.metrics}


def plausible_targets(part: Intake, metrics: Mapping[str, Metric]) -> Intake:
    """The sheet without targets that cannot be meant; `metrics` as `metrics_by_word` gives them."""
    if part.source != TARGETS:
        return part
    percents = frozenset(part.percents.get("value", ()))
    rows = part.accepted.select("_row", "metric", "value").drop_nulls()
    wrong = [
        (row, str(value), why.zh, why.en)
        for row, word, value in rows.iter_rows()
        if word in metrics
        and (why := implausible(metrics[word], value) or no_percentage(metrics[word], value, signed=row in percents))
    ]
    if not wrong:
        return part
    shape = {"row": pl.Int64, "value": pl.String, "reason": pl.String, "reason_en": pl.String}
    told = pl.DataFrame(wrong, schema=shape, orient="row")
    facts = {
        "file": part.file,
        "sheet": part.sheet,
        "column": part.columns.get("value", "value"),
        "code": "implausible_target",
        "field": "value",
        "person": None,
    }
    rejected = told.with_columns(pl.lit(text).alias(name) for name, text in facts.items())
    gone = told["row"].n_unique()
    return replace(
        part,
        accepted=part.accepted.filter(~pl.col("_row").is_in(told["row"].implode())),
        # A rejected row is nobody's, and not the store's either.
        uncredited=part.uncredited.filter(~pl.col("row").is_in(told["row"].implode())),
        rejected=pl.concat([part.rejected, rejected.select(part.rejected.columns).cast(part.rejected.schema)]),
        counts=part.counts | {"accepted": part.counts["accepted"] - gone, "rejected": part.counts["rejected"] + gone},
    )
