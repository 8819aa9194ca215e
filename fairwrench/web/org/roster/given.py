"""What a roster file leaves out: a column that its sheet does not have stands as it is, an empty cell does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fairwrench.web.org.roster.dating import LEFT, Dating, Terms, row_on

#: the columns that a file may leave out; days from and to are those of the file alone
LEFT_OUT = ("department", "manager_id", "status", "hired_on", "left_on", "full_salary", "aliases")


#: of these, what ends with the last day of service: who comes back begins anew
OF_SERVICE = ("status", "hired_on", "left_on")


def rows_given(handed: Sequence[Terms], before: Sequence[Terms], dating: Dating) -> list[Terms]:
    """The rows of a person on the roster, and in them what their sheets leave out as it stands, and so the salaries
    that are not to be seen.

    It stands in the row that begins when they do, else in that which holds when they begin: for those without a day, on
    the present day. `handed` have `given`, the columns of their sheet; what comes back has it no more.
    """
    return [_given(row, _standing(row, before, dating.present), dating) for row in handed]


def rows_as_given(handed: Sequence[Terms]) -> list[Terms]:
    """The rows of somebody new: what their sheets leave out is not known."""
    return [_bare(row) for row in handed]


def _bare(row: Terms) -> Terms:
    return {name: value for name, value in row.items() if name != "given"}


def _standing(row: Terms, before: Sequence[Terms], on: date) -> Terms:
    same = [known for known in before if known["from"] == row["from"] and row["from"]]
    return same[-1] if same else row_on(before, row["from"] or on)


def _given(row: Terms, known: Terms, dating: Dating) -> Terms:
    left_out = [name for name in LEFT_OUT if name not in row["given"]]
    if not dating.pays(row, known):
        left_out = [*left_out, "full_salary"]
    if row["position"] != known["position"] and "department" in left_out:
        left_out.remove("department")  # it is the position's own
    if _comes_back(row, known, dating.present):
        left_out = [name for name in left_out if name not in OF_SERVICE]
    return {**_bare(row), **{name: known[name] for name in left_out}}


def _comes_back(row: Terms, known: Terms, on: date) -> bool:
    """Whether a row is of another time of service than one that ended before: by its day, or by what it says today."""
    if known["left_on"] is None or known["left_on"] >= (row["from"] or on):
        return False
    undated = not (row["from"] or row["to"])
    return not undated or ("status" in row["given"] and row["status"] != LEFT)
