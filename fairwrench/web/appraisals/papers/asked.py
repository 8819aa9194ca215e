"""The forms that an address asks for: one reading of it for the list, for paper, and for the archive."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict

from fairwrench.web.access.models import User
from fairwrench.web.appraisals.models import Appraisal, Signature
from fairwrench.web.appraisals.selectors import TALK, TALK_OPEN, WAITS, forms_seen, talks_waiting, waiting
from fairwrench.web.settlements.models import Result
from fairwrench.web.ui.requests.parameters import choice_of, month_said, number_of, text_of
from fairwrench.web.ui.tables.tables import SOUGHT, narrowed
from fairwrench.web.work.models import Step

State = Appraisal.State
#: letters of a name in an address
LETTERS = 80
YES = "1"
#: what the search boxes of the lists look at
PATHS = ("employee__name", "employee__employee_id", "store")

#: of a form: that somebody refused to sign it, also where they signed after all; that the next level returned it
REFUSED = Signature.objects.filter(appraisal=OuterRef("pk")).exclude(refused="")
RETURNED = Step.objects.filter(workflow="appraisal", act="return", record=OuterRef("pk"))


@dataclass(frozen=True)
class Asked:
    """What an address says of the forms that are wanted; everything empty: all that somebody sees."""

    #: the number of one form alone
    form: str = ""
    waits: str = ""
    state: str = ""
    month: str = ""
    since: str = ""
    until: str = ""
    store: str = ""
    department: str = ""
    position: str = ""
    grade: str = ""
    #: `open`: the interview by the next level is asked for and was not noted yet
    talk: str = ""
    refused: str = ""
    returned: str = ""
    q: str = ""

    @staticmethod
    def of(sent: QueryDict, *, state: str = "") -> Asked:
        """Read; BadRequest for what none of our pages sends. `state` where the address says none; `any` for all."""
        told = choice_of(sent, "state", [*State.values, "any"], state)
        return Asked(
            form=str(number_of(sent, "form", 0) or ""),
            waits=choice_of(sent, "waits", [*WAITS, TALK]),
            state="" if told == "any" else told,
            **{name: _month(sent, name) for name in ("month", "since", "until")},
            **{name: text_of(sent, name, LETTERS) for name in ("store", "department", "position", "grade")},
            talk=choice_of(sent, "talk", ["open"]),
            refused=choice_of(sent, "refused", [YES]),
            returned=choice_of(sent, "returned", [YES]),
            q=text_of(sent, "q", SOUGHT),
        )

    def seen(self, user: User) -> QuerySet[Appraisal]:
        """Those of them that somebody sees, or that wait for them; what was typed into the search box is left to the
        table."""
        found = self._of(user)
        equal = {
            "pk": self.form,
            "cycle__month": self.month,
            "state": self.state,
            "store": self.store,
            "department": self.department,
        }
        bounds = {"cycle__month__gte": self.since, "cycle__month__lte": self.until}
        found = found.filter(**{path: value for path, value in (equal | bounds).items() if value})
        result = {name: value for name in ("position", "grade") if (value := getattr(self, name))}
        if result:
            same = Result.objects.filter(run=OuterRef("run"), employee_id=OuterRef("employee__employee_id"))
            found = found.filter(Exists(same.filter(**result)))
        if self.talk:
            found = found.filter(TALK_OPEN)
        if self.refused:
            found = found.filter(Exists(REFUSED))
        if self.returned:
            found = found.filter(Exists(RETURNED))
        return found

    def _of(self, user: User) -> QuerySet[Appraisal]:
        if self.waits == TALK:
            return talks_waiting(user=user)
        return waiting(user=user, state=self.waits) if self.waits else forms_seen(user=user)

    def listed(self, user: User) -> QuerySet[Appraisal]:
        """Those that the list shows on all its pages: with what was typed into its search box."""
        found = narrowed(self.seen(user), PATHS, self.q)
        assert isinstance(found, QuerySet)
        return found


def _month(sent: QueryDict, name: str) -> str:
    text = text_of(sent, name, 7)
    return str(month_said(text)) if text else ""
