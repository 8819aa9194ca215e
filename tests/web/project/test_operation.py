"""What those who run the installation rely on: safe settings, headers, health, metrics, defaults of the environment."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from fairwrench.web.access.models import Grant, User
from fairwrench.web.project.environment import Environment
from fairwrench.web.project.serving import serve as serving
from fairwrench.web.work.models import Job

ROOT = Path(__file__).parents[3]
TOKEN = "a-token-for-monitoring"


def manage(home: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A management command of an installation in HOME."""
    told = {name: value for name, value in os.environ.items() if not name.startswith(("FAIRWRENCH_", "DJANGO_"))}
    told |= {"DJANGO_SETTINGS_MODULE": "fairwrench.web.project.settings", "FAIRWRENCH_HOME": str(home), **variables}
    return subprocess.run(
        [sys.executable, "-m", "django", *words], cwd=ROOT, env=told, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_an_encrypted_installation_passes_the_check_of_django(tmp_path: Path) -> None:
    """Fails when an installation behind https would send cookies in the clear, or has a key that is easy to guess."""
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", FAIRWRENCH_URL="https://pay.example.com")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    """Fails when an upgrade would leave the database behind the program."""
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.slow
def test_a_database_of_0_1_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    """Fails when tables of now are made beside those of 0.1, as if its people and months were gone."""
    tmp_path.joinpath("home").mkdir()
    path = tmp_path / "home" / "fairwrench.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE people_unit (id INTEGER)")
        database.commit()
    done = manage(tmp_path / "home", "migrate", "--no-input")
    assert done.returncode == 1
    assert "由 0.1 版程序建立" in done.stderr
    assert "hand the same files in again" in done.stderr
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("people_unit",)]


def test_the_key_is_made_once_and_is_the_owner_s_alone(tmp_path: Path) -> None:
    """Fails when others on the machine can forge sessions, or everybody is signed out at each start."""
    made = Environment({"FAIRWRENCH_HOME": str(tmp_path / "home")})
    key = made.secret_key()
    assert len(key) >= 50
    assert stat.S_IMODE((tmp_path / "home" / "secret-key").stat().st_mode) == 0o600
    assert Environment({"FAIRWRENCH_HOME": str(tmp_path / "home")}).secret_key() == key
    assert Environment({"FAIRWRENCH_HOME": str(tmp_path / "other")}).secret_key() != key
    assert Environment({"FAIRWRENCH_SECRET_KEY": "given"}).secret_key() == "given"


def test_an_installation_answers_to_its_own_names_alone() -> None:
    """Fails when a forged Host header is believed, or people cannot reach the address they were told."""
    assert Environment({}).hosts == ["127.0.0.1", "localhost", "[::1]"]
    told = Environment({"FAIRWRENCH_URL": "https://pay.example.com", "FAIRWRENCH_HOSTS": "pay, 10.0.0.7"})
    assert told.hosts == ["pay.example.com", "pay", "10.0.0.7"]
    assert told.encrypted
    assert not Environment({}).encrypted


def test_everything_lies_in_one_folder_unless_told_otherwise(tmp_path: Path) -> None:
    """Fails when a backup of the one folder would miss the database or the evidence."""
    told = Environment({"FAIRWRENCH_HOME": str(tmp_path)})
    assert told.database_url == f"sqlite:///{tmp_path / 'fairwrench.sqlite3'}"
    assert told.ledger == tmp_path / "ledger"
    assert not told.demo
    assert told.proxies == ()
    assert Environment({"FAIRWRENCH_LEDGER": str(tmp_path / "x")}).ledger == tmp_path / "x"


@pytest.mark.django_db
def test_pages_forbid_what_is_not_ours(client: Client) -> None:
    """Fails when a page lets script or style run that does not come from a file of ours, or may be framed."""
    answer = client.get("/accounts/login/")
    assert answer.status_code == 200
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert not any("unsafe" in value or "*" in value or "http:" in value for value in policy.values())
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert client.cookies["csrftoken"]["samesite"] == "Lax"


@pytest.mark.django_db
def test_health_tells_what_does_not_answer(
    client: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a balancer keeps sending people to an installation that cannot serve them."""
    settings.LEDGER = tmp_path
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"database": True, "ledger": True})
    settings.LEDGER = tmp_path / "gone"
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"database": True, "ledger": False})

    def fail(*_given: object) -> None:
        raise OSError("a password in a message")

    monkeypatch.setattr(connection, "cursor", fail)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"database": False, "ledger": False})


@pytest.mark.django_db
def test_metrics_are_for_the_token_and_for_administrators(client: Client, settings: Any) -> None:
    """Fails when anybody on the network may watch the installation, or the monitoring may not."""
    settings.METRICS_TOKEN = TOKEN
    Job.objects.create(kind="count", key="count:1")
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    answer = client.get("/metrics", headers=bearer)
    assert answer.status_code == 200
    assert 'fairwrench_jobs{state="queued"} 1\n' in answer.text
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 403
    user = User.objects.create_user("somebody")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/metrics").status_code == 403
    Grant.objects.create(user=user, role=Grant.Role.ADMINISTRATOR)
    assert client.get("/metrics").status_code == 200


@pytest.mark.parametrize(("lang", "said"), [("zh", "还没有装"), ("en", "not installed yet")])
def test_serving_without_what_the_pages_look_like_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lang: str, said: str
) -> None:
    """Fails when a demo takes its minutes, an address is printed, and then every page of it is an error."""
    monkeypatch.setattr(serving, "ROOT", tmp_path)
    assert serving.serve(serving.ServeOptions(demo=tmp_path / "demo", lang=lang)) == 1
    told = capsys.readouterr().out
    assert said in told
    assert "make install" in told
    assert not (tmp_path / "demo").exists()
