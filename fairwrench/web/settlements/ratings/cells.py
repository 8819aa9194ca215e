"""A cell of the rating grid as the page and the answer to a script have it.

Drawn here and not by a template: a large team has hundreds of cells, and a template of this size for each takes most of
a second. What only some cells tell (`rating_story.html`) is a template.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from fairwrench.web.settlements.ratings.rating import Level, Place
from fairwrench.web.settlements.ratings.services import Saved
from fairwrench.web.ui.words import pick

NOTHING = mark_safe("")
#: the form that the fields of the grid belong to, though they stand outside of it
FORM = mark_safe('form="ratings"')


@dataclass(frozen=True)
class Cells:
    """Draws the cells of a matrix: words and lists of levels, which are the same in many cells, are made once."""

    written: str = field(default_factory=lambda: pick("具体事例", "Example"))
    write: str = field(default_factory=lambda: pick("写事例", "Write an example"))
    _lists: dict[tuple[int, str], SafeString] = field(default_factory=dict)

    def cell(self, place: Place, looks: str) -> SafeString:
        """A cell with its fields; `looks` is the key of its column, whose levels are told elsewhere on the page."""
        kinds = f"rating{' unfit' if place.unfit else ''}{' missing' if place.missing else ''}"
        waited = mark_safe(" data-waited") if place.waited else NOTHING
        return format_html(
            '<td class="{}"{}><button type="button" class="rating-head d-md-none" popovertarget="looks-{}">{}</button>'
            "{}{}</td>",
            kinds,
            waited,
            looks,
            place.name,
            format_html("<span>{}</span>", place.given_words or "—") if place.by_file_alone else self._fields(place),
            state(place),
        )

    def _fields(self, place: Place) -> SafeString:
        name, about = place.name_of_field, f"{place.result.name} {place.name}"
        return format_html(
            '{}<button type="button" class="rating-note" tabindex="-1" aria-label="{} {}" hidden></button>'
            '<input class="form-control form-control-sm example" {} autocomplete="off" name="{}.example" value="{}"'
            ' aria-label="{} {}" placeholder="{}">',  # HTML's word for the hint that stands in an empty field
            self._value(place, name, about),
            self.write,
            about,
            FORM,
            name,
            place.example,
            self.written,
            about,
            self.written,
        )

    def _value(self, place: Place, name: str, about: str) -> SafeString:
        if not place.levels:
            words = '<input class="form-control form-control-sm num" {} inputmode="decimal" autocomplete="off"'
            words += ' name="{}.points" value="{}" aria-label="{}">'
            return format_html(words, FORM, name, place.chosen_points, about)
        return format_html(
            '<select class="form-select form-select-sm" {} name="{}.level" aria-label="{}">{}</select>',
            FORM,
            name,
            about,
            self._list(place.levels, place.chosen),
        )

    def _list(self, levels: Sequence[Level], chosen: str) -> SafeString:
        key = (id(levels), chosen)
        if key not in self._lists:
            self._lists[key] = _options(levels, chosen)
        return self._lists[key]


def _options(levels: Sequence[Level], chosen: str) -> SafeString:
    rows = (
        (
            level.word,
            mark_safe(" data-example") if level.example else NOTHING,
            mark_safe(" selected") if level.word == chosen else NOTHING,
            level.name,
        )
        for level in levels
    )
    return format_html(
        '<option value="">—</option>{}', format_html_join("", '<option value="{}"{}{}>{}</option>', rows)
    )


def state(place: Place, answer: Saved | None = None) -> SafeString:
    """What stands in a cell, by which its page and scripts go; as an `answer` it takes the place of the one before, and
    says what became of what was sent."""
    became = "" if answer is None else "overtaken" if answer.overtaken else "wrong" if answer.wrong else "kept"
    swapped = format_html(' hx-swap-oob="true" data-answer="{}"', became) if became else NOTHING
    seen = format_html('<input type="hidden" {} name="{}.seen" value="{}">', FORM, place.name_of_field, place.seen)
    told = NOTHING
    if place.storied or (answer is not None and answer.wrong):
        told = render_to_string("settlements/parts/rating_story.html", {"place": place, "answer": answer})
    return format_html(
        '<div class="rating-state" id="state:{}" data-level="{}"{}{}>{}{}</div>',
        place.name_of_field,
        place.level_given,
        mark_safe(" data-rated") if place.rated else NOTHING,
        swapped,
        NOTHING if place.by_file_alone else seen,
        told,
    )
