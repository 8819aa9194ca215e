"""The places for signatures under a sheet, and who acts where nobody stands above."""

from __future__ import annotations

from fairwrench.web.goals.models import Capacity, GoalSheet
from fairwrench.web.goals.sheets.content import facts_of
from fairwrench.web.work.signing.places import Place, places_of


def signatures_shown(sheet: GoalSheet, facts: str = "") -> list[Place]:
    """The places in the order in which they are given; of a sheet that is carried on those of the one it comes from,
    where it has none of its own: they hold for the quarter. `facts`: the digest of what it says, where known."""
    people = {
        Capacity.EMPLOYEE: sheet.employee,
        Capacity.LINE_MANAGER: sheet.line_manager,
        Capacity.NEXT_LEVEL: sheet.next_level,
        Capacity.HR: None,
    }
    shown = places_of(people, _given(sheet), facts or facts_of(sheet=sheet))
    earlier = sheet.carried_from
    if earlier is None:
        return shown
    before = places_of(people, _given(earlier), facts_of(sheet=earlier))
    return [own if own.signature else held for own, held in zip(shown, before, strict=True)]


def _given(sheet: GoalSheet) -> list[object]:
    found = sheet.signatures.filter(void_at=None).select_related("signer", "by__employee", "document", "sheet")
    return list(found.defer("document__packed"))


def vacancies(sheet: GoalSheet) -> list[tuple[str, str]]:
    """What is to be said where somebody above is missing: who acts instead."""
    if sheet.line_manager is None:
        return [
            (
                "直接上级空缺：由本店人力资源或总经理代为商定，之后直接归档。",
                "There is no line manager: HR or the general manager of the store agrees instead, then it is filed.",
            )
        ]
    if sheet.next_level is None:
        return [
            (
                "没有隔级上级：双方确认后直接由人力资源归档。",
                "There is no next-level manager: HR files it once both agreed.",
            )
        ]
    return []
