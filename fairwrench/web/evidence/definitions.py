"""Kinds of file declared here: a document as a source is written, checked as the shipped ones are, then kept."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from pydantic import ValidationError
from ruamel.yaml import YAML

from fairwrench.catalog.document import Document, read_document
from fairwrench.catalog.refusal import problems_of
from fairwrench.ledger.folder import RESERVED
from fairwrench.settlement.check_sources import check_sources
from fairwrench.settlement.problem import Problem, Refused, errors
from fairwrench.settlement.source import Source
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.models import Landing, SourceDefinition
from fairwrench.web.people.models import User

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)


def source_of(*, name: str, document: Mapping[str, Any]) -> Source:
    """The source that a document declares. Refused with everything that is wrong with it."""
    if not _NAME.fullmatch(name) or name in RESERVED:
        raise Refused([_bad_name(name)])
    try:
        source = Source.model_validate(document)
    except ValidationError as error:
        raise Refused(problems_of(error, Source, Document(dict(document)))) from None
    known = selectors.sources()
    told = [problem for problem in check_sources({**known, name: source}) if problem.path[:1] == (name,)]
    told += _changed(known[name], source) if name in known and Landing.objects.filter(source=name).exists() else []
    if errors(told):
        raise Refused(told)
    return source


def source_save(*, name: str, document: Mapping[str, Any], by: User, version: int) -> SourceDefinition:
    """Keep a kind of file, `version` being the one it was changed from (0: new). Refused when it is wrong, or when
    somebody else changed it meanwhile."""
    source = source_of(name=name, document=document)
    kept = source.model_dump(mode="json", exclude_unset=True)
    with transaction.atomic():
        before = SourceDefinition.objects.filter(name=name).first()
        if (before.version if before else 0) != version:
            raise Refused([_changed_meanwhile()])
        if before is None:
            return SourceDefinition.objects.create(name=name, document=kept, by=by, version=1)
        before.document, before.by, before.active, before.version = kept, by, True, version + 1
        before.save()
    return before


def source_retire(*, name: str) -> None:
    """No longer take such files. Refused once some have landed: what they say is still asked for."""
    if Landing.objects.filter(source=name).exists():
        raise Refused([_in_use(name)])
    for definition in SourceDefinition.objects.filter(name=name, active=True):
        definition.active, definition.version = False, definition.version + 1
        definition.save()


def parsed(text: str) -> dict[str, Any]:
    """YAML as a document; Refused with the line that is wrong."""
    return read_document(text, "").data if text.strip() else {}


def written(document: Mapping[str, Any]) -> str:
    """A document as YAML."""
    kept, yaml = io.StringIO(), YAML()
    yaml.default_flow_style = None
    yaml.width = 100
    yaml.dump(dict(document), kept)
    return kept.getvalue() if document else ""


def _changed(before: Source, now: Source) -> list[Problem]:
    """What may not change once rows have landed: they lie in the ledger by these."""
    found = [_fixed(what) for what in ("key", "filed_by") if getattr(before, what) != getattr(now, what)]
    for name, column in before.columns.items():
        after = now.columns.get(name)
        if after is None or (after.type, after.scale) != (column.type, column.scale):
            found.append(_fixed(f"columns.{name}"))
    return found


def _bad_name(name: str) -> Problem:
    zh = f"代号“{name}”不能用：请用小写英文字母、数字和下划线，以字母开头"
    en = f"`{name}` cannot name a source: use small letters, digits and underscores, a letter first"
    return Problem("bad_name", zh, en, path=("name",))


def _fixed(what: str) -> Problem:
    zh, en = f"已有数据导入，{what} 不能再改", f"rows have landed, so {what} can no longer change"
    return Problem("fixed_by_rows", zh, en)


def _in_use(name: str) -> Problem:
    return Problem("in_use", f"{name} 已有数据导入，不能停用", f"rows of {name} have landed; it cannot be retired")


def _changed_meanwhile() -> Problem:
    zh, en = "别人刚改过，请重新打开后再改", "somebody else changed it meanwhile; open it again"
    return Problem("changed_meanwhile", zh, en)
