"""A document kept with its keys in the order in which they were written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:  # only the checker knows what a field of text takes and gives
    _TextField = models.TextField[Any, Any]
else:
    _TextField = models.TextField


class OrderedDocument(_TextField):
    """JSON as text. PostgreSQL's own JSON sorts keys anew, but columns stand as a template shows them, and a derived
    column stands behind those that it is worked out from."""

    if TYPE_CHECKING:  # what the checker takes from a field: any document, not the text that a TextField takes
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        """The document of a row."""
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        """A document, also from its text."""
        return json.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        """The text of a document."""
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def value_to_string(self, obj: models.Model) -> str:
        """The text in a dump of the database."""
        return str(self.get_prep_value(self.value_from_object(obj)))
