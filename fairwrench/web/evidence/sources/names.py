"""Columns of kinds of file by name: forms show and take the names of columns, documents hold their ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fairwrench.settlement.problem import nearest
from fairwrench.settlement.source.source import Source
from fairwrench.web.ui.words import pick

#: what an id looks like; formulas and tables of the ledger go by it
ID = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
#: what separates names in a field, so that a name which holds one of these is shown as its id
SEPARATORS = re.compile(r"[、,，;；=\n]")
#: the column that every row has, declared or not
STORE = "store"
#: the kind of file that says who did which job of an order
JOBS = "job_lines"

#: what a column is called: Chinese, English (empty where there is none), and the headers of files
Called = tuple[str, str, tuple[str, ...]]


@dataclass
class Names:
    """What the columns of one kind of file are called. Of two columns with the same name the first has it."""

    #: id → what it is called
    columns: dict[str, Called]
    #: any id, name or alias in small letters → id
    ids: dict[str, str]

    def add(self, name: str, called: Called) -> None:
        """Make one more column known; names that others have stay theirs."""
        self.columns.setdefault(name, called)
        for word in (name, called[0], called[1], *called[2]):
            if word:
                self.ids.setdefault(word.casefold(), name)

    def find(self, word: str) -> str | None:
        """The id of what is called so, by id, name or alias; None when nothing is."""
        said = word.strip()
        return said if said in self.columns else self.ids.get(said.casefold())

    def shown(self, name: str) -> str:
        """A column as forms show it: its name where that leads back to it, else its id."""
        zh, en, _ = self.columns.get(name, ("", "", ()))
        word = pick(zh, en) or zh or en
        # a name that means another column, or holds a comma, would not lead back here when the form is sent
        return word if word and not SEPARATORS.search(word) and self.find(word) == name else name

    def near(self, word: str) -> str:
        """The name most like a word, as it is shown; empty when none is near."""
        found = nearest(word.casefold(), self.ids)
        return self.shown(self.ids[found]) if found else ""

    def all(self) -> list[str]:
        """Every column as forms show it."""
        return [self.shown(name) for name in self.columns]


def names_in(columns: Mapping[str, Called]) -> Names:
    """Columns by everything that they are called: an id goes before a name, a name before an alias."""
    # small letters, as people type names either way
    names = Names(dict(columns), {name.casefold(): name for name in columns})
    own = [(word, name) for name, (zh, en, _) in columns.items() for word in (zh, en)]
    further = [(word, name) for name, (_, _, aliases) in columns.items() for word in aliases]
    for word, name in (*own, *further):
        if word:
            names.ids.setdefault(word.casefold(), name)
    return names


def names_of(source: Source) -> Names:
    """The declared columns of a kind of file."""
    found: dict[str, Called] = {}
    for name, column in source.columns.items():
        zh, en = (column.name.zh, column.name.en) if column.name else ("", "")
        found[name] = (zh, en, column.aliases)
    return names_in(found)


def slug(text: str) -> str:
    """An id out of words in Latin letters: `Wash number` gives wash_number; empty when nothing is left."""
    found = re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")[:50]
    # an id begins with a letter: 3S store gives n_3s_store
    return found if ID.fullmatch(found) else f"n_{found}" if found else ""


def unused(wanted: str, taken: Iterable[str]) -> str:
    """An id that nothing has yet: the wanted one, else the first of it with a number behind."""
    used = set(taken)
    tries = (wanted, *(f"{wanted}_{number}" for number in range(2, len(used) + 3)))
    return next(each for each in tries if each not in used)
