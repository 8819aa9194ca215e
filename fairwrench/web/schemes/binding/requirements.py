"""What a version still lacks before it may hold: days shown to everybody, a discussion, everybody's acknowledgement.

The document says what is asked for and whether a lack warns or keeps it from being approved (`adoption`), and so does
the scheme in force: the stricter word counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.cycle import Adoption
from fairwrench.web.org.days import today
from fairwrench.web.schemes.binding.acknowledgements import counted
from fairwrench.web.schemes.documents.kept import version_path
from fairwrench.web.schemes.models import VERSION, SchemeVersion
from fairwrench.web.schemes.selectors import opened, scheme_at, this_month
from fairwrench.web.work.models import Step


@dataclass(frozen=True)
class Lack:
    """Something that was not done yet, and whether the version may be approved all the same."""

    problem: Problem
    blocks: bool


#: what a scheme may ask for, the laxest first
DEMANDS = ("off", "warn", "block")


def adoption_of(version: SchemeVersion) -> Adoption:
    """What has to be done: of what the document asks for and what the scheme in force does, whichever is stricter, so
    that no version lets itself off."""
    own, held = own_adoption(version), _in_force()
    stricter = {
        name: max(getattr(own, name), getattr(held, name), key=DEMANDS.index)
        for name in ("publicity", "discussion", "acknowledgement")
    }
    days = max(own.publicity_days, held.publicity_days)
    return own.model_copy(update={**stricter, "publicity_days": days})


def own_adoption(version: SchemeVersion) -> Adoption:
    """What the document itself asks for; nothing where it cannot be read, which is told elsewhere."""
    try:
        return opened(str(version_path(version=version))).adoption
    except Refused:
        return Adoption()


def _in_force() -> Adoption:
    try:
        return scheme_at(month=this_month()).adoption
    except Refused:
        return Adoption()


def discussed(version: SchemeVersion) -> bool:
    """Whether a discussion with the staff is on record."""
    return Step.objects.filter(workflow=VERSION, record=version.pk, act="discuss").exists()


def lacking(version: SchemeVersion) -> list[Lack]:
    """What lacks of what the document asks for, the first to be done first."""
    asked = adoption_of(version)
    found = {"publicity": _unshown(version, asked), "discussion": _undiscussed(version)}
    found["acknowledgement"] = _unsigned(version)
    return [
        Lack(problem, blocks=getattr(asked, name) == "block")
        for name, problems in found.items()
        if getattr(asked, name) != "off"
        for problem in problems
    ]


def _unshown(version: SchemeVersion, asked: Adoption) -> Iterator[Problem]:
    if version.shown_from is None or version.shown_until is None:
        zh, en = f"还没有公示（制度要求公示 {asked.publicity_days} 天）", "it was not published yet"
        yield Problem("not_published", zh, f"{en} ({asked.publicity_days} days are asked for)")
    elif version.shown_until >= today():
        until = version.shown_until
        yield Problem("being_published", f"公示到 {until}，还没有期满", f"it is published until {until}, still running")


def _undiscussed(version: SchemeVersion) -> Iterator[Problem]:
    if not discussed(version):
        en = "no discussion with the union or employees' representatives is on record"
        yield Problem("not_discussed", "没有与工会或职工代表讨论的记录", en)


def _unsigned(version: SchemeVersion) -> Iterator[Problem]:
    count = counted(version)
    if count.waiting:
        zh = f"在职 {count.people} 人中还有 {count.waiting} 人没有签收"
        yield Problem("not_acknowledged", zh, f"{count.waiting} of {count.people} people have not acknowledged it")
