"""Tables: what is found, in which order, on which page, what it adds up to, and the workbook that is taken away."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.template import Context, Template
from django.utils import translation
from django.utils.safestring import SafeString
from openpyxl import load_workbook

from fairwrench.web.ui.tables.columns import Column, CountColumn, LongColumn, MoneyColumn
from fairwrench.web.ui.tables.tables import Table, narrowed, prepared, table_page
from tests.web.ui.specimens import MonthTable, months

PEOPLE = months(60)


class Plain(Table):
    name_ = Column("姓名", "Name", accessor="name", search=True)
    told = LongColumn("说明", "Note", accessor="note")
    pay = MoneyColumn("工资", "Pay", total=True)


class GroupTable(Table):
    name_ = Column("名称", "Name", accessor="name", search=True)
    number = CountColumn("编号", "Number", accessor="id", total=True)


def row(name: str, note: str = "", pay: int | None = 0) -> dict[str, Any]:
    return {"name": name, "note": note, "pay": pay}


def made(rf: Any, query: str = "", data: Any = PEOPLE, table: type[Table] = MonthTable, **options: Any) -> Table:
    return prepared(rf.get(f"/?{query}"), table, data, name=("十月", "October"), **options)


def names(table: Table) -> list[str]:
    return [shown.record.person.employee_id for shown in table.page.object_list]


def test_a_page_holds_25_rows_unless_told_otherwise(rf: Any) -> None:
    """Fails when a page grows with the group."""
    assert len(names(made(rf))) == 25
    assert len(names(made(rf, "per_page=50"))) == 50
    assert len(names(made(rf, "per_page=1000000"))) == 25
    assert names(made(rf, "page=3")) == [f"E{1051 + place}" for place in range(10)]


class AnyTable(Table):
    name_ = Column("姓名", "Name", accessor="name", attrs={"td": {"class": "kept"}})
    told = Column("说明", "Note", accessor="note")

    def render_told(self, value: Any, record: dict[str, Any], bound_column: Any) -> Any:
        return record.get("drawn", value) if bound_column.name == "told" else "?"


def test_cells_are_written_as_a_template_writes_them(rf: Any) -> None:
    """Fails when a name could carry markup onto the page, or a cell's look or date is lost."""
    noon = datetime(2026, 10, 31, 18, 0, tzinfo=UTC)
    rows = [
        row("<script>x</script>", "a & b"),
        {**row("乙", "-"), "drawn": SafeString("<b>1</b>")},
        {**row("丙", "-"), "drawn": noon},
        row("丁", ""),
    ]
    table = made(rf, data=rows, table=AnyTable)
    cells = [cells for _, cells in table.drawn]
    assert cells[0] == '<td class="kept">&lt;script&gt;x&lt;/script&gt;</td><td >a &amp; b</td>'
    assert cells[1].endswith("<b>1</b></td>")
    written = Template("{{ noon }}").render(Context({"noon": noon}))
    assert written in cells[2] and "18" not in cells[2], "by the clock of the stores"
    assert cells[3].endswith("—</td>")
    assert [attrs for attrs, _ in table.drawn][:2] == ['class="even"', 'class="odd"']


@pytest.mark.parametrize(("page", "first"), [("99", "E1051"), ("-1", "E1051"), ("x", "E1001"), ("", "E1001")])
def test_pages_that_are_not_there_are_answered(rf: Any, page: str, first: str) -> None:
    """Fails when an old link to page 99 ends in an error."""
    assert names(made(rf, f"page={page}"))[0] == first


def test_columns_sort_both_ways(rf: Any) -> None:
    """Fails when a head that is pressed does nothing. Rows without pay stand first, then the least."""
    assert names(made(rf, "sort=-orders"))[0] == "E1060"
    assert names(made(rf, "sort=orders"))[0] == "E1001"
    assert names(made(rf, "sort=nonsense"))[0] == "E1001"


@pytest.mark.parametrize(("sort", "told", "sign"), [("", "ascending", "up"), ("-", "descending", "down")])
def test_the_head_says_which_way_a_column_is_sorted(rf: Any, sort: str, told: str, sign: str) -> None:
    """Fails when who cannot see the order, or trusts the sign beside the name, is told the other way round."""
    request = rf.get(f"/?sort={sort}orders")
    html = prepared(request, MonthTable, PEOPLE, name=("十月", "October")).as_html(request)
    (head,) = re.findall(r'<th [^>]*aria-sort="(\w+)">.*?#chevron-(\w+)"', html, re.DOTALL)
    assert head == (told, sign)


def test_search_finds_every_word_anywhere(rf: Any) -> None:
    """Fails when two words find less, or more, than the rows that hold both."""
    assert names(made(rf, "q=anna")) == ["E1006", "E1016", "E1026", "E1036", "E1046", "E1056"]
    assert names(made(rf, "q=城东 张伟")) == ["E1001", "E1011", "E1021", "E1031", "E1041", "E1051"]
    assert names(made(rf, "q=城西 张伟")) == []


def test_totals_add_up_what_was_found_and_not_the_page(rf: Any) -> None:
    """60 people: orders 40 + 41 + … + 99 = 4170. Fails when a total is that of a page."""
    assert made(rf).totals["orders"] == 4170
    assert made(rf, "q=anna").totals["orders"] == 45 + 55 + 65 + 75 + 85 + 95


def test_unknown_amounts_are_left_out_and_nothing_is_not_zero(rf: Any) -> None:
    """Fails when nobody's pay adds up to ¥0.00."""
    assert made(rf, data=[row("a", pay=None), row("b", pay=5)], table=Plain).totals == {"pay": 5}
    assert made(rf, data=[row("a", pay=None)], table=Plain).totals == {"pay": None}


def test_the_drawn_table_can_be_used(rf: Any) -> None:
    """Fails when heads do not sort, the query is lost between pages, or totals stand in the wrong column."""
    request = rf.get("/?q=E&store=东&sort=-orders")
    table = prepared(request, MonthTable, PEOPLE, name=("十月", "October"))
    html = table.as_html(request)
    assert re.search(r'<th scope="col" class="[^"]*num[^"]*" aria-sort="descending">', html)
    assert 'href="?q=E&amp;store=%E4%B8%9C&amp;sort=orders"' in html
    assert 'name="store" value="东"' in html and 'name="sort" value="-orders"' in html
    assert 'href="?q=E&amp;store=%E4%B8%9C&amp;sort=-orders&amp;export=xlsx"' in html
    assert 'hx-target="#table"' in html and 'id="table"' in html


def test_the_foot_says_total(rf: Any) -> None:
    """Fails when the sums stand there without a word, or an empty table adds up."""
    request = rf.get("/")
    foot = prepared(request, MonthTable, PEOPLE, name="x").as_html(request).partition("<tfoot>")[2]
    assert '<th scope="row">合计</th>' in foot and "4,170" in foot
    assert "<tfoot>" not in prepared(request, MonthTable, [], name="x").as_html(request)


def test_two_tables_on_one_page_do_not_mix(rf: Any) -> None:
    """Fails when searching one table searches the other."""
    request = rf.get("/?a-q=anna")
    first = prepared(request, MonthTable, PEOPLE, name="x", prefix="a-")
    second = prepared(request, MonthTable, PEOPLE, name="x", prefix="b-")
    assert (first.paginator.count, second.paginator.count) == (6, 60)
    assert (first.dom_id, second.dom_id) == ("table-a", "table-b")


@pytest.mark.django_db
def test_the_database_searches_sorts_and_adds_up(rf: Any, django_assert_max_num_queries: Any) -> None:
    """Fails when a page of a large group reads all its rows."""
    groups = Group.objects.bulk_create([Group(name=f"g{place}") for place in range(60)])
    request = rf.get("/?q=g1&sort=-name_")
    with django_assert_max_num_queries(3):
        table = prepared(request, GroupTable, Group.objects.all(), name="x")
        html = table.as_html(request)
    found = [group for group in groups if "g1" in group.name]
    assert table.totals["number"] == sum(group.pk for group in found)
    assert table.paginator.count == len(found) == 11
    assert html.index(">g19<") < html.index(">g1<")


def workbook(rf: Any, data: Any, table: type[Table] = Plain, query: str = "export=xlsx") -> Any:
    answer = table_page(rf.get(f"/?{query}"), table, data, name=("十月", "October"), template="ui/base.html")
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    return load_workbook(BytesIO(answer.content))


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)", "\t=1", "http://x.example"])
def test_no_cell_starts_a_formula(rf: Any, start: str) -> None:
    """Fails when a name that somebody typed runs in the spreadsheet of whoever opens the export."""
    sheet = workbook(rf, [row(start, note=start)]).active
    for cell in (sheet["A2"], sheet["B2"]):
        assert (cell.value.strip(), cell.data_type, cell.hyperlink) == (start.strip(), "s", None)


def test_the_workbook_holds_all_rows_as_numbers_with_their_total(rf: Any) -> None:
    """Fails when the export is the page only, or amounts are words. ¥4,870.00 and ¥0.05 are 4870.05."""
    rows = [row("张伟", pay=487_000), row("王芳", "好", pay=5), row("李强", pay=None), *[row("z")] * 40]
    sheet = workbook(rf, rows).active
    assert [cell.value for cell in sheet[1]] == ["姓名", "说明", "工资"]
    assert [cell.value for cell in sheet[2]] == ["张伟", None, 4870]
    assert (sheet["C3"].value, sheet["C4"].value, sheet.max_row) == (0.05, None, 45)
    assert [cell.value for cell in sheet[45]] == ["合计", None, 4870.05]
    assert sheet["C2"].number_format == '"¥"#,##0.00'


def test_the_workbook_holds_what_was_searched_and_has_no_markup(rf: Any) -> None:
    """Fails when the export forgets the filter, or cells hold the page's markup."""
    sheet = workbook(rf, PEOPLE, MonthTable, "export=xlsx&q=anna").active
    assert [cell.value for cell in sheet[2]][:5] == ["Anna Schmidt E1006", "城西店", 45, 122.5, "A"]
    assert sheet.max_row == 8


def test_the_workbook_speaks_the_readers_language(rf: Any) -> None:
    """Fails when the English page gives a Chinese workbook."""
    with translation.override("en"):
        book = workbook(rf, [row("a")])
    assert book.sheetnames == ["October"] and book.active["A1"].value == "Name"


def test_a_name_that_sheets_do_not_take_is_made_to_fit(rf: Any) -> None:
    """Fails when a table with a long name, or one with [ ] : ? in it, cannot be exported."""
    answer = table_page(rf.get("/?export=xlsx"), Plain, [], name="[十月]: 谁?" * 9, template="ui/base.html")
    assert len(load_workbook(BytesIO(answer.content)).sheetnames[0]) == 31


def test_a_page_without_export_is_a_page(rf: Any) -> None:
    """Fails when the view does not get its template."""
    request = rf.get("/")
    answer = table_page(request, Plain, [row("a")], name="x", template="ui/base.html", context={"a": 1})
    assert isinstance(answer, HttpResponse) and answer.headers["Content-Type"].startswith("text/html")


def test_a_table_that_cannot_be_searched_has_no_search_box(rf: Any) -> None:
    """Fails when a box is shown that finds nothing."""

    class Mute(Table):
        pay = MoneyColumn("工资", "Pay")

    request = rf.get("/?q=x")
    table = prepared(request, Mute, [row("a")], name="x")
    assert table.paginator.count == 1 and 'type="search"' not in table.as_html(request)
    assert narrowed([row("a")], [], "x") == [row("a")]
