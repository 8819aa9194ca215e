"""Many forms as one PDF, made in the background and kept for a day, for whoever asked and may see all of it still.

The file lies in the scratch folder, where whatever is a day old is removed (`scratch_tidy`), and is in no backup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils import translation

from fairwrench.ledger.folder import write_whole
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.appraisals.models import Appraisal
from fairwrench.web.appraisals.papers.asked import Asked
from fairwrench.web.appraisals.papers.sheets import STYLES, Sheet, sheets_of
from fairwrench.web.appraisals.selectors import forms_seen
from fairwrench.web.ui.files.scratch import scratch
from fairwrench.web.ui.pdf.pdf import LATER, SOON, Paper, paper_of, papers_joined
from fairwrench.web.ui.words import of, pick
from fairwrench.web.work.inbox.notices import Message, messages_send
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.kinds import About, Access, Progress
from fairwrench.web.work.queue.services import job_start

KIND = "appraisal_papers"
WORDS = ("绩效评估表 PDF", "Appraisals as PDF")
#: forms that are made while somebody waits, and at most at once
AT_ONCE, MOST = 20, 1000
#: forms in one piece of the work: their layout lies in memory at once
PIECE = 50


def forms_paper(sheets: Sequence[Sheet], *, later: bool = False) -> Paper:
    """Some forms as one PDF, each on a sheet of its own."""
    title = of(WORDS) if len(sheets) != 1 else paper_name(sheets[0].form)
    return paper_of([each.body for each in sheets], title=title, styles=STYLES, bounds=LATER if later else SOON)


def paper_name(form: Appraisal) -> str:
    """What the file of one form is called."""
    return pick(f"绩效评估表 {form}", f"Appraisal {form}")


def papers_begin(*, asked: Asked, by: User) -> Job:
    """Have the forms that are asked for made into one PDF; asked for twice it is made once. Refused for too many."""
    found = asked.listed(by).count()
    if found > MOST:
        zh, en = f"共 {found} 份，一次最多 {MOST} 份，请按门店或月份缩小范围", f"{found} forms; ask for {MOST} at most"
        raise Refused([Problem("too_many_papers", zh, en)])
    told = asdict(asked)
    key = sha256(repr(sorted(told.items())).encode()).hexdigest()[:32]
    language = translation.get_language() or "zh-hans"
    return job_start(kind=KIND, key=f"papers:{by.pk}:{key}:{language}", by=by, asked=told, language=language)


def papers_make(progress: Progress, asked: Mapping[str, str], language: str) -> dict[str, Any]:
    """Make the file, and tell whoever asked for it."""
    by = progress.job.by
    parts, made = list[bytes](), list[int]()
    with translation.override(language):
        # asked by whom they may see now, not when they asked
        found = list(Asked(**asked).listed(by)[:MOST]) if by else []
        progress.expect("paper", len(found) // PIECE + 2)
        for at in range(0, len(found), PIECE):
            progress.step("paper", f"{min(at + PIECE, len(found))} / {len(found)}")
            if sheets := sheets_of(found[at : at + PIECE]):
                parts.append(forms_paper(sheets, later=True).content)
                made += [each.form.pk for each in sheets]
        if not parts:
            raise Refused([Problem("no_papers", "没有可打印的表", "there is no form to print")])
        progress.step("paper", "")
        paper = papers_joined(parts)
    progress.hold()
    write_whole(paper_path(job_id=progress.job.pk), paper.content)
    url = reverse("appraisals:paper", args=[progress.job.pk])
    words = (
        f"{len(made)} 份绩效评估表的 PDF 已生成，一天内可下载",
        f"{number_of(len(made), 'appraisal')} as PDF: to be fetched within a day",
    )
    messages_send([Message([by], words, url)])
    return {"forms": made, "sheets": paper.sheets}


def paper_path(*, job_id: UUID) -> Path:
    """Where the file of a job lies."""
    return scratch() / f"appraisals-{job_id}.pdf"


def paper_fetched(*, job_id: UUID, user: User) -> tuple[Path, str]:
    """The file of a job and the month that it is of, empty for several; for whoever asked and may see every form in it
    still; Http404 for everybody else, and once it is gone."""
    job = Job.objects.filter(pk=job_id, kind=KIND, state=Job.State.DONE, by=user).first()
    path = paper_path(job_id=job_id)
    if job is None or not path.exists():
        raise Http404
    forms = job.result["forms"]
    # a role lost, a person moved: what was made while it was allowed is not
    if forms_seen(user=user).filter(pk__in=forms).count() < len(forms):
        raise Http404
    return path, str(job.arguments["asked"].get("month", ""))


def _named(jobs: Sequence[Job], user: User) -> Mapping[UUID, About]:
    own = [job for job in jobs if job.by_id == user.pk and job.state == Job.State.DONE]
    done = [job for job in own if paper_path(job_id=job.pk).exists()]
    return {job.pk: About("", reverse("appraisals:paper", args=[job.pk])) for job in done}


OF_PAPERS = Access(words=WORDS, named=_named)
