"""Targets entered on the page: kept, told, taken back, carried over, decided between with files; by whom, and by whom
not.

The technician of the east worked for 418.00 + 419.00 + 420.50 + 421.50 = 1,679.00 in October; the curve of labour goes
by attainment: 50 points at a half, 100 at the whole, 130 from 1.3 on. The file's target is 1,000.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.test.utils import override_settings

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.authority import Way, authority_set, kept_in_app
from fairwrench.web.evidence.events.events import APP
from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.selectors import ledger, sources
from fairwrench.web.evidence.uploads.contradictions import contradictions
from fairwrench.web.evidence.uploads.services import upload_add, upload_land
from fairwrench.web.settlements.contradictions import choices_make
from fairwrench.web.settlements.feeds import decided_land
from fairwrench.web.settlements.models import Choice, Run, Target
from fairwrench.web.settlements.months.checklist import blocking
from fairwrench.web.settlements.runs.person import card_lines
from fairwrench.web.settlements.targets.services import Saved, targets_save
from fairwrench.web.settlements.targets.target_grid import EVERYWHERE, Cell, cells_of, rows_of
from tests.web.one_store.two_stores import EAST, OCTOBER, SEPTEMBER, WEST, Group, person

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
PAGE = f"/months/{OCTOBER}/targets/"
TECHNICIAN, WESTERN = person(EAST, "technician"), person(WEST, "technician")
LABOUR, ON_TIME = f"{TECHNICIAN}|labour", f"{EAST}|on_time"


@pytest.fixture(autouse=True)
def own_evidence(group: Group, tmp_path: Path) -> Iterator[None]:
    """A ledger of each test's own, as the database is."""
    folders = {name: tmp_path / name.lower() for name in ("LEDGER", "SETTLEMENTS", "UPLOADS")}
    for name, folder in folders.items():
        shutil.copytree(getattr(settings, name), folder)
    with override_settings(**folders):
        yield


def october() -> Cycle:
    return Cycle.objects.get(month=str(OCTOBER))


def saved(by: User, store: str = EAST, carry_over: bool = False, **told: str) -> Saved:
    """What is kept of a form; its fields are named after `told`."""
    return targets_save(cycle=october(), store=store, told=told, by=by, carry_over=carry_over)


def cell(name: str, by: User, store: str = EAST) -> Cell:
    """A cell as it is now."""
    return next(each for each in cells_of(cycle=october(), store=store, user=by) if each.name_of_field == name)


def landed(subject: str, metric: str = "labour", month: object = OCTOBER) -> list[dict[str, Any]]:
    """What evidence holds of a target, once all that was decided has landed: the columns of a file, and the store."""
    decided_land(month=str(OCTOBER))
    kind = sources()["targets"]
    rows = ledger().current("targets", kind).filter(month=str(month), subject=subject, metric=metric)
    return rows.select(*kind.columns, "store").to_dicts()


@pytest.fixture
def worked_out(signed_in: Callable[[str], Client], django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    """Sends a form as HR of the east; what the technician's labour comes to in the month so far that follows."""

    def line(**told: str) -> dict[str, Any]:
        with django_capture_on_commit_callbacks(execute=True):
            answer = signed_in(f"hr@{EAST}").post(PAGE, {"store": EAST, **told})
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, PAGE)
        run = Run.objects.filter(cycle=october(), kind=Run.Kind.LIVE, whole=True).latest("id")
        found: dict[str, Any] = card_lines(result=run.results.get(employee_id=TECHNICIAN))[0]
        return found

    return line


@pytest.fixture
def hand_in(group: Group, django_capture_on_commit_callbacks: Any) -> Callable[..., Upload]:
    """Hand in a file of targets as HR of the east; it waits on the desk."""

    def made(*lines: str) -> Upload:
        content = "\n".join(["对象,指标,月份,目标值", *lines, ""]).encode()
        with django_capture_on_commit_callbacks(execute=True):
            taken = upload_add(content=content, name="目标.csv", month=OCTOBER, by=group.users[f"hr@{EAST}"])
        assert taken.upload is not None
        upload = Upload.objects.get(pk=taken.upload.pk)
        assert upload.state == Upload.State.READ, upload.problems
        return upload

    return made


@pytest.fixture
def land(group: Group, django_capture_on_commit_callbacks: Any) -> Callable[[Upload], None]:
    """Land a file as HR of the east."""

    def done(upload: Upload) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            upload.refresh_from_db()
            upload_land(upload=upload, by=group.users[f"hr@{EAST}"], version=upload.version)
        upload.refresh_from_db()
        assert upload.state == Upload.State.LANDED, upload.problems

    return done


def test_a_target_of_the_page_settles_and_taken_back_is_none(worked_out: Callable[..., Any], group: Group) -> None:
    """Fails when what HR enters does not reach the figures, or an emptied cell goes on counting: 1,679 of 3,358 is a
    half."""
    line = worked_out(**{LABOUR: "3,358", f"{LABOUR}.seen": ""})
    assert (line["target"], line["points"], line["state"]) == (3_358_000_000, 5_000, "counted")
    line = worked_out(**{LABOUR: "１６７９", f"{LABOUR}.seen": "3358"})
    assert (line["target"], line["points"]) == (1_679_000_000, 10_000)
    line = worked_out(**{LABOUR: "", f"{LABOUR}.seen": "1679"})
    assert (line["target"], line["state"], line["cause"]) == (None, "held", "no_target")
    taken = Target.objects.get(subject=TECHNICIAN)
    assert taken.withdrawn_at and taken.by == group.users[f"hr@{EAST}"]
    assert landed(TECHNICIAN) == []


def test_the_page_s_row_is_that_of_a_file(group: Group, hand_in: Any, land: Any) -> None:
    """Fails when what is entered becomes other evidence than a file that says the same: in words, type or store."""
    hr = group.users["hr"]
    for subject, store in ((TECHNICIAN, EAST), (f"{EAST}/service", EAST), ("group", EVERYWHERE)):
        metric, value = ("labour", "1234.5") if subject == TECHNICIAN else ("on_time", "0.955")
        saved(hr, store, **{f"{subject}|{metric}": value})
        by_page = landed(subject, metric)
        assert [row["store"] for row in by_page] == [store]
        saved(hr, store, **{f"{subject}|{metric}": ""})
        assert landed(subject, metric) == []
        upload = hand_in(f"{subject},{metric},{OCTOBER},{value}")
        upload.by = hr
        upload.save()
        with pytest.MonkeyPatch.context() as patched:
            patched.setitem(group.users, f"hr@{EAST}", hr)
            land(upload)
        assert landed(subject, metric) == by_page


def test_rates_are_typed_as_percentages_or_decimals(group: Group) -> None:
    """Fails when 97 % becomes 97, or a rate is read back as 0.97."""
    hr = group.users[f"hr@{EAST}"]
    for typed in ("97%", "0.97", " 97 ％"):
        Target.objects.all().delete()
        assert saved(hr, **{ON_TIME: typed}).entered == 1
        assert Target.objects.get(subject=EAST).value == Decimal("0.97")
        assert (cell(ON_TIME, hr).seen, cell(ON_TIME, hr).value) == ("97%", "97 %")
    assert not saved(hr, **{ON_TIME: "0.970", f"{ON_TIME}.seen": "97%"}).any, "the same said otherwise"


@pytest.mark.parametrize(
    ("name", "typed", "why"),
    [
        (ON_TIME, "6.4", "是否想写 0.064（6.4 %）"),
        (ON_TIME, "97", "是否想写 0.97（97 %）"),
        (ON_TIME, "97.55%", "百分比至多一位小数"),
        (LABOUR, "40%", "不能写成百分比"),
        (LABOUR, "0.4", "不能写成百分比"),
        (LABOUR, "1,2000", "不是数字"),
        (LABOUR, "12万", "不是数字"),
        (LABOUR, "1.2345", "至多三位小数"),
        (LABOUR, "0", "应大于 0"),
        (LABOUR, "-5", "应大于 0"),
        (LABOUR, "1000000000000", "太大"),
    ],
)
def test_what_cannot_be_meant_is_told_and_the_rest_saved(
    signed_in: Callable[[str], Client], group: Group, name: str, typed: str, why: str
) -> None:
    """Fails when a slip of the hand settles, costs what else was typed, or is gone from the form."""
    client, before = signed_in(f"hr@{EAST}"), Target.objects.filter(month=str(OCTOBER)).count()
    other, rate = (LABOUR, "1200") if name == ON_TIME else (ON_TIME, "0.88")
    client.post(PAGE, {"store": EAST, name: typed, f"{name}.seen": cell(name, group.users["hr"]).seen, other: rate})
    page = client.get(PAGE)
    assert why in page.text and "已保存 1 个目标值" in page.text
    assert f'name="{name}" value="{typed}"' in page.text
    assert Target.objects.filter(month=str(OCTOBER)).count() == before + (other == LABOUR)
    assert why not in client.get(PAGE).text, "told once"


def test_a_page_left_open_does_not_erase_what_another_tab_saved(group: Group) -> None:
    """Fails when a stale form blanks or replaces a target, or a conflict costs the other cells."""
    hr = group.users[f"hr@{EAST}"]
    saved(hr, **{LABOUR: "1100", f"{LABOUR}.seen": ""})
    assert not saved(hr, **{LABOUR: "", f"{LABOUR}.seen": ""}).any, "an old page that changed nothing there"
    told = saved(hr, **{LABOUR: "1200", f"{LABOUR}.seen": "", ON_TIME: "0.8"})
    assert (told.entered, ["打开页面之后已被改为“1100”" in each.zh for each in told.problems]) == (1, [True])
    assert cell(LABOUR, hr).seen == "1100"
    assert not saved(hr, **{LABOUR: "1100", f"{LABOUR}.seen": ""}).any, "both said the same"
    assert saved(hr, **{LABOUR: "1200", f"{LABOUR}.seen": "1100"}).entered == 1
    told = saved(hr, **{LABOUR: "", f"{LABOUR}.seen": "1100"})
    assert (told.withdrawn, len(told.problems), cell(LABOUR, hr).seen) == (0, 1, "1200")


def test_where_a_value_comes_from(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when HR cannot tell the page's word from a file's, a unit's or the scheme's: one's own comes first, then of
    a rate the department's and the store's, then the scheme's constant."""
    hr, advisor = group.users[f"hr@{EAST}"], f"{person(EAST, 'advisor')}|on_time"
    Target.objects.all().delete()
    assert (cell(LABOUR, hr).value, "文件 目标值.csv，系统" in cell(LABOUR, hr).whence) == ("¥1,000.00", True)
    assert cell(LABOUR, hr).before_shown == "¥1,000.00"
    assert (cell(advisor, hr).value, cell(advisor, hr).whence) == ("90 %", "制度规定")
    saved(hr, **{ON_TIME: "80%"})
    assert cell(advisor, hr).value == "80 %" and cell(advisor, hr).whence == f"沿用“{EAST}”的"
    saved(hr, **{f"{EAST}/service|on_time": "85%"})
    assert cell(advisor, hr).value == "85 %" and cell(advisor, hr).whence == f"沿用“{EAST} · 服务站”的"
    saved(hr, **{advisor: "95%", LABOUR: "2000"})
    assert cell(advisor, hr).value == "95 %" and cell(advisor, hr).whence.startswith("页面填写")
    text = signed_in(f"hr@{EAST}").get(f"{PAGE}?all=1").text
    assert "页面填写，hr-东蓝" in text and "2,000.00" in text and "85 %" in text


def test_only_what_changes_something_is_asked_for(group: Group) -> None:
    """Fails when HR has to look through targets that change nothing, or cannot come to them."""
    Target.objects.all().delete()
    hr = group.users[f"hr@{EAST}"]
    few, every = (
        [
            (row.subject.key, [each.asked.metric for each in row.cells])
            for row in rows_of(cycle=october(), store=EAST, user=hr, every=wanted)
        ]
        for wanted in (False, True)
    )
    assert few == [(TECHNICIAN, ["labour"])]
    assert every == [
        (EAST, ["on_time", "satisfied", "labour"]),
        (f"{EAST}/service", ["on_time", "satisfied"]),
        (person(EAST, "advisor"), ["on_time", "satisfied"]),
        (TECHNICIAN, ["labour"]),
    ]


def test_the_month_before_is_carried_over_into_empty_cells(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when carrying over replaces what was given, by the page or a file, or brings what last month had not."""
    Target.objects.all().delete()
    for subject, value in ((EAST, "0.8"), (f"{EAST}/service", "0.7")):
        Target.objects.create(month=str(SEPTEMBER), subject=subject, metric="on_time", value=value)
    satisfied = f"{EAST}|satisfied"
    form = {ON_TIME: "", LABOUR: "", satisfied: "", f"{EAST}/service|on_time": "75%"}
    form |= {f"{name}.seen": "" for name in form}
    answer = signed_in(f"hr@{EAST}").post(PAGE, {"store": EAST, "carry_over": "1", **form}, follow=True)
    assert "已保存 1 个目标值，沿用上月 1 个" in answer.text
    found = dict(Target.objects.filter(month=str(OCTOBER)).values_list("subject", "value"))
    assert found == {EAST: Decimal("0.8"), f"{EAST}/service": Decimal("0.75")}
    answer = signed_in(f"hr@{EAST}").post(PAGE, {"store": EAST, "carry_over": "1", satisfied: ""}, follow=True)
    assert "没有可沿用的" in answer.text


def test_a_file_s_row_by_another_word_gives_way_to_the_page(
    worked_out: Callable[..., Any], hand_in: Any, land: Any
) -> None:
    """Fails when a file names the metric by its Chinese name, and its larger target counts beside the page's."""
    land(hand_in(f"{TECHNICIAN},工时产值,{OCTOBER},5000"))
    line = worked_out(**{LABOUR: "3358", f"{LABOUR}.seen": ""})
    assert (line["target"], line["points"]) == (3_358_000_000, 5_000)
    line = worked_out(**{LABOUR: "", f"{LABOUR}.seen": "3358"})
    assert (line["target"], line["cause"]) == (None, "no_target")


def test_a_file_that_says_otherwise_waits_for_hr(
    group: Group, hand_in: Any, land: Any, signed_in: Callable[[str], Client]
) -> None:
    """Fails when a file overrules the page's target without a word, by whatever name of the metric, or the page's
    comes back once the file was chosen."""
    hr = group.users[f"hr@{EAST}"]
    saved(hr, **{LABOUR: "1200"})
    decided_land(month=str(OCTOBER))
    assert contradictions(upload=hand_in(f"{TECHNICIAN},工时产值,{OCTOBER},1200")) == []
    upload = hand_in(f"{TECHNICIAN},工时产值,{OCTOBER},1300")
    (row,) = contradictions(upload=upload)
    assert (row.about, row.after, row.choice) == ("东蓝维修技师 XE003 · 工时产值", "¥1,300.00", "")
    assert row.before.startswith("¥1,200.00（hr-东蓝")
    client, address = signed_in(f"hr@{EAST}"), f"/ratings/files/{upload.pk}/"
    assert "与页面上填的不同（1 行）" in client.get(f"/evidence/uploads/{upload.pk}/").text
    with pytest.raises(Refused, match="decide first"):
        upload_land(upload=upload, by=hr, version=upload.version)
    assert "写明原因" in client.post(address, {f"choice:{row.key}": "file"}, follow=True).text
    client.post(address, {f"choice:{row.key}": "file", "reason": "总部调整"})
    assert (Choice.objects.get().source, Choice.objects.get().by) == ("targets", hr)
    land(upload)
    assert (landed(TECHNICIAN), len(landed(TECHNICIAN, "工时产值"))) == ([], 1)
    assert (cell(LABOUR, hr).given, cell(LABOUR, hr).value) == (None, "¥1,300.00")
    assert "以文件为准：总部调整" in client.get(PAGE).text


def test_the_page_s_target_stays_where_it_was_chosen(group: Group, hand_in: Any, land: Any) -> None:
    """Fails when a row that was decided against lands all the same, or takes the others with it."""
    hr = group.users[f"hr@{EAST}"]
    saved(hr, **{LABOUR: "1200"})
    upload = hand_in(f"{TECHNICIAN},labour,{OCTOBER},1300", f"{EAST},on_time,{OCTOBER},0.7")
    (row,) = [each for each in contradictions(upload=upload) if "工时产值" in each.about]
    Target.objects.filter(metric="on_time").delete()
    choices_make(upload=upload, chosen={row.key: "page"}, reason="文件是旧的", by=hr)
    land(upload)
    assert [str(each["value"]) for each in landed(TECHNICIAN)] == ["1200.000"]
    assert [str(each["value"]) for each in landed(EAST, "on_time")] == ["0.700"]


def test_a_decision_does_not_outlive_the_target_it_was_about(group: Group, hand_in: Any) -> None:
    """Fails when a target that was changed since is withdrawn by an older decision, or others than HR of the store
    decide."""
    hr = group.users[f"hr@{EAST}"]
    saved(hr, **{LABOUR: "1200"})
    upload = hand_in(f"{TECHNICIAN},labour,{OCTOBER},1300")
    (row,) = contradictions(upload=upload)
    for other in (f"hr@{WEST}", f"general_manager@{EAST}", f"auditor@{EAST}"):
        with pytest.raises(PermissionDenied):
            choices_make(upload=upload, chosen={row.key: "page"}, reason="x", by=group.users[other])
    choices_make(upload=upload, chosen={row.key: "file"}, reason="x", by=hr)
    saved(hr, **{LABOUR: "1250", f"{LABOUR}.seen": "1200"})
    assert [each.choice for each in contradictions(upload=upload)] == [""]
    with pytest.raises(Refused, match="decide again"):
        choices_make(upload=upload, chosen={row.key: "file"}, reason="x", by=hr)


def test_a_published_month_stays_as_it_is(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when a target of a published month is changed, or its page offers to."""
    page, before = f"/months/{SEPTEMBER}/targets/", Target.objects.count()
    answer = signed_in("hr").post(page, {"store": EAST, LABOUR: "5"}, follow=True)
    assert "已发布，不能再改目标值" in answer.text and f'name="{LABOUR}"' not in answer.text
    assert "1,000.00" in answer.text
    assert Target.objects.count() == before


def test_a_sealed_month_has_to_be_sealed_again(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when a month is approved without the target that HR entered after it was settled, or HR is not told."""
    gm = group.users["general_manager"]
    assert [each.text for each in blocking(cycle=october(), by=gm) if "目标值" in each.text] == []
    answer = signed_in(f"hr@{EAST}").post(PAGE, {"store": EAST, LABOUR: "900"}, follow=True)
    assert "由人力资源重新锁定后才计入" in answer.text
    told = [each.text for each in blocking(cycle=october(), by=gm) if "目标值" in each.text]
    assert told == ["核算之后又填写或撤回了 1 个目标值，请重新核算"]
    for store, there in ((EAST, True), (WEST, False)):
        assert ("1 个目标值" in signed_in(f"hr@{store}").get(f"/months/{OCTOBER}/").text) is there


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (f"general_manager@{EAST}", 200),
        (f"auditor@{EAST}", 200),
        (f"data_provider@{EAST}", 403),
        (f"workshop_supervisor@{EAST}", 403),
        ("administrator", 403),
        (person(EAST, "chief"), 403),
        (TECHNICIAN, 403),
    ],
)
def test_nobody_but_hr_enters(signed_in: Callable[[str], Client], group: Group, who: str, sees: int) -> None:
    """Fails when somebody who looks after a store's results, or works there, sets what they are measured against."""
    client, before = signed_in(who), Target.objects.count()
    answer = client.get(PAGE)
    assert answer.status_code == sees
    assert f'name="{LABOUR}"' not in answer.text
    assert ("1,000.00" in answer.text) is (sees == 200)
    assert client.post(PAGE, {"store": EAST, LABOUR: "5"}).status_code == 403
    assert Target.objects.count() == before


def test_hr_of_one_store_reaches_that_store_alone(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when HR of the east sees or changes targets of the west or of the group, by whichever field."""
    client, before = signed_in(f"hr@{EAST}"), list(Target.objects.values_list("pk", "value"))
    assert WESTERN not in client.get(f"{PAGE}?all=1").text
    for store in (WEST, EVERYWHERE, "", "nowhere"):
        assert client.get(PAGE, {"store": store}).status_code == (200 if not store else 403)
        form = {f"{WESTERN}|labour": "5", f"{WEST}|on_time": "0.5", "group|on_time": "0.5"}
        assert client.post(PAGE, {"store": store, **form}).status_code == 403
    client.post(PAGE, {"store": EAST, f"{WESTERN}|labour": "5", f"{WEST}|on_time": "0.5", "group|on_time": "0.5"})
    assert list(Target.objects.values_list("pk", "value")) == before
    whole = signed_in("hr").get(PAGE, {"store": EVERYWHERE, "all": "1"}).text
    assert 'name="group|on_time"' in whole and TECHNICIAN not in whole


def test_the_page_speaks_english(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when an English reader meets Chinese words on the page or in what it answers."""
    User.objects.filter(pk=group.users[f"hr@{EAST}"].pk).update(language="en")
    client = signed_in(f"hr@{EAST}")
    answer = client.post(PAGE, {"store": EAST, LABOUR: "1500", ON_TIME: "640%"}, follow=True)
    assert "1 target saved" in answer.text and "did you mean" in answer.text
    assert "entered here by hr-" in answer.text and "Month before" in answer.text
    assert "file 目标值.csv" not in answer.text


def test_a_file_of_a_store_that_keeps_targets_here_is_entered_on_the_page(
    signed_in: Callable[[str], Client], group: Group, hand_in: Any, land: Any
) -> None:
    """Fails when a file of such a store goes past the page, or takes another store's along; when the map misses it."""
    hr = group.users[f"hr@{EAST}"]
    authority_set(source="targets", store=EAST, since=OCTOBER, way=Way.APP, by=hr)
    land(hand_in(f"{TECHNICIAN},工时产值,{OCTOBER},1500"))
    target = Target.standing.get(subject=TECHNICIAN)
    assert (target.subject, target.metric, target.value, target.by) == (TECHNICIAN, "labour", Decimal(1500), hr)
    assert [row["value"] for row in landed(TECHNICIAN)] == [Decimal("1500.000")]
    assert ledger().batches("targets")[-1].origin.startswith(APP)
    assert "1500" in signed_in(f"hr@{EAST}").get(PAGE).text
    assert kept_in_app("targets", OCTOBER) == [EAST]


def test_where_targets_come_by_file_alone_none_is_entered(signed_in: Callable[[str], Client], group: Group) -> None:
    """Fails when the page of a store that hands in files takes a target beside them."""
    hr = group.users[f"hr@{EAST}"]
    authority_set(source="targets", store=EAST, since=OCTOBER, way=Way.FILES, by=hr)
    with pytest.raises(Refused, match="by file alone"):
        saved(hr, **{LABOUR: "1200"})
    shown = signed_in(f"hr@{EAST}").get(PAGE).text
    assert "只按文件" in shown
    assert f'name="{LABOUR}"' not in shown
