"""A month settled by a scheme whose grades are S, A, B and C: lists, filters, columns and colours are the scheme's.

The small group's A stand for S, its B for A, its C for B, its D and E for C.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from fairwrench.settlement.scheme.scheme import Bands
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements import workspace
from fairwrench.web.settlements.models import Run
from tests.report.test_other_grades import GRADES
from tests.web.settlements.test_pages import LAST

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
RENAMED = {"A": "S", "B": "A", "C": "B", "D": "C", "E": "C"}


@pytest.fixture
def run(group: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The last published month, as if it had been settled by that scheme."""
    made = Cycle.objects.get(month=LAST).run
    assert made is not None
    ours = workspace.scheme_of(run=made)
    bands = Bands.model_validate({"maximum": "130", "grades": GRADES})
    monkeypatch.setattr(workspace, "_scheme", lambda _folder, _seal: ours.model_copy(update={"bands": bands}))
    for result in made.results.all():
        result.grade, result.heads_grade = RENAMED.get(result.grade, ""), RENAMED.get(result.heads_grade, "")
        result.save()
    for sums in made.sums.all():
        counted: dict[str, int] = {}
        for grade, people in sums.grades.items():
            counted[RENAMED[grade]] = counted.get(RENAMED[grade], 0) + people
        sums.grades = counted
        sums.save()
    return made


def test_the_stores_are_counted_by_these_grades(run: Run, signed_in: Any) -> None:
    """Fails when the columns are A to E, or a count leads to other people than it counted."""
    answer = signed_in("hr").get(f"/stores/?month={LAST}")
    table = answer.context["table"]
    heads = [str(bound.header) for bound in table.shown_columns]
    assert heads[heads.index("平均分") + 1 : heads.index("绩效工资")] == ["S", "A", "B", "C"]
    (row,) = [row.record for row in table.page.object_list]
    counts = {grade: row[grade] for grade in GRADES}
    assert sum(counts.values()) == run.results.filter(state="settled").count() > 0
    for grade, people in counts.items():
        listed = signed_in("hr").get(f"/months/{LAST}/people/?grade={grade}")
        assert listed.context["table"].paginator.count == people
        assert people == 0 or f"grade={grade}" in answer.text


def test_a_list_is_narrowed_to_these_grades(run: Run, signed_in: Any) -> None:
    """Fails when a filter offers a grade that the month has not, or refuses one that it has."""
    hr = signed_in("hr")
    page = hr.get(f"/months/{LAST}/people/")
    select = re.search(r'<select[^>]* name="grade">(.*?)</select>', page.text, re.S)
    assert select is not None
    assert re.findall(r'value="(\w)"', select[1]) == ["S", "A", "B", "C"]
    assert hr.get(f"/months/{LAST}/people/?grade=D").status_code == 400


def test_people_are_sorted_from_the_best_grade(run: Run, signed_in: Any) -> None:
    """Fails when the alphabet puts A before S; who has no grade comes first, as with A to E."""
    table = signed_in("hr").get(f"/months/{LAST}/people/?sort=grade&per_page=200").context["table"]
    shown = "".join(row.record.heads_grade for row in table.page.object_list)
    assert shown == "".join(sorted(shown, key="SABC".index))
    assert set(shown) >= {"A", "B", "C"}


def test_grades_have_the_colour_of_their_place(run: Run, signed_in: Any) -> None:
    """Fails when S has no colour, or A that of the best grade."""
    hr = signed_in("hr")
    month = hr.get(f"/months/{LAST}/").text
    shown = dict(re.findall(r'<span class="grade grade-(\w)">(\w)</span>', month))
    assert shown == {"a": "S", "b": "A", "d": "B", "e": "C"}
    listed = hr.get(f"/months/{LAST}/people/?grade=B").text
    assert set(re.findall(r'<span class="grade grade-(\w)">B</span>', listed)) == {"d"}


def test_the_workbook_of_stores_has_them(run: Run, signed_in: Any) -> None:
    """Fails when what is taken away has other grades than the page."""
    answer = signed_in("hr").get(f"/stores/?month={LAST}&export=xlsx")
    sheet = load_workbook(BytesIO(answer.content)).active
    heads = next([*row] for row in sheet.iter_rows(values_only=True) if row[0] == "门店")
    assert heads[heads.index("平均分") + 1 : heads.index("绩效工资")] == ["S", "A", "B", "C"]
