"""The rating grid: a matrix a scorecard, people down and rated items across, and how often each level was given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from fairwrench.web.settlements.models import Result
from fairwrench.web.settlements.ratings.cells import Cells
from fairwrench.web.settlements.ratings.rating import Level, Place

#: where a person is not rated on an item of others
NO_CELL = mark_safe('<td class="rating-none"></td>')


@dataclass(frozen=True)
class Column:
    """An item that is rated, as the head of its column tells it; `key` is its own on the page."""

    key: str
    item: str
    name: str
    levels: Sequence[Level]
    #: the most points, where it is rated in points
    most: str
    bonus: bool


@dataclass(frozen=True)
class Row:
    """A person with a cell for each column; None where the person is not rated on that item."""

    result: Result
    cells: Sequence[Place | None]
    columns: Sequence[Column]
    drawing: Cells

    def drawn(self) -> Iterator[SafeString]:
        """The cells as they stand on the page."""
        for place, column in zip(self.cells, self.columns, strict=True):
            yield self.drawing.cell(place, column.key) if place else NO_CELL

    @property
    def places(self) -> list[Place]:
        """The cells that there are."""
        return [place for place in self.cells if place]

    @property
    def waited(self) -> int:
        """How many ratings are waited for."""
        return sum(place.waited for place in self.places)

    @property
    def missing(self) -> int:
        """How many of these are not given yet."""
        return sum(place.missing for place in self.places)

    @property
    def given(self) -> int:
        """How many of these are given."""
        return self.waited - self.missing

    @property
    def by_file_alone(self) -> bool:
        """Whether the ratings of the person's store come by file alone."""
        return any(place.by_file_alone for place in self.places)


@dataclass(frozen=True)
class Matrix:
    """The people of one scorecard whom one rater rates; `instead` names the rater where the user stands in."""

    key: str
    card: str
    instead: str
    columns: Sequence[Column]
    rows: Sequence[Row]

    @cached_property
    def plain_levels(self) -> list[Level]:
        """The levels that can be given to many at once: those that need no example anywhere they stand."""
        levels = [level for column in self.columns if not column.bonus for level in column.levels]
        needing = {level.word for level in levels if level.example}
        return list({level.word: level for level in levels if level.word not in needing}.values())

    @property
    def many(self) -> bool:
        """Whether there are several people to give a level to at once."""
        return len(self.rows) > 1

    @property
    def many_stores(self) -> bool:
        """Whether its people work in several stores."""
        return len({row.result.store for row in self.rows}) > 1


def matrices(found: Iterable[Place]) -> list[Matrix]:
    """The cells as matrices, oneself as rater first, people in the order in which they came."""
    groups: dict[tuple[bool, str, str], list[Place]] = {}
    for place in found:
        groups.setdefault((bool(place.instead), place.instead, place.result.scorecard), []).append(place)
    # a stable sort: within a rater the cards stay in the order in which their first person came
    ordered = sorted(groups.items(), key=lambda group: group[0][:2])
    return [_matrix(f"g{number}", places) for number, (_, places) in enumerate(ordered)]


def _matrix(key: str, places: Sequence[Place]) -> Matrix:
    items: dict[str, Place] = {}
    people: dict[str, dict[str, Place]] = {}
    for place in places:
        items.setdefault(place.item.key, place)
        # who is line manager and next level of somebody has one rating to give, though two roles to give it in
        people.setdefault(place.result.employee_id, {}).setdefault(place.item.key, place)
    columns = [
        Column(
            f"{key}-{number}",
            item,
            place.name,
            place.levels,
            "" if place.levels else f"{place.most:f}",
            place.item.kind != "rating",
        )
        for number, (item, place) in enumerate(items.items())
    ]
    drawing = Cells()
    rows = [
        Row(next(iter(cells.values())).result, [cells.get(column.item) for column in columns], columns, drawing)
        for cells in people.values()
    ]
    return Matrix(key, places[0].card, places[0].instead, columns, rows)


def people_of(grid: Iterable[Matrix]) -> list[dict[str, Any]]:
    """The cells by person."""
    return [{"result": row.result, "places": row.places} for matrix in grid for row in matrix.rows]


@dataclass(frozen=True)
class Share:
    """How often a level was given: the word that is kept, what it is called, how many, of how many in percent."""

    word: str
    name: str
    count: int
    percent: int


def shares(grid: Sequence[Matrix]) -> list[Share]:
    """How often each level was given so far, the levels from the first of an item to the last."""
    names: dict[str, str] = {}
    for matrix in grid:
        for column in matrix.columns:
            names |= {level.word: level.name for level in column.levels if level.word not in names}
    given = Counter(place.level_given for matrix in grid for row in matrix.rows for place in row.places)
    return [Share(word, name, given[word], _percent(given, names, word)) for word, name in names.items()]


def _percent(given: Mapping[str, int], names: Iterable[str], word: str) -> int:
    whole = sum(given[name] for name in names)
    return given[word] * 100 // whole if whole else 0
