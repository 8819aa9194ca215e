"""What a month has to tell, as its page shows it: the same said of many people is one line with their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fairwrench.web.settlements.runs.concerns import Told
from fairwrench.web.ui.words import pick

#: so many of one kind stand each for itself
APART = 2
#: what was to be seen to before a month was published, and can be seen to no more
BEFORE_PUBLISHED = ("distribution_off",)


@dataclass(frozen=True)
class Alike:
    """What is said of several people or stores, once, and whom it is said of."""

    text: str
    people: tuple[str, ...]


@dataclass(frozen=True)
class WorthKnowing:
    """What is to be acted on and what is merely told, each apart or of several people at once."""

    problems: tuple[Told, ...]
    many: tuple[Alike, ...]
    notes: tuple[Told, ...]
    notes_of_many: tuple[Alike, ...]

    @property
    def any_notes(self) -> int:
        """How many notes there are, each person's of its own."""
        return len(self.notes) + sum(len(each.people) for each in self.notes_of_many)


def worth_knowing(problems: Sequence[Told], *, published: bool) -> WorthKnowing:
    """What a run has to tell; of a published month, what was asked for before that is a note."""
    told = [
        {**each, "severity": "note"} if published and each["code"] in BEFORE_PUBLISHED else each for each in problems
    ]
    urgent, many = _grouped([each for each in told if each["severity"] != "note"])
    notes, notes_of_many = _grouped([each for each in told if each["severity"] == "note"])
    return WorthKnowing(urgent, many, notes, notes_of_many)


def _grouped(problems: Sequence[Told]) -> tuple[tuple[Told, ...], tuple[Alike, ...]]:
    """Those that stand for themselves, and those that say the same of more than `APART` people."""
    alike: dict[tuple[str, str], list[tuple[str, Told]]] = {}
    for problem in problems:
        who, rest = _said_of(problem)
        alike.setdefault((problem["code"], rest), []).append((who, problem))
    single: list[Told] = []
    many: list[Alike] = []
    for (code, rest), found in alike.items():
        if found[0][0] and len(found) > APART:
            many.append(Alike(_counted(code, rest, len(found)), tuple(who for who, _ in found)))
        else:
            single += [problem for _, problem in found]
    return tuple(single), tuple(many)


#: where a text names its person
_HOLE = "\0"
#: what is said of stores, with the word that may stand before a store's name and the blank that may follow it
OF_STORES = ("distribution_off", "minimum_wage_unset")
_STORE = re.compile(f"(?:门店 |store )?{_HOLE}(?: (?=[\u4e00-\u9fff]))?")


def _counted(code: str, rest: str, count: int) -> str:
    """A text with how many it is said of in the place of a name."""
    if code in OF_STORES:
        return _STORE.sub(pick(f"{count} 家门店", f"{count} stores"), rest)
    return rest.replace(_HOLE, pick(f"{count} 人", f"{count} people"))


def _said_of(problem: Told) -> tuple[str, str]:
    """The person whom a problem names, as it does, and its text with a hole in that place; empty for none."""
    text = pick(problem["zh"], problem["en"])
    if not problem["subject"]:
        return "", text
    person = re.escape(problem["subject"])
    # 唐海萍（E01009）, 唐海萍 (E01009), or the bare number; the name has no sign that parts a sentence
    named = re.search(
        rf"[^\s，。；：、（）(),;:]+ ?[（(]{person}[）)]|(?<![0-9A-Za-z_.-]){person}(?![0-9A-Za-z_.-])", text
    )
    if named is None:
        return "", text
    return named[0], f"{text[: named.start()]}{_HOLE}{text[named.end() :]}"
