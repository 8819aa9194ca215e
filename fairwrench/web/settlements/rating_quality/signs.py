"""What the ratings of each rater show: mild or severe beside others, all alike, against data, without or with copied
examples, of somebody who rates back.

Signs are questions to a rater and decide nothing; the bounds are ours and stand here alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from fairwrench.settlement.exact import as_decimal
from fairwrench.web.ui.words import Words

#: how many points (hundredths) the mean may lie from that of others on the same items before it is told
APART = 800
#: fewer people are no pattern
FEW = 4
#: of pairs of people whom rating and data order, the part (percent) that they may order differently
AGAINST = 60
#: letters below which two examples are alike by chance
SHORT = 6


@dataclass(frozen=True)
class Sign:
    """One thing to ask a rater: its code, in words, and the ratings that it is about (people by name)."""

    code: str
    words: Words
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class RaterSeen:
    """One rater's ratings of a month: of how many people, how many, their mean beside that of others on the same items
    (hundredths; None where nobody else rates these), the smallest and greatest, and what they show."""

    rater: str
    people: int
    ratings: int
    mean: int
    others: int | None
    least: int
    most: int
    signs: tuple[Sign, ...]

    @property
    def apart(self) -> int | None:
        """By how much (hundredths) the mean lies above that of others, below where negative."""
        return None if self.others is None else self.mean - self.others


def raters_seen(*, ratings: pl.DataFrame, beside: pl.DataFrame) -> list[RaterSeen]:
    """Every rater of some ratings, those with the most to ask first; `beside` are the ratings of everybody with whom
    they are compared (`judged.JUDGED` both)."""
    back = set(beside.select("rater", "employee_id").iter_rows())
    ordered = ratings.sort("rater", "store", "employee_id", "item")
    found = [
        _seen(str(rater), own, beside.filter(pl.col("rater") != rater), back)
        for (rater,), own in ordered.group_by("rater", maintain_order=True)
    ]
    return sorted(found, key=lambda each: (-len(each.signs), each.rater))


def _seen(rater: str, own: pl.DataFrame, beside: pl.DataFrame, back: set[tuple[str, str]]) -> RaterSeen:
    points = own["points"].to_list()
    mean, others = _mean(sum(points), len(points)), _others(own, beside)
    signs = (*_beside(mean, others, own), *_alike(own), *_against(own), *_examples(own), *_back(rater, own, back))
    people = own["employee_id"].n_unique()
    return RaterSeen(rater, people, len(points), mean, others, min(points), max(points), tuple(signs))


def _mean(total: int, n: int) -> int:
    """Half up, in hundredths."""
    return (2 * total + n) // (2 * n)


def _others(own: pl.DataFrame, beside: pl.DataFrame) -> int | None:
    """What others give on the same items, weighed by how often this rater rates each; None where nobody else does."""
    both = (
        own.group_by("item", "role")
        .len("n")
        .join(beside.group_by("item", "role").agg(total=pl.col("points").sum(), others=pl.len()), on=["item", "role"])
    )
    rows = [(Decimal(total) / others * n, n) for n, total, others in both.select("n", "total", "others").iter_rows()]
    weight = sum(n for _, n in rows)
    return int((sum(mean for mean, _ in rows) / weight).to_integral_value("ROUND_HALF_UP")) if weight else None


def _beside(mean: int, others: int | None, own: pl.DataFrame) -> Iterator[Sign]:
    if others is None or own["employee_id"].n_unique() < FEW or abs(mean - others) < APART:
        return
    by = f"{as_decimal(abs(mean - others), 2):f}"
    if mean > others:
        yield Sign("lenient", (f"比其他评分人平均高 {by} 分", f"{by} points above other raters"))
    else:
        yield Sign("severe", (f"比其他评分人平均低 {by} 分", f"{by} points below other raters"))


def _alike(own: pl.DataFrame) -> Iterator[Sign]:
    """Items on which everybody was given the same."""
    by_item = own.group_by("item").agg(pl.len(), pl.col("points").n_unique().alias("kinds"))
    alike = by_item.filter(pl.col("kinds") == 1, pl.col("len") >= FEW)["len"].to_list()
    if alike:
        n, most = len(alike), max(alike)
        yield Sign(
            "all_alike", (f"{n} 项全员同分（{most} 人）", f"{n} items with the same points for all {most} people")
        )


def _against(own: pl.DataFrame) -> Iterator[Sign]:
    """Whether who does well by data is rated low, and the other way round."""
    people = (
        own.drop_nulls("data")
        .group_by("employee_id")
        .agg(rated=pl.col("points").sum() * 1000 // pl.len(), data=pl.col("data").first())
    )
    if people.height < FEW:
        return
    pairs = people.join(people, how="cross", suffix="_b").filter(pl.col("employee_id") < pl.col("employee_id_b"))
    ways = (pl.col("rated") - pl.col("rated_b")).sign() * (pl.col("data") - pl.col("data_b")).sign()
    counts = dict(pairs.select(way=ways).filter(pl.col("way") != 0).group_by("way").len().iter_rows())
    ordered, against = sum(counts.values()), counts.get(-1, 0)
    if ordered and against * 100 >= AGAINST * ordered:
        share = f"{against}/{ordered}"
        yield Sign("against_data", (f"评分高低与数据相反（{share} 对）", f"ratings run against data ({share} pairs)"))


def _examples(own: pl.DataFrame) -> Iterator[Sign]:
    bare = own.filter(pl.col("top") | pl.col("bottom"), pl.col("example").str.strip_chars() == "")
    if bare.height:
        names = tuple(bare["name"].unique(maintain_order=True))
        words = f"{bare.height} 项最高或最低等级没有事例", f"{bare.height} best or worst levels without an example"
        yield Sign("no_example", words, names)
    said: Counter[str] = Counter()
    for who, example in own.select("employee_id", "example").unique().iter_rows():
        text = "".join(example.split())
        said[text] += len(text) >= SHORT and who is not None
    copied = {text for text, n in said.items() if n > 1}
    if copied:
        texts = own["example"].str.replace_all(r"\s", "")
        names = tuple(own.filter(texts.is_in(list(copied)))["name"].unique(maintain_order=True))
        words = f"{len(names)} 人的事例文字相同", f"the same example for {len(names)} people"
        yield Sign("copied", words, names)


def _back(rater: str, own: pl.DataFrame, back: set[tuple[str, str]]) -> Iterator[Sign]:
    """People whom one rates and by whom one is rated."""
    both = own.filter(pl.col("employee_id").is_in([who for who, rated in back if rated == rater]))
    if both.height:
        names = tuple(both["name"].unique(maintain_order=True))
        yield Sign("rates_back", ("与被评人互相评分", "rates somebody by whom they are rated"), names)
