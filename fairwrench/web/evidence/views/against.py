"""A file on the desk against what counts now: how many of its rows would change, and whose words it takes back."""

from __future__ import annotations

from dataclasses import dataclass

from fairwrench.closing.folder.landing import absent_columns, alike_there, placed
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.preview import Preview, preview
from fairwrench.ledger.intake.intake import Intake
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.source import Source
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.models import Landing, Sheet, Upload
from fairwrench.web.evidence.tasks import part_of
from fairwrench.web.org.roster.roster import roster_frame

#: rows of a sheet up to which its page compares it; a larger one is compared when it lands
MOST_ROWS = 50_000


@dataclass(frozen=True)
class Against:
    """What a sheet would change. `replaced`: batch, rows, file of each whose rows it replaces; `first`: the batch as
    which the same content landed before, if it did; `doubts`: what should be known of it beside what has landed."""

    new: int
    changed: int
    repeated: int
    replaced: list[tuple[int, int, str]]
    first: Landing | None
    doubts: list[Problem]

    @property
    def idle(self) -> bool:
        """Whether nothing would change."""
        return not (self.new or self.changed)


def against(*, sheet: Sheet, upload: Upload, source: Source | None) -> Against | None:
    """What landing a sheet would change; None where nothing of its kind has landed, or it cannot be told here."""
    if source is None or upload.state != Upload.State.READ or not 0 < sheet.accepted <= MOST_ROWS or not upload.folder:
        return None
    ledger = selectors.ledger()
    try:
        part = placed(part_of(sheet, upload), source, roster_frame(), ledger.time_zone)
        found = _compared(part, ledger, source, upload)
    except (FileNotFoundError, Refused):  # tidied away, or the landing says why
        return None
    if found is None:
        return None
    counts = found.comparison.counts
    landed = Landing.objects.filter(source=sheet.source)
    files = dict(landed.filter(number__in=found.replaced).values_list("number", "file"))
    same = landed.filter(sha256=upload.sha256, sheet=sheet.name, period=upload.month).order_by("-number").first()
    replaced = [(number, rows, files.get(number, "")) for number, rows in found.replaced.items()]
    return Against(
        counts["new"], counts["changed"], counts["repeated"], replaced, same, alike_there(part, source, ledger)
    )


def _compared(part: Intake, ledger: Ledger, source: Source, upload: Upload) -> Preview | None:
    """The comparison that landing a sheet would make; None where there is nothing to compare it with."""
    # columns that the file does not have take nothing back, so rows without them are not changed for that
    absent = absent_columns(part, source)
    return preview(ledger, part.source, source, part.accepted, period=upload.at_month, absent=absent)
