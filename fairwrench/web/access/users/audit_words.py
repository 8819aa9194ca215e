"""What entries of the audit log say, in the reader's language: choices, people, units and money by their words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from auditlog.models import LogEntry
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone

from fairwrench.settlement.source.labels import spoken
from fairwrench.web.access.log.log_record import Called, codes_said, log_records
from fairwrench.web.access.log.records import DEEDS
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.targets import GROUP
from fairwrench.web.access.users.selectors import ACTIONS, CONFIDENTIAL, EMPTY, FIELDS
from fairwrench.web.org.models import Duty, Employee, Position, Unit
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.templatetags.ui import money, points
from fairwrench.web.ui.words import Words, aside, joined, of, pick

#: kinds of correction whose value is fen and not hundredths of a point
IN_FEN = ("deduction", "confirm_fine")
#: fields that hold the id of a kind of file, a metric or an item
IDS = ("subject", "item", "source", "metric")
#: fields of a roster's entries, by what their codes are found
IN_ROSTER: dict[str, tuple[type[models.Model], str]] = {
    "position": (Position, "code"),
    "department": (Unit, "code"),
    "manager_id": (Employee, "employee_id"),
}
Changes = dict[str, tuple[Any, Any]]


def changes_of(entry: LogEntry) -> Changes:
    """Field → old and new value, as they were written down."""
    return {name: (pair[0], pair[1]) for name, pair in (entry.changes_dict or {}).items()}


def field_of(model: type[models.Model] | None, name: str) -> Any:
    """The model's field of that name; None where it has none."""
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


class Teller:
    """Tells entries to one reader. What they name is looked up for all of them at once."""

    def __init__(self, entries: Iterable[LogEntry], reader: User) -> None:
        self.open_to = may(reader, "people.audit_values", about=GROUP)
        wanted: dict[tuple[type[models.Model], str], set[str]] = defaultdict(set)
        for entry in entries:
            for model, by, value in _named(entry):
                wanted[model, by].add(value)
        self.known = {(model, by): _found(model, by, values) for (model, by), values in wanted.items()}

    def deed(self, entry: LogEntry) -> str:
        """What was done."""
        about = entry.additional_data or {}
        if about.get("what") in DEEDS:
            return of(DEEDS[about["what"]])
        record = log_records().get(entry.content_type.model)
        thing = of(record.words if record else entry.content_type.name)
        if "act" in about:
            # an act by its own name: that fields changed says nothing of which button it was
            return pick(f"{thing}：{about['act'][0]}", f"{thing}: {about['act'][1]}")
        said = of(ACTIONS[entry.action]) + pick("", " ") + thing
        return aside(said, pick("花名册导入", "roster import")) if about.get("roster") else said

    def subject(self, entry: LogEntry) -> str:
        """What it was done to, by its name of today; by the one it had then where it is gone."""
        model = entry.content_type.model_class()
        found = self.known.get((model, "pk"), {}).get(str(entry.object_pk)) if model else None
        found = found or self._rebuilt(model, entry)
        return str(entry.object_repr) if found is None else self._record(found)

    def _record(self, found: Any) -> str:
        """A record in words."""
        if isinstance(found, Duty):
            return f"{found.employee} · {self.called(found.subject)} · {found.unit}"
        record = log_records().get(found._meta.model_name or "") if isinstance(found, models.Model) else None
        return record.says(found) if record else str(found)

    @cached_property
    def _names(self) -> dict[str, Words]:
        """Kinds of file, metrics and items by their ids."""
        names: dict[str, Words] = {}
        for called in declared(Called):
            names.update(called.names())
        return names

    def called(self, text: str) -> str:
        """What a kind of file, a metric or an item is called; an id that nobody knows any more as words."""
        return of(self._names[text]) if text in self._names else spoken(text)

    def changes(self, entry: LogEntry) -> str:
        """What changed, field by field; confidential values only to auditors of the whole group."""
        model, told = entry.content_type.model_class(), []
        pairs = changes_of(entry)
        for name, (old, new) in sorted(pairs.items()):
            own = log_records().get(entry.content_type.model)
            label = (own and own.fields.get(name)) or FIELDS.get(name)
            # from null to an empty text, or back, changed nothing that anybody reads
            if label is None or {old, new} <= EMPTY:
                continue
            closed = name in CONFIDENTIAL or (own is not None and name in own.confidential)
            hidden = closed and not self.open_to
            said = "•••" if hidden else self._change(entry, model, name, old, new)
            told.append(f"{of(label)} {said}")
        detail = (entry.additional_data or {}).get("detail", "")
        return joined([*told, detail], "；")

    def _change(self, entry: LogEntry, model: Any, name: str, old: Any, new: Any) -> str:
        before, after = (self._value(entry, model, name, value) for value in (old, new))
        if not before or not after:
            return before or after
        return f"{before} → {after}"

    def _value(self, entry: LogEntry, model: Any, name: str, value: Any) -> str:
        if value in EMPTY:
            return ""
        field, text = field_of(model, name), str(value)
        # the roster's entries hold codes and employee ids, every other entry holds keys
        if (entry.additional_data or {}).get("roster") and name in IN_ROSTER:
            return str(self.known.get(IN_ROSTER[name], {}).get(text, text))
        if field is not None and field.is_relation:
            return str(self.known.get((field.related_model, "pk"), {}).get(text, text))
        if name in IDS:
            return self.called(text)
        kind = str(changes_of(entry).get("kind", ("", ""))[1])
        return _said(
            field, name, text, in_fen=name in ("full_salary", "amount") or (name == "value" and kind in IN_FEN)
        )

    def _rebuilt(self, model: Any, entry: LogEntry) -> Any:
        """A record that is gone, out of what its last entry says of it; None where that is not enough."""
        if model is None or entry.action != LogEntry.Action.DELETE or (entry.additional_data or {}).get("roster"):
            return None
        made = model()
        for name, (old, _) in changes_of(entry).items():
            field = field_of(model, name)
            if field is None or not field.concrete or old in EMPTY or isinstance(field, models.JSONField):
                continue
            found = self.known.get((field.related_model, "pk"), {}).get(str(old)) if field.is_relation else old
            # what it belonged to is gone as well, and half a record would be named wrongly
            if found is None:
                return None
            setattr(made, name, found)
        try:
            return self._record(made)
        except (AttributeError, ValueError, models.ObjectDoesNotExist):
            return None


def _said(field: Any, name: str, text: str, *, in_fen: bool) -> str:
    """A value that names no other record."""
    if in_fen or name in ("points", "value"):
        number = int(text) if text.lstrip("-").isdigit() else None
        return text if number is None else money(number) if in_fen else points(number)
    if isinstance(field, models.BooleanField):
        return pick("是", "yes") if text == "True" else pick("否", "no")
    if isinstance(field, models.DateTimeField):
        # the log writes moments in UTC without saying so
        return f"{timezone.localtime(datetime.fromisoformat(text).replace(tzinfo=UTC)):%Y-%m-%d %H:%M}"
    words = dict(field.flatchoices) if field is not None else {}
    if name == "status" and not words:
        words = dict(Employee.Status.choices)
    if name == "language":
        words = dict(settings.LANGUAGES)
    return str(words[text]) if text in words else of(codes_said().get(text, text))


def _named(entry: LogEntry) -> Iterable[tuple[type[models.Model], str, str]]:
    """The records that an entry names: their kind, by which field they are found, and its value."""
    model = entry.content_type.model_class()
    if model is None:
        return
    yield model, "pk", str(entry.object_pk)
    in_roster = bool((entry.additional_data or {}).get("roster"))
    for name, values in changes_of(entry).items():
        field = field_of(model, name)
        place = IN_ROSTER.get(name) if in_roster else None
        place = place or ((field.related_model, "pk") if field is not None and field.is_relation else None)
        for value in values:
            if place and value not in EMPTY:
                yield (*place, str(value))


def _found(model: type[models.Model], by: str, values: set[str]) -> dict[str, Any]:
    """Records by the text of a field; one query."""
    # a key that is no number would be an error of the database
    keys = {value for value in values if by != "pk" or value.isdigit()}
    record = log_records().get(model._meta.model_name or "")
    rows = model._default_manager.select_related(*(record.along if record else ()))
    return {str(getattr(row, by)): row for row in rows.filter(**{f"{by}__in": keys})}
