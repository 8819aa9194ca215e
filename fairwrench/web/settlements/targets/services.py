"""Targets entered: held against what the metric can be, kept, taken back, carried over from the month before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from fairwrench.settlement.inputs.target_bounds import implausible, no_percentage
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import OfStore
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.feeds import target_retell, target_withdraw
from fairwrench.web.settlements.models import Target
from fairwrench.web.settlements.targets.target_grid import Cell, by_file_alone, cells_of
from fairwrench.web.settlements.targets.target_words import number_typed, typed_as

#: what is larger is no target, and would not be kept to the last digit
LARGEST, PLACES = Decimal(10) ** 12, 3


@dataclass
class Saved:
    """How many targets were entered or changed, taken back, and carried over from the month before; what could not be
    kept is told, the others are kept all the same."""

    entered: int = 0
    withdrawn: int = 0
    carried: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether anything is otherwise now."""
        return bool(self.entered or self.withdrawn or self.carried)


def targets_save(*, cycle: Cycle, store: str, told: Mapping[str, str], by: User, carry_over: bool = False) -> Saved:
    """Keep what a form says of a store (`SUBJECT|METRIC`, and with `.seen` what its page showed); cells left as they
    were stay. With `carry_over` the cells of the form for which there is no target yet take that of the month before.

    PermissionDenied unless the user enters targets of the store. Refused once the month is published.
    """
    require(by, "targets.enter", about=OfStore(store))
    with transaction.atomic():
        # the month cannot be published meanwhile, and of two who save at once the second sees what the first said
        held = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if held.state == Cycle.State.PUBLISHED:
            raise Refused([_published(held)])
        if by_file_alone(cycle=held, store=store):
            raise Refused([_by_file_alone()])
        saving = _Saving(held, told, by, carry_over)
        for cell in cells_of(cycle=held, store=store, user=by):
            # a cell that the form did not have was not emptied
            if cell.name_of_field in told:
                saving.cell(cell)
    return saving.saved


@dataclass
class _Saving:
    """One form on its way into a month."""

    cycle: Cycle
    told: Mapping[str, str]
    by: User
    carry_over: bool
    saved: Saved = field(default_factory=Saved)

    def cell(self, cell: Cell) -> None:
        """Keep what the form says of one cell, or tell why not."""
        typed = self.told[cell.name_of_field].strip()
        seen, number = self.told.get(f"{cell.name_of_field}.seen", cell.seen), number_typed(typed)
        # as it would be read back: 97 %, ９７% and 0.97 are one word and no change
        said = typed_as(number[0], cell.metric) if number else typed
        # as its page showed it: the person changed nothing, whatever another has said since
        if said == seen:
            self._left_as_it_was(cell)
        elif cell.seen not in (seen, said):
            self.saved.problems.append(_overtaken(cell))
        elif not typed:
            self._take_back(cell)
        elif number is None:
            self.saved.problems.append(_wrong(cell, f"“{typed}”不是数字", f"{typed!r} is no number"))
        elif said != cell.seen:
            self.saved.entered += self._enter(cell, *number)

    def _left_as_it_was(self, cell: Cell) -> None:
        if self.carry_over and cell.empty and cell.before:
            self.saved.carried += self._enter(cell, cell.before.value, signed=False)

    def _take_back(self, cell: Cell) -> None:
        if cell.given is not None:
            target_withdraw(target=cell.given, by=self.by)
            self.saved.withdrawn += 1

    def _enter(self, cell: Cell, value: Decimal, signed: bool) -> int:
        """Keep and tell a target, in the place of the rows that files have about it, by whatever words; one is kept."""
        if why := _unfit(cell, value, signed):
            self.saved.problems.append(why)
            return 0
        target, _ = Target.objects.update_or_create(
            month=self.cycle.month,
            subject=cell.subject,
            metric=cell.asked.metric,
            defaults={"value": value, "by": self.by, "withdrawn_at": None},
        )
        filed = [list(each.words) for each in cell.filed]
        target_retell(target=target, told_as=filed or target.told_as or [list(cell.key)], by=self.by)
        return 1


def _unfit(cell: Cell, value: Decimal, signed: bool) -> Problem | None:
    """Why a value cannot be meant, or kept."""
    if why := implausible(cell.metric, value) or no_percentage(cell.metric, value, signed=signed):
        return _wrong(cell, why.zh, why.en)
    if value != round(value, PLACES):
        if cell.metric.unit == "percent" or signed:
            return _wrong(cell, "百分比至多一位小数", "a percentage has one decimal at most")
        return _wrong(cell, "至多三位小数", "three decimals at most")
    # attainment divides by it
    if cell.asked.counts and value <= 0:
        return _wrong(cell, "目标值应大于 0", "a target is more than 0")
    return _wrong(cell, "数字太大", "the number is too large") if abs(value) >= LARGEST else None


def _overtaken(cell: Cell) -> Problem:
    """What somebody else, or another tab, said since the page was opened, of a cell that was changed here, too."""
    zh = f"打开页面之后已被改为“{cell.seen or '未填'}”；您填的没有保存，请核对后再填"
    en = f"was changed to {cell.seen or 'nothing'} since the page was opened; yours was not kept, look again"
    return _wrong(cell, zh, en)


def _published(cycle: Cycle) -> Problem:
    zh, en = f"{cycle.month} 已发布，不能再改目标值", f"{cycle.month} is published; its targets stay as they are"
    return Problem("published", zh, en)


def _by_file_alone() -> Problem:
    zh, en = "本店这个月的目标值只按文件", "targets of this store come by file alone in this month"
    return Problem("by_file_alone", zh, en)


def _wrong(cell: Cell, zh: str, en: str) -> Problem:
    about = f"{cell.called} · {cell.name}"
    return Problem("target", f"{about}：{zh}", f"{about}: {en}", subject=cell.subject)
