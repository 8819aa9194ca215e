"""A new version handed in: checked as on the command line, refused whole with every problem, or kept as a draft."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from fairwrench.closing.run import checked_scheme
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.problem import Refused
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.schemes import services
from fairwrench.web.schemes.bounded import check_bounded
from fairwrench.web.schemes.checking import check_document
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.selectors import documents, version_path
from fairwrench.web.schemes.services import MOST_BYTES, version_add
from tests.web.schemes.conftest import STRICT

WRONG = """\
base: dealership
scheme: wrong
version: "1"
name: {zh: 错, en: Wrong}
item_defaults:
  rework_rat: {target: 0.02}
scorecards:
  technician:
    items:
      - {metric: one_time_fix_rate, category: key, weigth: 50}
      - {metric: on_time_deliver, category: key, weight: 40, curve: {gate: {met: 130, missed: 70}}}
"""
LIGHT = """\
base: dealership
scheme: light
version: "1"
name: {zh: 轻, en: Light}
scorecards:
  technician:
    items:
      - {metric: one_time_fix_rate, category: key, weight: 99}
metrics:
  one_time_fix_rate:
    numerator: {source: job_lines, value: count, where: "pg_read_file('x') = 'y'", credit: technician, date: matures_on}
"""


@pytest.fixture
def here(monkeypatch):
    """Checks are done in this process: quicker, and the same check."""
    monkeypatch.setattr(services, "check_bounded", check_document)


def post(client, content, name="strict.yaml"):
    files = {"file": SimpleUploadedFile(name, content.encode()), "note": "返修更严"}
    return client.post(reverse("schemes:upload"), files, follow=True)


def kept() -> list[str]:
    return [path.name for path in documents().rglob("*") if path.is_file()]


def test_a_sound_document_becomes_a_draft(signed_in, hr):
    """Fails when what was handed in would be kept otherwise than letter by letter, or count at once."""
    page = post(signed_in(hr), STRICT)
    assert page.redirect_chain[-1][0] == reverse("schemes:version", args=[SchemeVersion.objects.get().pk])
    assert "检查通过，已存为草案" in page.text
    version = SchemeVersion.objects.get()
    assert (version.name, version.version, version.state, version.by) == ("strict", "2026.1", "draft", hr)
    assert version.note == "返修更严"
    assert version_path(version=version).read_text(encoding="utf-8") == STRICT
    assert version_path(version=version).parent.name == version.sha256[:16]
    answer = signed_in(hr).get(reverse("schemes:document", args=[version.pk]))
    assert b"".join(answer.streaming_content).decode() == STRICT


@pytest.mark.usefixtures("here")
def test_everything_wrong_is_shown_with_line_path_and_nearest_word(signed_in, hr):
    """Fails when HR would mend one error after the other, or not be told where it stands."""
    page = post(signed_in(hr), WRONG, "wrong.yaml")
    assert page.status_code == 422
    for words in ("wrong.yaml:6", "rework_rate", "wrong.yaml:10", "weigth", "weight", "没有被接受"):
        assert words in page.text, words
    assert SchemeVersion.objects.count() == 0
    assert kept() == []


@pytest.mark.usefixtures("here")
def test_the_check_is_that_of_the_command_line(hr, tmp_path):
    """Fails when the site would accept what `check-scheme` refuses: sense and formulas, for DuckDB."""
    path = tmp_path / "light.yaml"
    path.write_text(LIGHT, encoding="utf-8")
    with pytest.raises(Refused) as told:
        checked_scheme(str(path), sources(), DuckDB())
    checked = check_document(path, "light.yaml", sources())
    assert [(each.code, each.path, each.line) for each in checked.problems] == [
        (each.code, each.path, each.line) for each in told.value.problems
    ]
    assert {"weights", "formula"} <= {each.code for each in checked.problems}
    assert {each.file for each in checked.problems if each.code == "weights"} == {"light.yaml"}
    with pytest.raises(Refused):
        version_add(content=LIGHT.encode(), name="light.yaml", by=hr)
    assert kept() == []


@pytest.mark.parametrize("base", ["/etc/hostname", "../../x.yaml", "strict.yaml", "dealershp"])
@pytest.mark.usefixtures("here")
def test_no_file_of_the_server_is_followed(hr, base):
    """Fails when a document could make the server read its own files and tell what stands in them."""
    content = STRICT.replace("base: dealership", f"base: {base}")
    with pytest.raises(Refused) as told:
        version_add(content=content.encode(), name="strict.yaml", by=hr)
    assert [(each.code, each.line) for each in told.value.problems] == [("unknown_scheme", 1)]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("strict.xlsx", b"PK", "no_yaml"),
        ("strict.yaml", b"# " + b"x" * MOST_BYTES, "too_large"),
        ("strict.yaml", b"  \n", "empty"),
        ("strict.yaml", "制度".encode("gb18030"), "unreadable_file"),
        ("strict.yaml", b"a: [1, 2", "unreadable_yaml"),
        ("strict.yaml", b"a: " + b"[" * 60_000, "unreadable_yaml"),
        ("strict.yaml", b"just words", "unreadable_yaml"),
        ("strict.yaml", STRICT.replace('"2026.1"', '"' + "9" * 60 + '"').encode(), "wrong_length"),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_is_no_scheme_is_refused_in_words(hr, name, content, code):
    """Fails when a wrong file would be an error page, or be kept."""
    with pytest.raises(Refused) as told:
        version_add(content=content, name=name, by=hr)
    assert code in {each.code for each in told.value.problems}
    assert kept() == []


def test_a_document_that_eats_time_is_given_up(tmp_path):
    """Fails when one document could keep the server busy for good."""
    path = tmp_path / "slow.yaml"
    path.write_text(STRICT, encoding="utf-8")
    with pytest.raises(Refused) as told:
        check_bounded(path, "slow.yaml", sources={}, seconds=0.0)
    assert told.value.problems[0].code == "too_costly"


@pytest.mark.usefixtures("here")
def test_the_same_document_and_the_same_version_are_taken_once(hr):
    """Fails when two drafts of one name and version could mean different things."""
    first = version_add(content=STRICT.encode(), name="strict.yaml", by=hr)
    for content, code in ((STRICT, "there_already"), (STRICT + "# a remark\n", "same_version")):
        with pytest.raises(Refused) as told:
            version_add(content=content.encode(), name="again.yaml", by=hr)
        assert [each.code for each in told.value.problems] == [code]
    assert list(SchemeVersion.objects.all()) == [first]


@pytest.mark.usefixtures("here")
def test_the_name_of_a_file_leads_nowhere(hr):
    """Fails when a file's name could place it outside of the folder of schemes."""
    version = version_add(content=STRICT.encode(), name="../../a/..\\b:c.yaml", by=hr)
    assert version.file == "b_c.yaml"
    assert version_path(version=version).is_relative_to(documents())


@pytest.mark.usefixtures("here")
def test_only_hr_hands_in(signed_in, technician, member):
    """Fails when anybody else could change the rules of pay, by the page or past it."""
    for user in (technician, member("E001", "general_manager"), member("E201", "auditor", "administrator")):
        client = signed_in(user)
        assert client.get(reverse("schemes:upload")).status_code == 403
        assert client.post(reverse("schemes:upload")).status_code == 403
        with pytest.raises(PermissionDenied):
            version_add(content=STRICT.encode(), name="strict.yaml", by=user)


def test_a_form_without_file_says_so(signed_in, hr):
    """Fails when pressing the button too early would be an error page."""
    page = signed_in(hr).post(reverse("schemes:upload"), {"note": "x"})
    assert page.status_code == 200
    assert "invalid-feedback" in page.text
