"""What a version's page shows of what is done before it holds."""

from __future__ import annotations

from typing import Any

from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.schemes.binding.acknowledgements import counted
from fairwrench.web.schemes.binding.forms import PARTNERS, DiscussForm, PublishForm
from fairwrench.web.schemes.binding.requirements import adoption_of, lacking
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.selectors import Edition


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
    told: dict[str, Any] = {"adoption": asked, "lacks": lacks, "blocked": any(lack.blocks for lack in lacks)}
    told |= {"discussions": discussions, "signed": counted(version) if version.shown_from else None}
    told["may_list"] = opens(user, "schemes.view_acknowledgements")
    if "publish" in acts:
        told |= {"publish_form": PublishForm(days=asked.publicity_days), "discuss_form": DiscussForm()}
    return told
