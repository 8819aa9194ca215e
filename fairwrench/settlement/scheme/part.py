"""What every part of a scheme may carry beside its own fields."""

from __future__ import annotations

from typing import Annotated, Literal

from fairwrench.settlement.scheme.about import about
from fairwrench.settlement.source.source import Model, Text


class Part(Model):
    """A part of a scheme that may carry its article and notes; `default: house` marks figures we chose ourselves."""

    name: Annotated[Text | None, about("名称", "name")] = None
    note: Annotated[Text | None, about("说明", "note")] = None
    reference: Annotated[str, about("条款", "article")] = ""
    default: Annotated[Literal["house"] | None, about("自定", "house")] = None
