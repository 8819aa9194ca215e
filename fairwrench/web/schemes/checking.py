"""A scheme handed in, checked as the command line checks it; runs in a process of its own.

Nothing here knows of Django or of the database: the process that parses what people hand in holds neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fairwrench.catalog.document import Document, read_document
from fairwrench.catalog.loader import CATALOG, open_scheme, scheme_names
from fairwrench.closing.run import wrong_formulas
from fairwrench.engines.duckdb import DIALECT
from fairwrench.settlement.check import check_scheme
from fairwrench.settlement.problem import Problem, Refused, errors, nearest
from fairwrench.settlement.source import Source

#: as long as the database keeps them
NAME_LENGTH, VERSION_LENGTH = 80, 40


@dataclass(frozen=True)
class Checked:
    """What a document is called, and everything that is to be known of it; the names are empty where it is refused."""

    name: str
    version: str
    problems: tuple[Problem, ...]

    @property
    def refused(self) -> bool:
        """Whether anything forbids to use it."""
        return bool(errors(self.problems))


def check_document(path: Path, name: str, sources: Mapping[str, Source]) -> Checked:
    """Check the document at `path`; problems call it `name`. A base has to be a shipped scheme: no file is followed."""
    try:
        _no_file_as_base(read_document(path.read_text(encoding="utf-8-sig"), str(path)))
        opened = open_scheme(path)
    except UnicodeDecodeError:
        return Checked("", "", (_not_utf8(name),))
    except Refused as refused:
        return Checked("", "", _named(refused.problems, path, name))
    found = opened.located(check_scheme(opened.scheme, sources, wrong_formulas(DIALECT)))
    title, version = opened.scheme.scheme, opened.scheme.version
    found += [opened.document.located(problem) for problem in _too_long(title, version)]
    return Checked(title, version, _named(found, path, name))


def _no_file_as_base(document: Document) -> None:
    base = document.data.get("base")
    known = [*scheme_names(), *(path.stem for path in (CATALOG / "schemes").iterdir() if path.name[0] == "_")]
    if base is None or base in known:
        return
    near = nearest(str(base), known)
    zh = f"base 只能是系统自带的制度，没有“{base}”" + (f"；是否想写“{near}”？" if near else "")
    en = f"`base` has to be a shipped scheme; there is no `{base}`" + (f"; did you mean `{near}`?" if near else "")
    raise Refused([document.located(Problem("unknown_scheme", zh, en, path=("base",)))])


def _named(problems: tuple[Problem, ...] | list[Problem], path: Path, name: str) -> tuple[Problem, ...]:
    """The problems with the file's own name instead of where it lies for now."""
    places = {str(path), str(path.resolve())}
    return tuple(replace(problem, file=name) if problem.file in places else problem for problem in problems)


def _not_utf8(name: str) -> Problem:
    zh = "文件不是 UTF-8 编码的文本；请用文本编辑器另存为 UTF-8"
    en = "the file is not UTF-8 text; save it as UTF-8 in a text editor"
    return Problem("unreadable_file", zh, en, file=name)


def _too_long(title: str, version: str) -> list[Problem]:
    found = []
    for key, word, most in (("scheme", title, NAME_LENGTH), ("version", version, VERSION_LENGTH)):
        if not 0 < len(word.strip()) <= most:
            zh, en = f"应为 1 至 {most} 个字", f"it has 1 to {most} characters"
            found.append(Problem("wrong_length", zh, en, path=(key,)))
    return found
