"""What a version's page shows of what is done before it holds."""

from __future__ import annotations

from typing import Any

from fairwrench.report.naming import Names
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.schemes.binding.acknowledgements import acknowledged_by, counted, to_acknowledge
from fairwrench.web.schemes.binding.forms import PARTNERS, DiscussForm, PublishForm
from fairwrench.web.schemes.binding.requirements import adoption_of, lacking, own_adoption
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.selectors import Edition, edition_at
from fairwrench.web.schemes.text import comparing
from fairwrench.web.ui.words import lang


def binding_shown(*, edition: Edition, acts: set[str], user: User) -> dict[str, Any]:
    """The days, discussions and acknowledgements of a version that was proposed; of others nothing."""
    version = edition.version
    if version is None or version.state not in (SchemeVersion.State.PROPOSED, SchemeVersion.State.ADOPTED):
        return {}
    asked = adoption_of(version)
    lacks = lacking(version) if version.state == SchemeVersion.State.PROPOSED else []
    discussions = [step for step in edition.history if step.act == "discuss"]
    for step in discussions:
        vars(step)["partner"] = dict(PARTNERS).get(step.about.get("partner", ""), "")
    told: dict[str, Any] = {
        "adoption": asked,
        "laxer": asked != own_adoption(version),
        "lacks": lacks,
        "blocked": any(lack.blocks for lack in lacks),
    }
    told |= {"discussions": discussions, "signed": counted(version) if version.shown_from else None}
    told["may_list"] = opens(user, "schemes.view_acknowledgements")
    if "publish" in acts:
        told |= {"publish_form": PublishForm(days=asked.publicity_days), "discuss_form": DiscussForm()}
    return told


def signing_shown(*, edition: Edition, user: User) -> dict[str, Any]:
    """Of a version that everybody is shown: whether the reader has acknowledged it or is asked to, and what changed
    against the version before, which is read first; of others nothing."""
    version = edition.version
    if version is None or version.shown_from is None:
        return {}
    told: dict[str, Any] = {"signed": acknowledged_by(version=version, user=user)}
    told["to_sign"] = version in to_acknowledge(user=user)
    if told["to_sign"] and version.begins:
        told |= _changes(edition, edition_at(user=user, month=Month.parse(version.begins).plus(-1)))
    return told


def _changes(new: Edition, old: Edition) -> dict[str, Any]:
    try:
        known = sources()
        chapters = comparing.compared(Names(old.scheme, known, lang()), Names(new.scheme, known, lang()))
    except Refused:  # the version before is lost: what there is stands below all the same
        return {}
    return {"chapters": chapters, "counts": comparing.counted(chapters), "same": not chapters}
