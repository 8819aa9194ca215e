"""A questionnaire: who is asked about what, on which scale, and from how many answers on anything is shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from fairwrench.settlement.source.source import Model, Text

#: who is asked: everybody of a store; of a person the person, who leads them, who has the same manager, who is led by
#: them, who heads the other departments, and people chosen one by one
Asked = Literal["staff", "self", "superior", "peers", "reports", "departments", "named"]
#: groups of one person each, whose answers nobody could hide
ALONE = frozenset({"self", "superior"})


class Level(Model):
    """One answer of the scale, what it comes to on a hundred, and whether it counts as satisfied."""

    name: Text
    points: Decimal = Field(ge=0, le=100, max_digits=5, decimal_places=2)
    satisfied: bool


class Question(Model):
    """One question, answered on the scale or in words."""

    name: Text
    answered: Literal["on_scale", "in_words"] = "on_scale"
    required: bool = True


class Questionnaire(Model):
    """What is asked about a store or a person. `signed` groups answer under their name; of all others nothing is shown
    of fewer answers than `threshold`. `feeds`: the source whose rows the answers become, by the `overall` question."""

    name: Text
    reference: str
    default: Literal["house"] | None = None
    about: Literal["store", "person"]
    asks: tuple[Asked, ...] = Field(min_length=1)
    signed: tuple[Asked, ...] = ()
    threshold: int = Field(ge=3)
    feeds: Literal["employee_survey", "internal_feedback"] | None = None
    overall: str
    scale: dict[str, Level] = Field(min_length=2)
    questions: dict[str, Question] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_together(self) -> Questionnaire:
        asked = self.questions.get(self.overall)
        if asked is None or asked.answered != "on_scale" or not asked.required:
            raise ValueError(f"overall: {self.overall} is no question that everybody answers on the scale")
        if (self.about == "store") != (self.asks == ("staff",)):
            raise ValueError("asks: staff is asked about a store, and nobody else is")
        if stray := sorted(set(self.signed) - set(self.asks)):
            raise ValueError(f"signed: {', '.join(stray)} is not asked")
        if hidden := sorted((ALONE & set(self.asks)) - set(self.signed)):
            raise ValueError(f"signed: {', '.join(hidden)} is one person, whose answers would not be hidden")
        return self

    @property
    def on_scale(self) -> list[str]:
        """The questions that are answered on the scale, in order."""
        return [key for key, question in self.questions.items() if question.answered == "on_scale"]

    @property
    def in_words(self) -> list[str]:
        """The questions that are answered in words, in order."""
        return [key for key, question in self.questions.items() if question.answered == "in_words"]
