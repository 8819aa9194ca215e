"""Whose word counts of a store's ratings: the files', the pages', or both; said by HR of the store, from a month on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import Grant, User
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.authority import Way, authority_set, kept_in_app, stores_and_places_in_app, ways
from fairwrench.web.evidence.events.events import APP
from fairwrench.web.evidence.models import Authority, EvidenceEvent, Upload
from fairwrench.web.evidence.selectors import ledger, sources, store_names
from fairwrench.web.evidence.uploads.contradictions import contradictions
from fairwrench.web.evidence.uploads.services import upload_land
from fairwrench.web.org.models import Unit
from fairwrench.web.settlements.feeds import decided_land
from fairwrench.web.settlements.models import Rating
from fairwrench.web.settlements.ratings.rating import Place
from tests.web.settlements.test_two_words import NOW, cell, filed, rated, user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
__all__ = ["filed", "rated"]
#: what neither way says alike: the batch, and what only a page says of a rating
APART = ("_id", "_batch", "_row", "_supersedes", "role", "rated_at")


def say(way: str, store: str, by: str = "hr") -> Authority:
    return authority_set(source="ratings", store=store, since=CURRENT, way=way, by=user(by))


def landed(upload: Upload, place: Place, capture: Any) -> dict[str, Any]:
    """Land a file, drain the outbox; the row about the cell as the ledger has it then."""
    upload.refresh_from_db()
    with capture(execute=True):
        upload_land(upload=upload, by=user("hr"), version=upload.version)
    decided_land(month=NOW)
    upload.refresh_from_db()
    assert upload.state == Upload.State.LANDED, upload.problems
    rows = ledger().current("ratings", sources()["ratings"]).sort("_id")
    mine = rows.filter(month=NOW, employee_id=place.result.employee_id, rater=place.rater.employee_id)
    return mine.filter(mine["item"].is_in([place.item.key, place.name])).to_dicts()[-1]


def test_of_a_store_the_latest_word_holds_and_before_that_of_every_store() -> None:
    """Fails when what was said of all stores overrules what was said of one, or a later month's word holds before."""
    for store, since, way in (("", "2026-01", Way.FILES), ("", "2026-06", Way.APP), ("甲店", "2026-03", Way.BOTH)):
        Authority.objects.create(source="ratings", store=store, since=since, way=way)
    asked = [ways(source="ratings", month=month) for month in ("2025-12", "2026-01", "2026-05", "2026-07")]
    assert [way("甲店") for way in asked] == [Way.BOTH, Way.FILES, Way.BOTH, Way.BOTH]
    assert [way("乙店") for way in asked] == [Way.BOTH, Way.FILES, Way.FILES, Way.APP]


def test_a_file_is_taken_into_the_pages_and_its_row_is_the_same(
    rated: Place, filed: Callable[[str], Upload], signed_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """Fails when a file goes past the pages of a store that keeps its ratings there, stands there under another's name,
    or brings another row than the same file brings by itself."""
    Rating.objects.all().update(withdrawn_at="2026-01-01T00:00Z")  # nothing stands on the page
    level, capture = rated.levels[2].word, django_capture_on_commit_callbacks
    by_file = landed(filed(level), rated, capture)
    say(Way.APP, rated.result.store)
    upload = filed(rated.levels[3].word)
    assert "导入时写入页面，由导入人署名" in signed_in("hr").get(f"/evidence/uploads/{upload.pk}/").text
    other = landed(upload, rated, capture)
    assert other["level"] == rated.levels[3].word
    Rating.objects.all().update(withdrawn_at="2026-01-01T00:00Z")
    again = landed(filed(level), rated, capture)
    (rating,) = Rating.standing.all()
    assert (rating.level, rating.by, rating.example) == (level, user("hr"), "文件事例")
    assert ledger().records("ratings").one(again["_batch"]).origin.startswith(APP)
    told = {name: value for name, value in by_file.items() if name not in APART}
    told["item"] = rated.item.key  # the page names the item by its key
    assert {name: value for name, value in again.items() if name not in APART} == told
    assert "文件事例" in signed_in("manager").get(f"/months/{NOW}/ratings/").text
    before = EvidenceEvent.objects.count()
    landed(filed(level), rated, capture)
    assert EvidenceEvent.objects.count() == before, "what stands there already is said once"


def test_a_contradiction_is_decided_before_a_file_is_taken_in(rated: Place, filed: Any) -> None:
    """Fails when keeping ratings on the pages lets a file change what somebody entered there."""
    say(Way.APP, rated.result.store)
    upload = filed(rated.levels[2].word)
    with pytest.raises(Refused, match="decide first"):
        upload_land(upload=upload, by=user("hr"), version=upload.version)


def test_where_ratings_come_by_file_alone_the_page_takes_none(rated: Place, signed_in: Any) -> None:
    """Fails when a page rates beside the file, be it opened before that was said."""
    say(Way.FILES, rated.result.store)
    manager, page = signed_in("manager"), f"/months/{NOW}/ratings/"
    shown = manager.get(page).text
    assert "本店这个月只按文件评分" in shown
    assert f'name="{rated.name_of_field}.level"' not in shown
    sent = {f"{rated.name_of_field}.level": rated.levels[2].word, f"{rated.name_of_field}.seen": cell_seen(rated)}
    assert "只按文件评分" in manager.post(page, sent, follow=True).text
    assert Rating.objects.get().level == rated.levels[1].word
    say(Way.BOTH, rated.result.store)
    manager.post(page, sent)
    assert Rating.objects.get().level == rated.levels[2].word


def cell_seen(place: Place) -> str:
    """What stands in a cell now, as its page tells it back."""
    return cell(place.item.key, place.result.employee_id).seen


def test_hr_of_a_store_says_it_for_that_store_alone(group: Any, signed_in: Any) -> None:
    """Fails when a role of one store reaches another's, or all of them; when one sees what was said of others."""
    (here,), there = store_names(), "别家店"
    Unit.objects.create(kind=Unit.Kind.STORE, name=there, code="elsewhere")
    hr = User.objects.create_user("hr of one", password="x")
    Grant.objects.create(user=hr, role=Grant.Role.HR, unit=Unit.objects.get(kind=Unit.Kind.STORE, name=here))
    for store in (there, ""):
        with pytest.raises(PermissionDenied):
            authority_set(source="ratings", store=store, since=CURRENT, way=Way.APP, by=hr)
    say(Way.APP, there)
    authority_set(source="ratings", store=here, since=CURRENT, way=Way.FILES, by=hr)
    assert kept_in_app("ratings", CURRENT) == [there]
    assert not kept_in_app("repair_orders", CURRENT)
    assert stores_and_places_in_app(month=CURRENT) == (sorted([here, there]), {("ratings", there)})
    assert stores_and_places_in_app(month=CURRENT.plus(-1)) == (sorted([here, there]), set())
    assert "系统内" in signed_in("hr").get("/evidence/").text
    client = signed_in("hr")
    shown = client.get("/evidence/authority/").text
    assert here in shown and there in shown and "所有门店" in shown
    client.force_login(hr)
    shown = client.get("/evidence/authority/").text
    assert here in shown and there not in shown and "所有门店" not in shown
    sent = {"source": "ratings", "store": there, "month": NOW, "way": "files"}
    assert client.post("/evidence/authority/", sent).status_code == 403
    assert client.post("/evidence/authority/", {**sent, "store": here}).status_code == 302
    assert signed_in("manager").get("/evidence/authority/").status_code == 403
    for back in (1, 2, 30):  # a month before the first one, too, holds for all published ones after it
        with pytest.raises(Refused, match="published"):
            authority_set(source="ratings", store=here, since=CURRENT.plus(-back), way=Way.APP, by=user("hr"))


def test_what_was_said_of_a_store_makes_a_page_of_a_waiting_file_old(
    rated: Place, filed: Callable[[str], Upload]
) -> None:
    """Fails when a file that was previewed as landing by itself is entered on the pages in somebody's name."""
    upload = filed(rated.levels[1].word)
    say(Way.APP, rated.result.store)
    with pytest.raises(Refused, match="read anew"):
        upload_land(upload=upload, by=user("hr"), version=upload.version)


def test_a_page_that_changes_while_a_file_waits_for_its_turn_is_asked_about(
    rated: Place, filed: Callable[[str], Upload], django_capture_on_commit_callbacks: Any
) -> None:
    """Fails when what the manager entered after the button was pressed is overwritten without a word."""
    say(Way.APP, rated.result.store)
    upload = filed(rated.levels[1].word)
    with django_capture_on_commit_callbacks() as waiting:
        upload_land(upload=upload, by=user("hr"), version=upload.version)
    Rating.standing.update(level=rated.levels[2].word)
    for job in waiting:
        job()
    upload.refresh_from_db()
    assert upload.state == Upload.State.READ
    assert [problem["code"] for problem in upload.problems] == ["contradicts_pages"]
    assert Rating.standing.get().level == rated.levels[2].word


def test_a_file_without_the_example_that_the_page_has_is_a_contradiction(
    rated: Place, filed: Callable[..., Upload]
) -> None:
    """Fails when an example is lost, and with it the points of a level that needs one, because a file leaves it out."""
    upload = filed(rated.levels[1].word, "")
    (row,) = contradictions(upload=upload)
    assert (row.after, row.choice) == (f"{rated.levels[1].word}（没有事例）", "")


def test_an_item_that_the_scheme_does_not_have_is_told_and_not_entered(
    rated: Place, filed: Callable[..., Upload], django_capture_on_commit_callbacks: Any
) -> None:
    """Fails when a file enters on the pages what no grid shows, so that nobody can take it back."""
    say(Way.APP, rated.result.store)
    upload = filed(rated.levels[2].word, "x", "没有这项")
    with django_capture_on_commit_callbacks(execute=True):
        upload_land(upload=upload, by=user("hr"), version=upload.version)
    upload.refresh_from_db()
    assert [problem["code"] for problem in upload.problems] == ["not_in_scheme"]
    assert not Rating.objects.filter(item="没有这项").exists()
