"""Kinds of file declared here: a document as a source is written, checked as the shipped ones are, then kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from fairwrench.catalog.document import Document
from fairwrench.catalog.refusal import problems_of
from fairwrench.ledger.folder import RESERVED
from fairwrench.settlement.check.check_sources import check_sources
from fairwrench.settlement.problem import Problem, Refused, errors
from fairwrench.settlement.source.source import Source
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import GROUP
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.models import Landing, SourceDefinition
from fairwrench.web.evidence.sources.checks import check_derived
from fairwrench.web.evidence.sources.complaints import PARTS, column_named, in_words
from fairwrench.web.evidence.sources.names import ID


def source_of(*, name: str, document: Mapping[str, Any], is_new: bool = False) -> Source:
    """The source that a document declares. Refused with everything that is wrong with it."""
    # an id is a folder of the ledger and a word of formulas, so nothing else may stand in it
    if not ID.fullmatch(name) or name in RESERVED:
        raise Refused([_bad_name(name)])
    if is_new and name in name_taken():
        raise Refused([_taken(name)])
    try:
        source = Source.model_validate(document)
    except ValidationError as error:
        wrong = problems_of(error, Source, Document(dict(document)))
        raise Refused(in_words(problem, document) for problem in wrong) from None
    before = selectors.sources()
    known = {**before, name: source}
    every = check_sources(known)
    # its own problems first: what derives from a wrong column would only repeat them
    found = [replace(each, path=each.path[1:]) for each in every if each.path[:1] == (name,)]
    found += check_derived(source, known) if not found else []
    told = [in_words(problem, document) for problem in found]
    # of other kinds only what this change breaks: what was wrong before is not this form's
    there = check_sources(before)
    told += [_needed(each, known) for each in every if each.path[:1] != (name,) and each not in there]
    # asked of what landed, not of what the ledger holds now: rows that were replaced lie in the same columns
    told += _changed(before[name], source) if name in before and Landing.objects.filter(source=name).exists() else []
    if errors(told):
        raise Refused(told)
    return source


def name_taken() -> set[str]:
    """The ids that a new kind of file may not have."""
    return {*selectors.sources(), *SourceDefinition.objects.values_list("name", flat=True), *RESERVED}


def source_save(*, name: str, document: Mapping[str, Any], by: User, version: int) -> SourceDefinition:
    """Keep a kind of file, `version` being the one it was changed from (0: new). Refused when it is wrong, or when
    somebody else changed it meanwhile."""
    require(by, "evidence.define_source", about=GROUP)
    source = source_of(name=name, document=document)
    # what is not written is left to the program, whose defaults a later edition may mend
    kept = source.model_dump(mode="json", exclude_unset=True)
    with transaction.atomic():
        before = SourceDefinition.objects.filter(name=name).first()
        if (before.version if before else 0) != version:
            raise Refused([_changed_meanwhile()])
        if before is None:
            return SourceDefinition.objects.create(name=name, document=kept, by=by, version=1)
        # a kind that was retired comes back with its first change
        before.document, before.by, before.active, before.version = kept, by, True, version + 1
        before.save()
    return before


def source_retire(*, name: str, by: User) -> None:
    """No longer take such files, in any store. Refused once some have landed: what they say is still asked for."""
    require(by, "evidence.define_source", about=GROUP)
    if Landing.objects.filter(source=name).exists():
        raise Refused([_in_use(selectors.sources()[name])])
    for definition in SourceDefinition.objects.filter(name=name, active=True):
        definition.active, definition.version = False, definition.version + 1
        definition.save()


def _changed(before: Source, now: Source) -> list[Problem]:
    """What may not change once rows have landed: they lie in the ledger by these."""
    found = [_fixed(*PARTS[what]) for what in ("key", "filed_by") if getattr(before, what) != getattr(now, what)]
    for name, column in before.columns.items():
        after = now.columns.get(name)
        # names, aliases and checks may change: they say how files are read, not how rows lie
        if after is None or (after.type, after.scale) != (column.type, column.scale):
            found.append(_fixed(*column_named(name, column.name)))
    return found


def _bad_name(name: str) -> Problem:
    zh = f"代号“{name}”不能用：请用小写英文字母、数字和下划线，以字母开头；或者留空，由系统取"
    en = f"`{name}` cannot name a kind of file: use small letters, digits and underscores, a letter first"
    return Problem("bad_name", zh, en)


def _taken(name: str) -> Problem:
    zh = f"代号“{name}”已有：请换一个，或者留空；要改那一张，请在“数据报表”里打开它"
    en = f"`{name}` is taken: choose another or leave it empty; to change that one, open it among the kinds of file"
    return Problem("bad_name", zh, en)


def _fixed(zh: str, en: str) -> Problem:
    zh = f"{zh}：已有数据导入，不能再改，也不能删；请改回原样，要换就另加一列"
    en = f"{en}: rows have landed, so this can neither change nor go; put it back, and add a column instead"
    return Problem("fixed_by_rows", zh, en)


def _needed(problem: Problem, known: Mapping[str, Source]) -> Problem:
    """What another kind of file could no longer take over."""
    other = known[str(problem.path[0])].name
    zh, en = f"“{other.zh}”要用到它：{problem.zh}", f"“{other.en}” needs it: {problem.en}"
    return replace(problem, code="needed_elsewhere", zh=zh, en=en, path=())


def _in_use(kind: Source) -> Problem:
    zh, en = kind.name.zh, kind.name.en
    return Problem("in_use", f"“{zh}”已有数据导入，不能停用", f"rows of “{en}” have landed; it cannot be retired")


def _changed_meanwhile() -> Problem:
    zh, en = "别人刚改过，请重新打开后再改", "somebody else changed it meanwhile; open it again"
    return Problem("changed_meanwhile", zh, en)
