"""A survey that is over is added up: its answers lose what ties them to the moment, and become evidence."""

from __future__ import annotations

from fairwrench.web.access.models import User
from fairwrench.web.surveys.evidence import answers_tell
from fairwrench.web.surveys.models import Answer, Survey, random_key
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.services import job_start

#: the kind of work that lands answers
LAND = "answers_land"


def survey_add_up(*, survey: Survey, by: User | None) -> None:
    """Write the answers anew and tell what becomes of them; part of the caller's transaction, which saves the survey.

    A database keeps with each row in which transaction it was written, and who answered is noted in the same one: once
    all answers are written together, nothing is left that they share with anybody.
    """
    answers = sorted(survey.answers.all(), key=lambda _: random_key())
    survey.answers.all().delete()
    for each in answers:
        each.pk = random_key()
    Answer.objects.bulk_create(answers, batch_size=500)
    if answers_tell(survey=survey):
        survey.job = land(month=survey.month, by=by)


def land(*, month: str, by: User | None) -> Job:
    """The work that lands what was told of a month."""
    # with `rerun`, as a landing that runs already may have claimed what waited before this
    return job_start(kind=LAND, key=f"answers:{month}", by=by, rerun=True, month=month)
