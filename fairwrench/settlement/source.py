"""A source: one kind of evidence with its columns, key, aliases and derived columns."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fairwrench.settlement.exact import Exact

ColumnType = Literal["text", "int", "decimal", "bool", "date", "timestamp", "month", "person", "store"]


class Model(BaseModel):
    """Every document part: unknown words are refused, values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Text(Model):
    """A name or note in both languages."""

    zh: str
    en: str

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
    #: canonical value → spellings seen in files; any other value is rejected
    one_of: dict[str, tuple[str, ...]] | None = None
    #: `vin` checks the check digit (a warning), `not_future` refuses dates after the month after the upload's period
    check: Literal["vin", "not_future"] | None = None
    #: a person column holding several names ("张三/李四") becomes one row a name, sharing this column equally
    split_into: str | None = None


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


Derived = Lookup | Shift | Recurrence | Existence


def reads(derived: Derived) -> tuple[str, ...]:
    """The columns of its own source that a derived column is worked out from."""
    if isinstance(derived, Lookup | Existence):
        return tuple(derived.by)
    if isinstance(derived, Shift):
        return (derived.shift,)
    names = (*derived.recurrence, *derived.visit, *derived.order, derived.opened, derived.closed)
    return (*names, *(name for name in (derived.take, derived.largest) if name))


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
    derived_types: dict[str, ColumnType] = Field(default_factory=dict)
    #: a row that leaves all of these empty says nothing: it is passed over like a blank one
    says: tuple[str, ...] = ()
    #: months before the settled one that measures or derived columns look at
    look_back: int = 0
    aliases: tuple[str, ...] = ()
    #: the position that hands this evidence in, and by which day of the following month
    provided_by: str | None = None
    reference: str = ""
    note: Text | None = None
    default: Literal["house"] | None = None

    @model_validator(mode="after")
    def _columns_exist(self) -> Source:
        known = set(self.columns)
        for column in (*self.key, self.filed_by):
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
            known.add(name)
        return self

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
        return 2 if self.type_of(column) == "decimal" else 0
