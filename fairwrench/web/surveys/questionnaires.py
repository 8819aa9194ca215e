"""The questionnaires that there are, and the one of a survey as it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from fairwrench.catalog.loader import load_questionnaires
from fairwrench.catalog.questionnaire import Questionnaire
from fairwrench.web.surveys.models import Survey

#: who is asked → what the group is called
GROUPS: Mapping[str, tuple[str, str]] = {
    "staff": ("全店员工", "Everybody of the store"),
    "self": ("本人", "Themselves"),
    "superior": ("直接上级", "Line manager"),
    "peers": ("同组同事", "Peers"),
    "reports": ("下属", "Reports"),
    "departments": ("其他部门", "Other departments"),
    "named": ("指定的人", "People named"),
}
#: the questionnaire that managers send to people they name
OPINION = "opinion"


@cache
def questionnaires() -> Mapping[str, Questionnaire]:
    """The shipped questionnaires by name; they do not change while the program runs."""
    return load_questionnaires()


def asked_in(survey: Survey) -> Questionnaire:
    """The questionnaire of a survey, as it was when people were asked."""
    return Questionnaire.model_validate(survey.content)
