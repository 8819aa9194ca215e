"""What is missing, who should hand it in, and who waits for it."""

from fairwrench.report.report_context import ReportContext
from fairwrench.report.workbook.coverage import outstanding, places, wanted


def test_each_source_and_store_says_where_it_stands(material: ReportContext) -> None:
    """Fails when a missing source looks landed, an irrelevant one is asked for, or rows count for another store."""
    found = {(place.source, place.store): (place.state, place.rows, place.waiting) for place in places(material)}
    assert found["repair_orders", "东店"] == ("landed", 5, 0)
    assert found["repair_orders", "西店"] == ("landed", 2, 0)
    assert found["surveys", "东店"] == ("landed", 5, 0)
    assert found["surveys", "西店"] == ("waiting", 0, 1)
    assert found["ratings", "东店"] == ("landed", 2, 1)
    assert {source for source, _ in found} == {"repair_orders", "surveys", "ratings", "targets", "payroll"}


def test_what_is_wanted_names_the_person_and_the_hour(material: ReportContext) -> None:
    """Fails when nobody in particular is asked: surveys are the customer-service manager's, due on the 5th at 17:30."""
    found = {(each.source, each.store): each for each in wanted(material)}
    assert set(found) == {("surveys", "西店"), ("ratings", "东店")}
    surveys = found["surveys", "西店"]
    assert (surveys.person, surveys.due, surveys.waiting) == ("孙八 W4", "2026-11-05 17:30", 1)
    assert surveys.items == ("satisfied",)
    ratings = found["ratings", "东店"]
    assert (ratings.position, ratings.person, ratings.due) == ("line_manager", "王一 E1", "2026-11-04 17:30")


def test_raters_are_told_how_many_ratings_wait_for_them(material: ReportContext) -> None:
    """Fails when a rating that nobody gave is nobody's task."""
    (rater,) = outstanding(material)
    assert (rater.rater, rater.name, rater.people, rater.ratings) == ("E1", "王一", 1, 1)
