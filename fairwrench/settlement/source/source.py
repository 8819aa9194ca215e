"""A source: one kind of evidence with its columns, key, aliases and derived columns."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from fairwrench.settlement.exact import Exact

ColumnType = Literal["text", "int", "decimal", "bool", "date", "timestamp", "month", "person", "store"]
#: what the numbers of a column are in; amounts of money are in yuan
ColumnUnit = Literal["money", "points", "seconds", "minutes", "hours", "days", "km"]
#: the order in which the files of a source write the parts of a date
DateOrder = Literal["year-month-day", "day-month-year", "month-day-year"]


class Model(BaseModel):
    """Every document part: unknown words are refused, values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Text(Model):
    """A name or note in both languages; given in one alone, or as a plain text, it is the same in the other."""

    zh: str
    en: str

    @model_validator(mode="before")
    @classmethod
    def _in_both(cls, given: object) -> object:
        if isinstance(given, str):
            return {"zh": given, "en": given}
        # Left as it is, so that the refusal names the field that is lacking.
        if not isinstance(given, dict) or {"zh", "en"}.isdisjoint(given):
            return given
        one = given.get("zh") or given.get("en")
        return {**given, "zh": given.get("zh") or one, "en": given.get("en") or one}

    def of(self, lang: str) -> str:
        """The wording in `lang`, `zh` or `en`."""
        return self.zh if lang == "zh" else self.en


class Column(Model):
    """One column. `decimal` has 2 decimals unless `scale` says 3; timestamps are UTC whole seconds once landed."""

    type: ColumnType = "text"
    name: Text | None = None
    aliases: tuple[str, ...] = ()
    required: bool = False
    scale: Literal[2, 3] = 2
    min: Exact | None = None
    max: Exact | None = None
    #: what its numbers are in; of time and distance the last word of its name says it, too (`billed_hours`)
    unit: ColumnUnit | None = None
    #: headers that are meant where a file has several columns that may be this one (实收工时费 beside 工时费)
    prefer: tuple[str, ...] = ()
    #: canonical value → spellings seen in files; any other value is rejected
    one_of: dict[str, tuple[str, ...]] | None = None
    #: what an empty cell means: `none` says there was none (0, no), `refused` rejects the row; else it is doubtful, and
    #: a column that is empty in every row counts as one that the file did not have
    blank: Literal["none", "refused"] | None = None
    #: columns without whose yes, or without a value in which, there is nothing to fill in (satisfied: where reached)
    filled_when: tuple[str, ...] = ()
    #: `vin` checks the check digit (a warning), `not_future` refuses dates after the month after the upload's period
    check: Literal["vin", "not_future"] | None = None
    #: another number of the row that this one must not be above (a score: the full score); reversed, not below
    at_most: str | None = None
    #: another date of the row that this one must not lie before, and within how many days after it it must lie
    after: str | None = None
    within_days: int | None = Field(default=None, ge=1)
    #: a day without a time of it is meant as the whole day, so it is nothing to be told (leave from Monday to Friday)
    whole_days: bool = False
    #: a file may lack the column: its rows count as they would with an empty cell, and nobody waits for it
    optional: bool = False
    #: values before which another row of the same key and file goes: a refused request beside the one made anew
    gives_way: tuple[str, ...] = ()
    #: a percentage is no value of it; of a column that has a unit, or counts, none is in any case
    percent: Literal["refused"] | None = None
    #: a person column holding several names ("张三/李四") becomes one row a name, sharing this column equally
    split_into: str | None = None
    #: a team (机电一组) may stand where the person would: its members get the row by the shares that held on the day
    #: that this column tells, when the work was done (else on the day that dates a metric)
    teams: str | None = None

    @field_validator("filled_when", mode="before")
    @classmethod
    def _several(cls, given: object) -> object:
        """One, several, or none, which seals of before write as null."""
        return (given,) if isinstance(given, str) else given or ()


def header_of(name: str, column: Column) -> str:
    """What a column is called in a file: its Chinese name, else the first word that is known for it, else its own."""
    return column.name.zh if column.name else (column.aliases[0] if column.aliases else name)


class Named(Model):
    """What is worked out has a name as a column of a file has; without one it is told by what it is made of."""

    name: Text | None = None


class Lookup(Named):
    """Takes a column from another source's current row with the same key values (`by`: ours → theirs)."""

    lookup: str
    by: dict[str, str]
    take: str


class Shift(Named):
    """A date or timestamp moved by whole days."""

    shift: str
    days: int


class Recurrence(Named):
    """The same thing came back: rows equal in `recurrence`, opened after an earlier one was closed, within `days`.

    Rows of one `visit` count as one; empty values in `recurrence` never match. Yields on the returning row (only the
    first row of a visit by `order`) the value of `take` of the earlier visit just before, the one closed last, from its
    row with the most of `largest`; with `flag: earlier`, yields true on earlier rows that were followed by a return,
    with `flag: later`, true on the returning row, and false on all others.
    """

    recurrence: tuple[str, ...]
    visit: tuple[str, ...]
    order: tuple[str, ...]
    opened: str
    closed: str
    days: int
    flag: Literal["earlier", "later"] | None = None
    take: str | None = None
    largest: str | None = None

    @model_validator(mode="after")
    def _yields_one_thing(self) -> Recurrence:
        if (self.flag is None) == (self.take is None):
            raise ValueError("a recurrence yields either a `flag` or the value it is to `take`")
        return self


class Existence(Named):
    """True when another source has a row equal in `by` (ours → theirs) whose `date` lies in the `months` up to ours."""

    exists: str
    by: dict[str, str]
    date: str
    months: int


class Total(Named):
    """What `take` of another source's rows equal in `by` (ours → theirs) adds up to, of those where `where` holds.

    0 where there is none: nobody has to hand in rows of what did not happen (who took no leave has no row of leave). Of
    a store that handed the source in before, a month's file is waited for, be it without rows. With `at_most` and
    `less` it is no more than is left of the one column after the other, and never below 0.
    """

    total: str
    take: str
    by: dict[str, str]
    where: str = ""
    at_most: str | None = None
    less: str | None = None

    @model_validator(mode="after")
    def _what_is_left(self) -> Total:
        if self.less and not self.at_most:
            raise ValueError("`less` is taken off `at_most`, which is not given")
        return self


Derived = Lookup | Shift | Recurrence | Existence | Total


def reads(derived: Derived) -> tuple[str, ...]:
    """The columns of its own source that a derived column is worked out from."""
    if isinstance(derived, Lookup | Existence):
        return tuple(derived.by)
    if isinstance(derived, Shift):
        return (derived.shift,)
    if isinstance(derived, Total):
        return (*derived.by, *(name for name in (derived.at_most, derived.less) if name))
    names = (*derived.recurrence, *derived.visit, *derived.order, derived.opened, derived.closed)
    return (*names, *(name for name in (derived.take, derived.largest) if name))


class Across(Model):
    """Rows of another source that stand across a sheet: columns named after its kinds (`年假(天)`), amounts below them.

    Each person, month and kind with an amount is a row of it, in hours. Of such a row the month alone is known: it
    begins and ends with the month, and `alone` says so.
    """

    #: its column whose values, and the words for them, name the columns
    kinds: str
    take: str
    #: columns that are the same in both: ours → theirs
    same: dict[str, str]
    begins: str
    ends: str
    alone: str
    #: how many hours a day has, and has in stores that differ
    hours_a_day: Exact = Field(gt=0, le=24)
    hours_a_day_in: dict[str, Exact] = Field(default_factory=dict)
    #: kinds of which several columns with different words add up; of others one may be part of another
    adds_up: tuple[str, ...] = ()
    #: how other columns of that sort end: no kind is known of them, and that is told
    named_like: tuple[str, ...] = ()
    default: Literal["house"] | None = None

    @property
    def theirs(self) -> tuple[str, ...]:
        """The columns of the other source that its rows fill."""
        return (*self.same.values(), self.kinds, self.begins, self.ends, self.take, self.alone)

    @model_validator(mode="after")
    def _days_have_hours(self) -> Across:
        for store, hours in self.hours_a_day_in.items():
            if not 0 < hours <= 24:
                raise ValueError(f"a day of {hours} hours in {store!r}")
        return self


class Source(Model):
    """One kind of evidence. `key` is unique (it includes the store where numbers are the store's own)."""

    name: Text
    row: Text
    key: tuple[str, ...]
    #: the immutable column whose local month a row is filed under; a `month`, `date` or `timestamp` column
    filed_by: str
    columns: dict[str, Column]
    #: worked out at seal, in this order; later ones may use earlier ones
    derived: dict[str, Derived] = Field(default_factory=dict)
    #: other sources whose rows are named by their whole key (ours → theirs), beside those that derived columns look up
    refers: dict[str, dict[str, str]] = Field(default_factory=dict)
    #: other sources whose rows its files hold in columns of their own, named after their kinds
    across: dict[str, Across] = Field(default_factory=dict)
    #: the share of a file's rows that may name nobody and no such row before it becomes a warning
    unmatched_most: Exact = Decimal("0.05")
    derived_types: dict[str, ColumnType] = Field(default_factory=dict)
    #: a row that leaves all of these empty says nothing: it is passed over like a blank one
    says: tuple[str, ...] = ()
    #: months before the settled one that measures or derived columns look at
    look_back: int = 0
    #: how its files write dates that do not begin with the year; otherwise 03/10/2026 cannot be told and is rejected
    dates: DateOrder = "year-month-day"
    #: the column of the key that is a mere number: rows equal in all else may be one and the same, and are told, once
    #: they are more than this share of a file's rows
    numbered_by: str | None = None
    alike_most: Exact = Decimal(0)
    #: each person of the key (each store, where no person is) in service has a row a month: who has none is missing
    everybody: bool = False
    #: rows may concern other months than the one they are handed in for, as decisions about an earlier month do
    any_month: bool = False
    #: amounts and hours of which a reversal (红冲) has negative ones: a row of its own that takes another one back
    reversible: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    #: the position that hands this evidence in, and by which day of the following month
    provided_by: str | None = None
    reference: str = ""
    note: Text | None = None
    default: Literal["house"] | None = None

    @model_validator(mode="after")
    def _columns_exist(self) -> Source:
        known = set(self.columns)
        conditions = [name for column in self.columns.values() for name in column.filled_when]
        numbers = [self.numbered_by] if self.numbered_by else []
        same = [name for across in self.across.values() for name in across.same]
        for column in (*self.key, self.filed_by, *self.reversible, *conditions, *numbers, *same):
            if column not in known:
                raise ValueError(f"column {column!r} is not declared")
        return self

    @model_validator(mode="after")
    def _derived_columns_fit(self) -> Source:
        known = {*self.columns, "store"}
        for name, derived in self.derived.items():
            if name in self.columns or name not in self.derived_types:
                raise ValueError(f"derived column {name!r} needs a name of its own and a type in `derived_types`")
            if strange := [column for column in reads(derived) if column not in known]:
                raise ValueError(f"derived column {name!r} reads {strange[0]!r}, which is not declared before it")
            if isinstance(derived, Shift) and self.type_of(derived.shift) not in ("date", "timestamp"):
                raise ValueError(f"derived column {name!r} shifts {derived.shift!r}, which is no date")
            # One after the other: a derived column may read those before it, so none can stand on itself.
            known.add(name)
        return self

    @property
    def matching(self) -> frozenset[str]:
        """The columns by which rows are told apart and find each other: the key, and what names rows elsewhere."""
        ways = [
            *self.refers.values(),
            *(d.by for d in self.derived.values() if isinstance(d, Lookup | Existence | Total)),
        ]
        return frozenset({*self.key, *(column for by in ways for column in by if column in self.columns)})

    def type_of(self, column: str) -> ColumnType | None:
        """The type of a declared or derived column, None when unknown."""
        if column in self.columns:
            return self.columns[column].type
        return self.derived_types.get(column)

    def scale_of(self, column: str) -> int:
        """How many decimals a column carries; a derived decimal is an amount and has 2."""
        declared = self.columns.get(column)
        if declared:
            return declared.scale if declared.type == "decimal" else 0
        # A lookup of a column with three decimals is refused (`engines/derivation.py`).
        return 2 if self.type_of(column) == "decimal" else 0
