"""Which files of a folder are evidence, for which month and store, and where the roster is."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePath

from fairwrench.ledger.cells.labels import name_key
from fairwrench.ledger.intake.order import ORDER, order_problems
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem

TABLES = frozenset((".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".txt", ".parquet"))
ROSTERS = frozenset(("roster", "花名册", "员工花名册", "人员花名册"))
#: a folder that holds one of these is what a run wrote, not evidence
_OUTPUT = frozenset(("seal.json", "ledger.json"))
#: what Excel, editors, browsers and file systems leave beside a file: lock files, backups, half downloads
_TEMPORARY = re.compile(r"~\$.*|.*~|\..*|thumbs\.db|desktop\.ini|.*\.(?:tmp|crdownload|part)", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})\s*[-_年./]?\s*(\d{1,2})\s*(?:月份?)?")
_IN_YEAR = re.compile(r"(\d{4})\s*年?/(\d{1,2})\s*(?:月份?)?")
_BETWEEN = re.compile(r"[-_\s.,，()（）\[\]【】+]+")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to be taken in, handed in for `period` (None: there from the start), placed in a store by where it is."""

    path: Path
    period: Month | None
    placed_store: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder holds. `files` stand in the order in which they land: by period, then by path.

    `ignored` are files that are no evidence, each with the reason: hidden, temporary, output, no table, another roster.
    """

    files: tuple[FoundFile, ...]
    roster: Path | None
    ignored: tuple[tuple[Path, str], ...]
    problems: tuple[Problem, ...]


def find_files(directory: Path | str, *, stores: Iterable[str] = ()) -> Found:
    """The evidence below a folder. `stores` are the roster's; folders and file names are matched against them."""
    top = Path(directory)
    known = {name_key(store): store for store in stores}
    files: list[FoundFile] = []
    rosters: list[Path] = []
    ignored: list[tuple[Path, str]] = []
    for path in _walk(top, ignored):
        way = path.relative_to(top)
        # Neither evidence nor a stray file: it says the order of the others and is read elsewhere.
        if way.as_posix() in ORDER:
            continue
        if reason := _no_evidence(path):
            ignored.append((path, reason))
        elif name_key(path.stem) in ROSTERS:
            rosters.append(path)
        else:
            # The month is the folder's alone: a file's name says
            # nothing reliable about when it was handed in (decision 2).
            files.append(FoundFile(path, _period(way.parts[:-1]), _store(way, known)))
    # The one nearest to the top counts, among equals the workbook; the others are told, never mixed.
    rosters.sort(key=lambda path: (len(path.parts), path.suffix.lower() != ".xlsx", str(path)))
    ignored += [(path, "another roster") for path in rosters[1:]]
    # The order of landing, the same on every machine: what was there from the start first, then month by month.
    files.sort(key=lambda file: (str(file.period or ""), file.path.relative_to(top).as_posix()))
    problems = [*_several_rosters(rosters, top), *order_problems(top), *_left_out(ignored, top)]
    return Found(tuple(files), rosters[0] if rosters else None, tuple(ignored), tuple(problems))


def store_named(name: PurePath | str, stores: Iterable[str]) -> str | None:
    """The one of `stores` that a file's name, or a folder on the way to it, tells; None when it tells none."""
    return _store(PurePath(name), {name_key(store): store for store in stores})


def is_table(name: PurePath | str) -> bool:
    """Whether a file of that name may be a table: neither hidden nor temporary, and of a kind that is read."""
    return not _no_evidence(Path(name))


def _walk(top: Path, ignored: list[tuple[Path, str]]) -> Iterator[Path]:
    """Every file below, in a fixed order; hidden folders and those that a run wrote are left out."""
    for folder, below, names in os.walk(top):
        place = Path(folder)
        if place != top and not _OUTPUT.isdisjoint(names):
            ignored.append((place, "output"))
            # In place, as `os.walk` goes on by this very list.
            below.clear()
            continue
        # `__MACOSX` is what zip archives of a Mac bring along: shadows of the real files under the same names.
        below[:] = sorted(name for name in below if not name.startswith(".") and name != "__MACOSX")
        yield from (place / name for name in sorted(names))


def _no_evidence(path: Path) -> str:
    if _TEMPORARY.fullmatch(path.name):
        return "temporary"
    return "" if path.suffix.lower() in TABLES else "no table"


def _period(folders: Iterable[str]) -> Month | None:
    """The month that the nearest folder is named after, or a folder of a month in one of a year: 2026年/10月."""
    names = ["", *(unicodedata.normalize("NFKC", name).strip() for name in folders)]
    for above, name in reversed(list(pairwise(names))):
        found = _MONTH.fullmatch(name) or _IN_YEAR.fullmatch(f"{above}/{name}")
        # Four digits and two more may be something else, such as a store's number; years are judged as in cells.
        if found and 1 <= int(found[2]) <= 12 and int(found[1]) >= 1950:
            return Month(int(found[1]), int(found[2]))
    return None


def _store(way: PurePath, known: dict[str, str]) -> str | None:
    """The store named by a folder, the nearest first, else by a part of the file's name, else contained in it."""
    for name in reversed(way.parts[:-1]):
        if name_key(name) in known:
            return known[name_key(name)]
    parts = {known[key] for key in map(name_key, _BETWEEN.split(way.stem)) if key in known}
    if parts:
        # Two stores in one name: a file of both, which its column of stores has to tell apart.
        return parts.pop() if len(parts) == 1 else None
    for name in (way.stem, *reversed(way.parts[:-1])):
        if found := _contained(name_key(name), known):
            return found
    return None


def _contained(name: str, known: dict[str, str]) -> str | None:
    """The one store whose name is contained in `name`; of 一店 and 第一店 the longer one."""
    inside = [key for key in known if key and key in name]
    longest = [key for key in inside if not any(key != other and key in other for other in inside)]
    return known[longest[0]] if len(longest) == 1 else None


def _several_rosters(rosters: list[Path], top: Path) -> list[Problem]:
    if len(rosters) < 2:
        return []
    taken, *others = (path.relative_to(top).as_posix() for path in rosters)
    return [
        Problem(
            code="several_rosters",
            zh=f"有 {len(rosters)} 份花名册，以 {taken} 为准；没有读取：{'、'.join(others)}",
            en=f"there are {len(rosters)} rosters; {taken} was taken, not {', '.join(others)}",
            severity="warning",
        )
    ]


def _left_out(ignored: list[tuple[Path, str]], top: Path) -> list[Problem]:
    """Files that are no tables, so that nobody believes they were counted."""
    names = [path.relative_to(top).as_posix() for path, reason in ignored if reason == "no table"]
    if not names:
        return []
    return [
        Problem(
            code="not_read",
            zh=f"不是表格，没有读取：{'、'.join(names)}",
            en=f"no tables, not read: {', '.join(names)}",
            severity="note",
        )
    ]
