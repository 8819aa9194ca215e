"""Tables with search, sorting, totals, pages and a workbook to take away; the query string holds all of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from html import unescape
from inspect import signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import django_tables2 as tables
from django.core.exceptions import FieldError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import Context
from django.template.base import render_value_in_context
from django.utils.html import conditional_escape, strip_tags
from django.utils.safestring import SafeString
from django_tables2.rows import BoundRows
from django_tables2.utils import Accessor, AttributeDict

from fairwrench.report import cells
from fairwrench.report.workbook.workbook import Book, safe_name
from fairwrench.web.ui.requests.http import saved_as
from fairwrench.web.ui.requests.parameters import text_of
from fairwrench.web.ui.tables.columns import NUMBERS, Column
from fairwrench.web.ui.words import Words, lang, of, pick

SIZES = (25, 50, 100, 200)
#: a table of more columns is set closer, so that it stays in sight on a desk
ROOMY = 8
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: letters of what is searched for: each word is one more condition to the database
SOUGHT = 200
#: what a spreadsheet allows in the name of a sheet
SHEET_NAME = 31
#: what a value is written in that says nothing of how to write it
_PLAIN = Context()


class Table(tables.Table):
    """A table of the pages: declare `columns.Column`s; `table_page` does the rest."""

    #: what the workbook and its sheet are called
    name: Any = ""
    #: rows that are added up apart, each with its words, so that every line of totals cross-foots
    parts: Sequence[tuple[Words, Q]] = ()
    #: whether each row is a block of its own on a phone, each cell saying what it is
    stacks = False
    #: what the search box holds; None where no column can be searched
    sought: str | None = None
    #: the grades of its rows, for their colours
    best_first: tuple[str, ...] = tuple(cells.TONES)

    def __init__(self, *given: Any, **options: Any) -> None:
        options.setdefault("template_name", "ui/table.html")
        columns = len(self.base_columns) + len(options.get("extra_columns", ()))
        dense = " table-dense" if columns > ROOMY else ""
        stack = " table-stack" if self.stacks else ""
        options.setdefault("attrs", {"class": f"table table-vcenter card-table{dense}{stack}"})
        options.setdefault("empty_text", pick("没有符合条件的记录。", "Nothing fits."))
        super().__init__(*given, **options)
        for bound in self.columns:
            bound.render = Render(bound.render)
        self.sizes = SIZES
        self.search_field, self.export_field = f"{self.prefix}q", f"{self.prefix}export"
        self.dom_id = f"table-{self.prefix}".rstrip("-")
        #: the element that a search exchanges: more than the table where other parts show what it found, too
        self.around = self.dom_id

    @property
    def shown_columns(self) -> list[Any]:
        """The visible columns that are ours, in order."""
        return [bound for bound in self.columns if isinstance(bound.column, Column)]

    @property
    def drawn(self) -> Iterator[tuple[SafeString, SafeString]]:
        """The attributes and the cells of each row of the page. A column's look does not differ from row to row, so it
        is worked out once and not, as a template would ask, for each cell."""
        looks = {bound.name: self._look(place, bound) for place, bound in enumerate(self.columns)}
        for row in self.paginated_rows:
            cells = (f"<td {looks[bound.name]}>{_shown(cell)}</td>" for bound, cell in row.items())
            yield row.attrs.as_html(), SafeString("".join(cells))

    def _look(self, place: int, bound: Any) -> SafeString:
        """The attributes of a column's cells; of what becomes a block on a phone they say what each is."""
        look = bound.attrs["td"]
        if self.stacks and place:
            look = AttributeDict({**look, "class": f"{look.get('class', '')} beside", "data-label": str(bound.header)})
        told: SafeString = look.as_html()
        return told

    @property
    def totals(self) -> dict[str, int | None]:
        """The sum of each column to be added up, over everything found and not only the page; None of nothing."""
        return self._found[1]

    @property
    def footers(self) -> list[tuple[str, list[tuple[Any, str | None]]]]:
        """The lines of totals with their words: each column with its sum, None where nothing is added up."""
        lines = [(of(words), sums) for words, sums in zip(self._labels, self._found[2], strict=True)]
        return [(label, [(bound, _footer(bound, sums)) for bound in self.columns]) for label, sums in lines]

    @property
    def _labels(self) -> list[Words]:
        return [words for words, _ in self.parts] or [("合计", "Total")]

    @property
    def found(self) -> int:
        """How many rows were found."""
        return self._found[0]

    @cached_property
    def _found(self) -> tuple[int, dict[str, int | None], list[dict[str, int | None]]]:
        """How many rows, the sums of all, and those of each line of totals; asked of the database together."""
        wanted = {bound.name: bound.accessor for bound in self.shown_columns if bound.column.total}
        rows = self.data.data
        if isinstance(rows, QuerySet):
            try:
                told = rows.aggregate(rows_found=Count("*"), **self._sums(wanted))
                whole, *parts = ({name: told[f"{part}{name}"] for name in wanted} for part in self._prefixes)
                return told["rows_found"], whole, parts or [whole]
            except FieldError:
                pass  # worked out in Python, so the database cannot add it up
        rows = list(rows)
        told = {name: _sum(path.resolve(row, quiet=True) for row in rows) for name, path in wanted.items()}
        return len(rows), told, [told]

    def _sums(self, wanted: Mapping[str, Accessor]) -> dict[str, Sum]:
        """The sum of each column over all rows, and over those of each part. None is called as a field is: a part's
        condition would be taken to be about the sum."""
        paths = {name: path.replace(".", "__") for name, path in wanted.items()}
        some = [None, *(condition for _, condition in self.parts)]
        return {
            f"{prefix}{name}": Sum(path, filter=condition)
            for prefix, condition in zip(self._prefixes, some, strict=True)
            for name, path in paths.items()
        }

    @property
    def _prefixes(self) -> list[str]:
        """What the sums of all rows, and those of each part, are called before the column's name."""
        return ["sum_", *(f"part{place}_" for place in range(len(self.parts)))]


def _footer(bound: Any, sums: Mapping[str, int | None]) -> str | None:
    """A sum as its column writes it; None of a column that is not added up."""
    return bound.column.render(sums[bound.name]) if bound.name in sums else None


class Render:
    """How a column draws a cell, with the arguments that it asks for looked up once: the library looks each time."""

    def __init__(self, render: Callable[..., Any]) -> None:
        self.render, self.__signature__ = render, signature(render)

    def __call__(self, **given: Any) -> Any:
        """The cell."""
        return self.render(**given)


def _shown(cell: Any) -> str:
    """A cell as a template would write it; most are texts, of which there is less to ask."""
    return conditional_escape(cell) if isinstance(cell, str) else render_value_in_context(cell, _PLAIN)


if TYPE_CHECKING:
    _Pages = Paginator[Any]
else:  # Django's own knows no type of its rows while it runs
    _Pages = Paginator


class Counted(_Pages):
    """Pages of a table that knows how many rows it found."""

    @cached_property
    def count(self) -> int:
        """How many rows there are on all pages."""
        rows: BoundRows = self.object_list
        return int(rows.table.found)


def table_page(
    request: HttpRequest,
    table: type[Table],
    data: Iterable[Any],
    *,
    name: Any,
    template: str,
    context: Mapping[str, Any] | None = None,
    **options: Any,
) -> HttpResponse:
    """The page of one table, or its workbook where `?export=xlsx` asks for it; `{% table table %}` draws it."""
    made = prepared(request, table, data, name=name, **options)
    return exported(request, made) or render(request, template, {**(context or {}), "table": made})


def prepared(request: HttpRequest, table: type[Table], data: Iterable[Any], *, name: Any, **options: Any) -> Table:
    """A table searched, sorted and paged as the query string says. Several on a page need a `prefix` each."""
    sought = text_of(request.GET, f"{options.get('prefix', '')}q", SOUGHT)
    paths = searched(table, options.get("exclude", ()))
    made = table(narrowed(data, paths, sought), **options)
    made.name, made.sought = name, sought if paths else None
    tables.RequestConfig(request, paginate=False).configure(made)
    size = request.GET.get(made.prefixed_per_page_field, "")
    # a size that no page offers is passed over: any number would draw a whole table at once
    made.paginate(Counted, page=1, per_page=int(size) if size in map(str, SIZES) else SIZES[0])
    # too high a number shows the last page, as after a search that found less
    made.page = made.paginator.get_page(request.GET.get(made.prefixed_page_field, 1))
    return made


def searched(table: type[Table], left_out: Collection[str] = ()) -> list[str]:
    """The paths that the search box looks at; what is left out of a table is not sought in it either."""
    # else the search would tell, by what it finds, what the column hides
    columns = ((name, column) for name, column in table.base_columns.items() if name not in left_out)
    found = ((name, column) for name, column in columns if getattr(column, "search", False))
    return [column.search if isinstance(column.search, str) else column.accessor or name for name, column in found]


def narrowed(data: Iterable[Any], paths: Sequence[str], sought: str) -> Iterable[Any]:
    """The rows that hold every word sought, each in any of the paths."""
    for word in sought.split() if paths else ():
        if isinstance(data, QuerySet):
            some = Q()
            for path in paths:
                some |= Q(**{f"{path.replace('.', '__')}__icontains": word})
            data = data.filter(some)
        else:
            data = [row for row in data if _holds(row, paths, word.casefold())]
    return data


def _holds(row: Any, paths: Sequence[str], word: str) -> bool:
    found = (Accessor(path).resolve(row, quiet=True) for path in paths)
    return any(word in str(value).casefold() for value in found if value is not None)


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def exported(request: HttpRequest, table: Table) -> HttpResponse | None:
    """Everything found as a workbook, where it was asked for."""
    if request.GET.get(table.export_field) != "xlsx":
        return None
    name = of(table.name)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        book = Book(path, lang(), "CNY", table.best_first)
        book.add(sheet_of(table, name))
        book.close()
        answer = HttpResponse(path.read_bytes(), content_type=XLSX)
    answer.headers["Content-Disposition"] = saved_as(f"{safe_name(name)}.xlsx")
    return answer


def sheet_of(table: Table, name: str) -> cells.Sheet:
    """All rows of a table, not only the page's, as a sheet with its totals."""
    shown = table.shown_columns
    heads = [str(bound.header) for bound in shown]
    columns = [cells.Column(head, head, bound.column.kind) for head, bound in zip(heads, shown, strict=True)]
    rows: list[Sequence[Any]] = [[written(row, bound) for bound in shown] for row in table.rows]
    totals: list[Sequence[Any]] = []
    if rows and any(bound.column.total for bound in shown):
        for words, told in zip(table._labels, table._found[2], strict=True):
            sums = [bound.column.written(told.get(bound.name)) for bound in shown]
            # the words take the first column, unless a sum stands there
            totals.append([of(words) if sums[0] is None else sums[0], *sums[1:]])
    title = safe_name(name).translate(str.maketrans("[]'", "___"))[:SHEET_NAME]
    return cells.Sheet(title, title, columns, rows, totals=totals, frozen=1)


def written(row: Any, bound: Any) -> Any:
    """A cell for the workbook: numbers from what the row holds, words as the page says them but without markup."""
    value = bound.accessor.resolve(row.record, quiet=True)
    own = type(bound.column).written is not Column.written
    if bound.column.kind in NUMBERS or own:
        return bound.column.written(value)
    shown = None if value is None else row.get_cell_value(bound.name)
    return bound.column.written(unescape(strip_tags(shown)) if isinstance(shown, SafeString) else shown)
