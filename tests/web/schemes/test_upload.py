"""A new version handed in: checked as on the command line, refused whole with every problem, or kept as a draft."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from fairwrench.catalog.loader import load_scheme
from fairwrench.closing.check.scheme_check import checked_scheme
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.problem import Refused
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.schemes import selectors, services
from fairwrench.web.schemes.documents import bounded
from fairwrench.web.schemes.documents import kept as kept_documents
from fairwrench.web.schemes.documents.bounded import BOUNDS, check_bounded
from fairwrench.web.schemes.documents.checking import check_document
from fairwrench.web.schemes.documents.kept import documents, documents_tidy, version_path
from fairwrench.web.schemes.effective_dates import obstacles
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.selectors import opened
from fairwrench.web.schemes.services import MOST_BYTES, version_add
from fairwrench.web.ui.files import bounded as ui_bounded
from fairwrench.web.ui.files.scratch import scratch
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
        ("strict.yaml", f"{STRICT}cycle: {{time_zone: Asia/Tokyo}}\n".encode(), "other_time_zone"),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_is_no_scheme_is_refused_in_words(hr, name, content, code):
    """Fails when a wrong file would be an error page, or be kept."""
    with pytest.raises(Refused) as told:
        version_add(content=content, name=name, by=hr)
    assert code in {each.code for each in told.value.problems}
    assert kept() == []


@pytest.mark.usefixtures("here")
def test_a_scheme_that_was_kept_for_another_zone_is_not_adopted(hr, settings):
    """Fails when a draft of before, or of another installation, brings another time zone into force."""
    version = version_add(content=STRICT.encode(), name="strict.yaml", by=hr)
    begins = selectors.this_month().plus(1)
    assert obstacles(version=version, begins=begins) == []
    settings.TIME_ZONE = "Asia/Tokyo"
    (problem,) = obstacles(version=version, begins=begins)
    assert problem.code == "other_time_zone"
    assert "Asia/Shanghai" in problem.zh and "Asia/Tokyo" in problem.zh


@pytest.fixture
def apart(monkeypatch):
    """Documents are read in a process of their own, as on the site."""
    monkeypatch.setattr(bounded, "read_bounded", ui_bounded.read_bounded)


@pytest.mark.usefixtures("apart", "db")
def test_another_process_says_the_same_of_a_document(tmp_path):
    """Fails when the process that checks loses a problem, its place, or the scheme on the way."""
    for content in (STRICT, LIGHT):
        path = tmp_path / "document.yaml"
        path.write_text(content, encoding="utf-8")
        assert check_bounded(path, "document.yaml", sources()) == check_document(path, "document.yaml", sources())


@pytest.mark.parametrize("bomb", ['!!int "1e99999999999"', "!!float 1e99999999999", "[" * 5000 + "]" * 5000])
@pytest.mark.usefixtures("apart")
def test_a_document_that_eats_time_or_memory_is_given_up_and_nothing_is_kept(hr, signed_in, monkeypatch, bomb):
    """Fails when one document of a few bytes could hold a thread of the site, or its memory."""
    monkeypatch.setattr(check_bounded, "__kwdefaults__", {"bounds": replace(BOUNDS, seconds=4, memory=1 << 29)})
    page = post(signed_in(hr), f"{STRICT}item_defaults2: {{x: {{target: {bomb}}}}}\n")
    assert page.status_code == 422
    assert kept() == []
    assert list(scratch().glob("scheme-*")) == []


def test_a_kept_document_is_not_read_as_yaml_again(hr, monkeypatch):
    """Fails when each process of the site reads a large document anew, which holds up every other page meanwhile."""
    version = version_add(content=STRICT.encode(), name="strict.yaml", by=hr)
    monkeypatch.setattr(kept_documents, "compile_bounded", pytest.fail)
    assert opened(str(version_path(version=version))) == load_scheme(version_path(version=version))


def test_what_another_program_compiled_is_compiled_anew(hr):
    """Fails when a document keeps saying what it said on the shipped scheme of an earlier program."""
    version = version_add(content=STRICT.encode(), name="strict.yaml", by=hr)
    (compiled,) = version_path(version=version).parent.glob("compiled-*")
    compiled.rename(compiled.with_name("compiled-earlier.json")).write_text("{}")
    assert opened(str(version_path(version=version))) == load_scheme(version_path(version=version))
    assert documents_tidy() == 1
    assert [path.name for path in version_path(version=version).parent.glob("compiled-*")] == [compiled.name]


def test_documents_of_no_version_go_and_those_of_versions_stay(hr):
    """Fails when what a killed process left behind stays for ever, or a version loses its document."""
    version = version_add(content=STRICT.encode(), name="strict.yaml", by=hr)
    fresh, orphan = documents() / ("0" * 16), documents() / ("1" * 16)
    for folder in (fresh, orphan, version_path(version=version).parent):
        folder.mkdir(exist_ok=True)
        (folder / ".unfinished-x").touch()
        if folder != fresh:
            os.utime(folder, (0, 0))
    assert documents_tidy() == 1
    assert sorted(kept()) == sorted([".unfinished-x", version.file, *_compiled(version)])


def _compiled(version):
    return [path.name for path in version_path(version=version).parent.glob("compiled-*")]


@pytest.mark.parametrize(("odd", "code"), [("\\0", "odd_character"), ("\\uD800", "unreadable_yaml")])
@pytest.mark.usefixtures("here")
def test_characters_that_cannot_be_kept_are_told_by_line(hr, odd, code):
    """Fails when a NUL or half a character, written as an escape, is a fault of ours once it is written down."""
    with pytest.raises(Refused) as told:
        version_add(
            content=STRICT.replace("en: Stricter on rework", f'en: "Stric{odd}ter on rework"').encode(),
            name="odd.yaml",
            by=hr,
        )
    assert [(each.code, each.line) for each in told.value.problems] == [(code, 4)]


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
