"""A month in numbers: grades against what the scheme expects, the mean scores of stores over the months."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fairwrench.report.figures import share_text
from fairwrench.report.naming import Names
from fairwrench.web.settlements.months.listed import listed_url
from fairwrench.web.settlements.runs.run_reader import MonthMeans, shown_mean

#: stores drawn in one chart
LINES = 8


def grades_of(
    sums: dict[str, Any] | None, names: Names, *, month: str, store: str = "", lists: bool = True
) -> list[dict[str, Any]]:
    """Each grade with its people, where they are listed (unless not `lists`), and their share beside the share that the
    scheme expects."""
    if not sums:
        return []
    assessed = sum(sums["grades"].values())
    return [
        {
            "grade": grade,
            "name": names.say(band.name),
            "tone": names.tone(grade),
            "people": sums["grades"].get(grade, 0),
            "url": listed_url(month, grade=grade, **({"store": store} if store else {})) if lists else "",
            "share": share_text(sums["grades"].get(grade, 0), assessed),
            "expected": f"{band.share:f} %",
        }
        for grade, band in names.scheme.bands.grades.items()
    ]


def trend_of(*, months: Sequence[MonthMeans], stores: Sequence[str]) -> dict[str, Any] | None:
    """The mean score of some stores over published months, as a line chart's options; None with fewer than two."""
    if len(months) < 2:
        return None
    shops = [store for store in stores if any(store in means for _, means in months)]
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"data": shops},
        "xAxis": {"type": "category", "data": [month for month, _ in months]},
        # scale: the axis need not begin at 0, where scores that differ by a few points would be one line
        "yAxis": {"type": "value", "scale": True},
        "series": [
            {"name": shop, "type": "line", "data": [shown_mean(means.get(shop)) for _, means in months]}
            for shop in shops
        ],
    }
