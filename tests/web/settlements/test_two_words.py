"""Two words about one rating: a file that says otherwise than the page waits until HR of the store decided."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import Delegation, Grant, User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence import tasks
from fairwrench.web.evidence.kept_on_pages import AfterLanding
from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.reading.reading import read_file
from fairwrench.web.evidence.selectors import ledger, sources
from fairwrench.web.evidence.uploads.contradictions import contradictions
from fairwrench.web.evidence.uploads.services import upload_add, upload_land
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.contradictions import choices_make
from fairwrench.web.settlements.feeds import decided_land, rating_tell
from fairwrench.web.settlements.models import Choice, Rating
from fairwrench.web.settlements.ratings.rating import Place, places
from tests.web.declaring import redeclare

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NOW = str(CURRENT)
HEAD = "被评人工号,考核项,评分人,考核月份,等级,事例"


def user(name: str) -> User:
    return User.objects.select_related("employee").get(username=name)


def cell(item: str = "", who: str = "") -> Place:
    """A cell of the manager's grid, by default the first that no file gave."""
    found = places(cycle=Cycle.objects.get(month=NOW), user=user("manager"))
    wanted = (p for p in found if p.levels and (not item or (p.item.key, p.result.employee_id) == (item, who)))
    return next(p for p in wanted if item or (not p.filed and p.role == "line_manager"))


@pytest.fixture
def rated(group: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A cell in which the manager gave the first level on the page, and it landed. Files are read in this process and
    after they landed no month is worked out: neither is what is looked at."""
    monkeypatch.setattr(tasks, "read_file_bounded", read_file)
    redeclare(monkeypatch, AfterLanding)
    place = cell()
    rating = Rating.objects.create(
        month=NOW,
        employee=user("manager").employee.__class__.objects.get(employee_id=place.result.employee_id),
        item=place.item.key,
        rater=place.rater,
        role=place.role,
        level=place.levels[1].word,
        example="页面事例",
        by=user("manager"),
    )
    rating_tell(rating=rating, by=rating.by)
    decided_land(month=NOW)
    return place


@pytest.fixture
def filed(rated: Place, django_capture_on_commit_callbacks: Any) -> Callable[..., Upload]:
    """Hand in a rating file about the same cell, under the item's Chinese name, as HR."""

    def hand_in(level: str, example: str = "文件事例", item: str = "") -> Upload:
        line = f"{rated.result.employee_id},{item or rated.name},{rated.rater.employee_id},{NOW},{level},{example}"
        with django_capture_on_commit_callbacks(execute=True):
            taken = upload_add(content=f"{HEAD}\n{line}\n".encode(), name="评分.csv", month=CURRENT, by=user("hr"))
        assert taken.upload is not None
        upload = Upload.objects.get(pk=taken.upload.pk)
        assert upload.state == Upload.State.READ, upload.problems
        return upload

    return hand_in


def counts(place: Place) -> list[str]:
    """The levels that evidence holds about the cell, by whichever name of the item, the last one last."""
    rows = ledger().current("ratings", sources()["ratings"]).sort("_id")
    mine = rows.filter(month=NOW, employee_id=place.result.employee_id, rater=place.rater.employee_id)
    return mine.filter(mine["item"].is_in([place.item.key, place.name]))["level"].to_list()


def test_a_contradiction_is_shown_and_blocks_until_somebody_decides(
    rated: Place, filed: Any, signed_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """Fails when a file overrules the manager's rating without a word, or is shown without its rows."""
    page, other = rated.levels[1].word, rated.levels[2].word
    upload = filed(other)
    (row,) = contradictions(upload=upload)
    assert (row.before.startswith(page), row.after, row.choice) == (True, other, "")
    assert str(user("manager")) in row.before
    hr = signed_in("hr")
    assert "与页面上填的不同（1 行）" in hr.get(f"/evidence/uploads/{upload.pk}/").text
    with pytest.raises(Refused, match="decide first"):
        upload_land(upload=upload, by=user("hr"), version=upload.version)
    answer = hr.post(f"/ratings/files/{upload.pk}/", {f"choice:{row.key}": "file"}, follow=True)
    assert "写明原因" in answer.text
    hr.post(f"/ratings/files/{upload.pk}/", {f"choice:{row.key}": "file", "reason": "经理在纸面更正"})
    assert Choice.objects.get().by == user("hr")
    upload.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        upload_land(upload=upload, by=user("hr"), version=upload.version)
    assert counts(rated) == [other]
    decided_land(month=NOW)
    assert counts(rated) == [other], "the page's word does not come back"
    text = signed_in("manager").get(f"/months/{NOW}/ratings/").text
    assert "以文件为准：经理在纸面更正" in text
    assert "评分.csv" in text


@pytest.mark.parametrize("level", ["优|秀", "优" * 90])
def test_whatever_people_write_as_a_level_can_be_decided_about(rated: Place, filed: Any, level: str) -> None:
    """Fails when a bar in a level, or a level as long as a sentence, ends the decision in a fault."""
    upload = filed(level)
    (row,) = contradictions(upload=upload)
    assert choices_make(upload=upload, chosen={row.key: "page"}, reason="看不懂文件的写法", by=user("hr")) == 1
    made = Choice.objects.get()
    assert (made.page_said, level in made.file_said) == (rated.levels[1].word, True)
    assert [each.choice for each in contradictions(upload=upload)] == ["page"]


def test_the_page_s_word_stays_where_it_was_chosen(
    rated: Place, filed: Any, django_capture_on_commit_callbacks: Any, signed_in: Any
) -> None:
    """Fails when a row that was decided against lands all the same."""
    upload = filed(rated.levels[2].word)
    (row,) = contradictions(upload=upload)
    choices_make(upload=upload, chosen={row.key: "page"}, reason="文件是旧的", by=user("hr"))
    upload.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        upload_land(upload=upload, by=user("hr"), version=upload.version)
    assert counts(rated) == [rated.levels[1].word]
    text = signed_in("manager").get(f"/months/{NOW}/ratings/").text
    assert "以页面为准：文件是旧的" in text
    assert f"页面填写：{user('manager')}" in text


def test_what_is_said_alike_is_no_contradiction_and_a_later_word_reopens_it(rated: Place, filed: Any) -> None:
    """Fails when equal words are asked about, or a decision outlives the rating that it was about."""
    assert contradictions(upload=filed(rated.levels[1].word)) == []
    upload = filed(rated.levels[2].word)
    (row,) = contradictions(upload=upload)
    choices_make(upload=upload, chosen={row.key: "file"}, reason="x", by=user("hr"))
    assert [each.choice for each in contradictions(upload=upload)] == ["file"]
    Rating.objects.update(level=rated.levels[0].word)
    assert [each.choice for each in contradictions(upload=upload)] == [""]
    with pytest.raises(Refused, match="decide again"):
        choices_make(upload=upload, chosen={row.key: "file"}, reason="x", by=user("hr"))


def test_only_hr_of_the_store_decides_and_never_about_oneself(rated: Place, filed: Any, signed_in: Any) -> None:
    """Fails when who rates, or who is rated, decides which of the two words counts."""
    upload = filed(rated.levels[2].word)
    (row,) = contradictions(upload=upload)
    assert signed_in("manager").get(f"/ratings/files/{upload.pk}/").status_code == 403
    with pytest.raises(PermissionDenied):
        choices_make(upload=upload, chosen={row.key: "page"}, reason="x", by=user("manager"))
    concerned = User.objects.filter(employee__employee_id=rated.result.employee_id).first()
    concerned = concerned or User.objects.create_user("concerned", employee_id=_pk(rated))
    Grant.objects.create(user=concerned, role=Grant.Role.HR, unit=None)
    with pytest.raises(PermissionDenied):
        choices_make(upload=upload, chosen={row.key: "page"}, reason="x", by=concerned)


def _pk(place: Place) -> int:
    return Rating.objects.get(employee__employee_id=place.result.employee_id).employee_id


def test_a_file_that_rates_the_rater_s_stand_in_does_not_land(rated: Place, filed: Any) -> None:
    """Fails when the very file lands that the page would refuse: a stand-in's own rating in the manager's name."""
    upload = filed(rated.levels[2].word)
    choices_make(upload=upload, chosen={contradictions(upload=upload)[0].key: "file"}, reason="核对过", by=user("hr"))
    rated_one = Employee.objects.get(employee_id=rated.result.employee_id)
    Delegation.objects.create(away=rated.rater, stand_in=rated_one, begin=today(), end=today(), state="approved")
    upload.refresh_from_db()
    with pytest.raises(Refused) as found:
        upload_land(upload=upload, by=user("hr"), version=upload.version)
    assert [problem.code for problem in found.value.problems] == ["own_rating"]
    assert counts(rated) == [rated.levels[1].word]
