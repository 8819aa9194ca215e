"""HR drafts an analysis and writes it, the general manager approves exactly what was shown, its readers confirm."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone, translation

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import OfStore
from fairwrench.web.analysis.models import CIRCLES, Analysis, AnalysisDocument, Section
from fairwrench.web.analysis.reports.content import Content
from fairwrench.web.analysis.reports.drafting import Ground, section_drafted
from fairwrench.web.analysis.reports.workflow import ANALYSES
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import EVERY_STORE
from fairwrench.web.ui.requests.bare_text import bare_text
from fairwrench.web.work.signing.documents import digest_of, document_kept


def analysis_draft(*, cycle: Cycle, store: str, by: User) -> Analysis:
    """Draft the analysis of a settled month in a store (`*`: the group), section by section; the one that is there
    already where somebody was first. Refused before the month is settled, and for a store without anybody in it."""
    require(by, "analysis.write", about=OfStore(store))
    if problem := _undraftable(cycle, store):
        raise Refused([problem])
    if there := cycle.analyses.filter(store=store).first():
        return there
    ground = Ground.of(cycle=cycle, store=store, user=by)
    texts = {key: section_drafted(ground=ground, key=key) for key in CIRCLES}
    with transaction.atomic():
        # held until it is written: of two presses one drafts
        Cycle.objects.select_for_update().get(pk=cycle.pk)
        if there := cycle.analyses.filter(store=store).first():
            return there
        made = Analysis.objects.create(cycle=cycle, store=store, language=translation.get_language() or "zh-hans")
        for key, circle in CIRCLES.items():
            Section.objects.create(analysis=made, key=key, circle=circle, text=texts[key], drafted=texts[key])
        ANALYSES.write(record=made, act="draft", by=by)
    return made


def section_edit(*, analysis: Analysis, key: str, text: str, by: User, seen: int) -> Analysis:
    """Write what a section says; `seen` is the count of the section as it was shown. The same text again is kept."""
    said = bare_text(text.replace("\r\n", "\n"))
    if analysis.sections.filter(key=key, text=said).exists():
        return analysis
    return ANALYSES.act(record=analysis, name="edit", by=by, key=key, text=said, section_seen=seen)


def section_redraft(*, analysis: Analysis, key: str, by: User, seen: int, typed: str = "") -> Analysis:
    """Draft a section anew from the figures of today, in the language of the analysis: in the place of a text that
    nobody edited, beside one that somebody did. What is `typed` into it and not kept yet is kept first."""
    require(by, "analysis.write", about=OfStore(analysis.store))
    if problem := _undraftable(analysis.cycle, analysis.store):
        raise Refused([problem])
    with translation.override(analysis.language):
        ground = Ground.of(cycle=analysis.cycle, store=analysis.store, user=by)
        text = section_drafted(ground=ground, key=key)
    if typed and section_edit(analysis=analysis, key=key, text=typed, by=by, seen=seen) is not analysis:
        seen += 1
    return ANALYSES.act(record=analysis, name="redraft", by=by, key=key, text=text, section_seen=seen)


def section_choose(*, analysis: Analysis, key: str, act: str, by: User, seen: int) -> Analysis:
    """Take the text that was drafted anew (`take`), or keep the other (`keep`)."""
    assert act in ("take", "keep")
    return ANALYSES.act(record=analysis, name=act, by=by, key=key, section_seen=seen)


def analysis_approve(*, analysis: Analysis, digest: str, by: User, seen: int) -> Analysis:
    """Approve an analysis as it was shown: `digest` is that of the document on the page. Its bytes are kept, and those
    of the part that the departments read. Refused when it says something else by now."""
    content = Content.of(analysis)
    with transaction.atomic():
        part = content.for_departments
        # the part is of the same content: who approves the whole has seen it
        document, extract = _kept(content, digest), _kept(part, digest_of(part.document))
        return ANALYSES.act(record=analysis, name="approve", by=by, seen=seen, document=document, extract=extract)


def _kept(content: Content, digest: str) -> AnalysisDocument:
    shown = content.document
    moved_on = ANALYSES.moved_on(content.analysis)
    with translation.override(content.analysis.language):
        return document_kept(AnalysisDocument, shown=shown, digest=digest, facts=content.facts, moved_on=moved_on)


def reading_confirm(*, analysis: Analysis, by: User) -> bool:
    """Confirm having read an analysis that was sent to oneself; whether it was not confirmed before."""
    now = timezone.now()
    with transaction.atomic():
        mine = analysis.readings.filter(reader=by.employee_id, read_at=None) if by.employee_id else None
        if mine is None or not mine.update(read_at=now):
            return False
        ANALYSES.write(record=analysis, act="confirm", by=by, before=analysis.state)
    return True


def _undraftable(cycle: Cycle, store: str) -> Problem | None:
    if cycle.run is None:
        zh = f"{cycle.month} 还没有核算，不能起草分析"
        return Problem("not_settled", zh, f"{cycle.month} is not settled yet: there is nothing to analyse")
    if store != EVERY_STORE and not cycle.run.sums.filter(store=store).exists():
        zh, en = f"{store} 本月没有参加考核的人", f"nobody of {store} was assessed in the month"
        return Problem("no_such_store", zh, en)
    return None
