"""Records of evidence as the log says them: by the names of kinds of file, stores and rows."""

from __future__ import annotations

from fairwrench.settlement.source.labels import source_label
from fairwrench.web.evidence.exemptions.rows import title_of
from fairwrench.web.evidence.models import Authority, ColumnMapping, Exemption, MissingOrder, SourceDefinition
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.ui.words import aside, of, pick


def exemption_said(exemption: Exemption) -> str:
    """A request to leave a row out: the kind of file and what names the row in it."""
    return f"{of(source_label(exemption.source, sources()))} {title_of(exemption).replace('|', ' · ')}"


def missing_order_said(question: MissingOrder) -> str:
    """A question about a missing order: whose, and which order."""
    return f"{question.employee} · {question}"


def mapping_said(mapping: ColumnMapping) -> str:
    """How a header is read: the kind of file, and the store where it holds for one."""
    return aside(of(source_label(mapping.source, sources())), mapping.store or pick("全部门店", "all stores"))


def definition_said(definition: SourceDefinition) -> str:
    """A kind of file by its name."""
    return of(source_label(definition.name, sources()))


def authority_said(authority: Authority) -> str:
    """How a kind of record comes: the kind, the store where it is about one, and from when on."""
    store = authority.store or pick("全部门店", "all stores")
    return aside(of(source_label(authority.source, sources())), f"{store} {authority.since}")
