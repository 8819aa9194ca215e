"""A scheme handed in, checked as the command line checks it; runs in a process of its own.

Nothing here knows of Django or of the database: the process that parses what people hand in holds neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from fairwrench.catalog.document import Document, read_document
from fairwrench.catalog.loader import CATALOG, open_scheme, scheme_names
from fairwrench.closing.check.scheme_check import wrong_formulas
from fairwrench.engines.duckdb import DIALECT
from fairwrench.settlement.calendar.time_zone import other_time_zone
from fairwrench.settlement.check.check import check_scheme
from fairwrench.settlement.problem import Problem, Refused, errors, nearest
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.source import Source

#: as long as the database keeps them
NAME_LENGTH, VERSION_LENGTH = 80, 40
# NUL, which PostgreSQL keeps in no text, and halves of characters, which UTF-8 cannot write
_ODD = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Order:
    """Which document to look at: where it lies for now, what problems call it, the kinds of evidence there are, the
    time zone of the installation."""

    path: Path
    name: str
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)
    time_zone: str = ""


@dataclass(frozen=True)
class Checked:
    """What a document is called, and everything that is to be known of it; the names are empty where it is refused.

    `compiled`: the whole scheme as JSON, which opens at once.
    """

    name: str
    version: str
    problems: tuple[Problem, ...]
    compiled: str = ""

    @property
    def refused(self) -> bool:
        """Whether anything forbids to use it."""
        return bool(errors(self.problems))


def check(order: Order, _out: Path) -> dict[str, Any]:
    """`check_document` as a bounded process does it."""
    return asdict(check_document(order.path, order.name, order.sources, order.time_zone))


def compiled(order: Order, _out: Path) -> dict[str, Any]:
    """The whole scheme of a document as JSON (`compiled`, empty with `problems` where it cannot be opened)."""
    try:
        return {"compiled": compiled_text(open_scheme(order.path).scheme), "problems": []}
    except Refused as refused:
        return {"compiled": "", "problems": [asdict(problem) for problem in refused.problems]}


def compiled_text(scheme: Scheme) -> str:
    """A scheme as JSON; what the document leaves to the program stays left to it."""
    # a default that a later edition changes then holds for this scheme as for every other
    return scheme.model_dump_json(by_alias=True, exclude_unset=True)


def check_document(path: Path, name: str, sources: Mapping[str, Source], time_zone: str = "") -> Checked:
    """Check the document at `path`; problems call it `name`. A base has to be a shipped scheme: no file is followed.

    It has to name `time_zone`, where one is given.
    """
    try:
        document = read_document(path.read_text(encoding="utf-8-sig"), str(path))
        # before anything else looks at the texts, so that no message holds such a character
        _no_odd_characters(document)
        # before it is opened: opening would follow the base to a file of the server
        _no_file_as_base(document)
        opened = open_scheme(path)
    except UnicodeDecodeError:
        return Checked("", "", (_not_utf8(name),))
    except Refused as refused:
        return Checked("", "", _named(refused.problems, path, name))
    found = opened.located(check_scheme(opened.scheme, sources, wrong_formulas(DIALECT)))
    title, version = opened.scheme.scheme, opened.scheme.version
    found += [opened.document.located(problem) for problem in _too_long(title, version)]
    found += opened.located(other_time_zone(opened.scheme, time_zone) if time_zone else [])
    return Checked(title, version, _named(found, path, name), compiled_text(opened.scheme))


def _no_file_as_base(document: Document) -> None:
    base = document.data.get("base")
    # the shipped ones that only others are laid upon begin with _ and are in no list
    known = [*scheme_names(), *(path.stem for path in (CATALOG / "schemes").iterdir() if path.name[0] == "_")]
    if base is None or base in known:
        return
    near = nearest(str(base), known)
    zh = f"base 只能是系统自带的制度，没有“{base}”" + (f"；是否想写“{near}”？" if near else "")
    en = f"`base` has to be a shipped scheme; there is no `{base}`" + (f"; did you mean `{near}`?" if near else "")
    raise Refused([document.located(Problem("unknown_scheme", zh, en, path=("base",)))])


def _no_odd_characters(document: Document) -> None:
    """Refused where a text holds NUL or half a character, written as an escape: no page and no database takes them."""
    odd = [path for path, text in _texts(document.data, ()) if _ODD.search(text)]
    zh, en = "含有无法保存的字符（NUL 或半个字符）", "it holds a character that cannot be kept (NUL, half a character)"
    if odd:
        raise Refused([document.located(Problem("odd_character", zh, en, path=path)) for path in odd])


def _texts(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text of a document with its path, the names of parts too."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, part in value.items():
            # a name may hold odd characters as well as a text
            yield path, name
            yield from _texts(part, (*path, name))
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from _texts(part, (*path, at))


def _named(problems: tuple[Problem, ...] | list[Problem], path: Path, name: str) -> tuple[Problem, ...]:
    """The problems with the file's own name instead of where it lies for now."""
    # where it lies for now is no matter of whoever handed it in
    places = {str(path), str(path.resolve())}
    return tuple(replace(problem, file=name) if problem.file in places else problem for problem in problems)


def _not_utf8(name: str) -> Problem:
    zh = "文件不是 UTF-8 编码的文本；请用文本编辑器另存为 UTF-8"
    en = "the file is not UTF-8 text; save it as UTF-8 in a text editor"
    return Problem("unreadable_file", zh, en, file=name)


def _too_long(title: str, version: str) -> list[Problem]:
    found = []
    for key, word, most in (("scheme", title, NAME_LENGTH), ("version", version, VERSION_LENGTH)):
        # the database's columns are no longer
        if not 0 < len(word.strip()) <= most:
            zh, en = f"应为 1 至 {most} 个字", f"it has 1 to {most} characters"
            found.append(Problem("wrong_length", zh, en, path=(key,)))
    return found
