"""Whose word stands last of a folder's files: those that lie there now, in their order, whatever was settled before.

Files that landed before are no new word, so that a folder can be settled again. But where a file's rows were told
otherwise since, by a file that is gone from the folder or by one that comes before it, the folder says them anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch
from fairwrench.ledger.intake.discovery import FoundFile
from fairwrench.ledger.intake.intake import Intake
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.problem import Problem


class Said(NamedTuple):
    """A sheet of a file (counted from 0) and the batch that it is in the ledger."""

    file: FoundFile
    place: int
    batch: Batch

    def speaks(self, source: str, period: Month | None) -> bool:
        """Whether rows of it count that are of this kind and were handed in for this month."""
        return (self.batch.source, self.file.period) == (source, period) and self.batch.counts.get("accepted", 0) > 0


@dataclass(frozen=True)
class Overruled:
    """The sheets of a file that are to be said anew, by place."""

    file: FoundFile
    places: frozenset[int]


def overruled(said: Sequence[Said], ledger: Ledger) -> list[Overruled]:
    """The files, in their order, of which something may have been told otherwise since, and those after them."""
    places: dict[FoundFile, set[int]] = {}
    for source in dict.fromkeys(each.batch.source for each in said):
        of_source = [each for each in said if each.batch.source == source]
        for each in of_source[_first(of_source, ledger.batches(source)) :]:
            places.setdefault(each.file, set()).add(each.place)
    order = dict.fromkeys(each.file for each in said)
    return [Overruled(file, frozenset(places[file])) for file in order if file in places]


def _first(said: Sequence[Said], landed: Iterable[Batch]) -> int:
    """The place of the first sheet after which a batch landed that is none of those after it."""
    batches, numbers = list(landed), [each.batch.number for each in said]
    # Batches rise in the folder's order and nothing else came after the first: nobody was overruled.
    if numbers == sorted(numbers) and not any(b.number > numbers[0] for b in batches if b.number not in numbers):
        return len(said)  # as it is nearly always
    for place, each in enumerate(said):
        after = {later.batch.number for later in said[place:]}
        if any(b.number > each.batch.number and b.within(each.file.period) for b in batches if b.number not in after):
            return place
    return len(said)


def said_anew(file: str, batch: Batch) -> Problem:
    """What is told of a file whose rows count again as it says."""
    rows = sum(batch.counts.get(name, 0) for name in ("new", "changed"))
    zh = f"这份文件的内容以前导入过，之后又按别的文件改过；现在按它重新计入 {rows} 行"
    en = f"has landed before and was told otherwise since; {number_of(rows, 'row')} of it "
    en += f"{agreeing(rows, 'counts', 'count')} as it says again"
    return Problem("said_anew", zh, en, "note", file=file)


def rejected_last(part: Intake, before: Sequence[str]) -> list[Problem]:
    """What to tell of a file that is to have the last word and of which all was rejected: those `before` it count."""
    rows = part.counts["rejected"]
    if not rows or part.counts["accepted"] or not before:
        return []
    older = "、".join(dict.fromkeys(before))
    zh = f"按先后次序以这份文件为准，但它的 {rows} 行全部被退回，先前的文件（{older}）仍然计入；请更正后再交"
    en = f"is to have the last word, but all of it, {number_of(rows, 'row was', 'rows were')} rejected, so what came "
    en += f"before it ({older}) counts; mend it and hand it in again"
    return [Problem("last_word_rejected", zh, en, "warning", file=part.file)]
