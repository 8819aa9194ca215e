"""What the environment says about this installation; everything has a default that works on one machine.

FAIRWRENCH_HOME          folder of everything that is kept (default: fairwrench-data in the working folder)
FAIRWRENCH_DATABASE_URL  sqlite:///… or postgres://…        (default: HOME/fairwrench.sqlite3)
FAIRWRENCH_LEDGER        folder of the evidence              (default: HOME/ledger)
FAIRWRENCH_TIME_ZONE     whose days and months count, fixed when the ledger is made (default: Asia/Shanghai)
FAIRWRENCH_LEDGER_GROUP  group of the machine that may read the ledger, for Spark (default: none, its owner alone)
FAIRWRENCH_SECRET_KEY    signs sessions, encrypts second factors (default: made once and kept in HOME/secret-key)
FAIRWRENCH_SECRET_KEY_FALLBACKS keys that did so before, by commas (default: none)
FAIRWRENCH_URL           the address people use              (default: http://127.0.0.1:8000)
FAIRWRENCH_HOSTS         further host names, by commas       (default: none)
FAIRWRENCH_SCHEME        the scheme until a version is approved (default: dealership)
FAIRWRENCH_SOURCES       folders of own sources, by commas   (default: none)
FAIRWRENCH_KEEP_UPLOADS  days that files lie on the desk which nobody lands (default: 90)
FAIRWRENCH_MAIL          smtp://user:password@host:587 or smtps://…, to mail notices, links and what befalls an
                         account (default: none)
FAIRWRENCH_MAIL_FROM     the address that such mails come from (default: that of the server's user)
FAIRWRENCH_SECOND_STEP   roles that take a second step to sign in, by commas, or none
                         (default: administrator,hr,general_manager,gm_assistant,finance; the demo asks for none)
FAIRWRENCH_APPS_OFF      apps that this installation does without, by commas (default: none)
FAIRWRENCH_DEMO          1 shows the demo's logins           (default: no)
FAIRWRENCH_LOGINS        JSON of login providers             (default: none; see docs/administration.md)
FAIRWRENCH_METRICS_TOKEN whoever sends it as bearer may read /metrics (default: administrators only)
FAIRWRENCH_PROXY         addresses or networks of proxies on other machines, by commas (default: those on this one)
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from fairwrench.ledger.formats import LEDGER_JSON, ledger_zone

DEFAULT_URL = "http://127.0.0.1:8000"
DEFAULT_ZONE = "Asia/Shanghai"
LOCAL = ("127.0.0.1", "localhost", "[::1]")
#: the roles there are (`access.models.Grant.Role`), and those that take a second step unless told otherwise
ROLES = frozenset(
    (
        *("hr", "data_provider", "workshop_supervisor", "general_manager", "gm_assistant", "service_manager"),
        *("dispatcher", "customer_service", "finance", "auditor", "administrator"),
    )
)
SECOND_STEP = ("administrator", "hr", "general_manager", "gm_assistant", "finance")


@dataclass(frozen=True)
class Environment:
    """The environment of one installation."""

    variables: Mapping[str, str]

    @staticmethod
    def of_process() -> Environment:
        """The environment that this process was started with."""
        return Environment(os.environ)

    def _get(self, name: str, default: str = "") -> str:
        return self.variables.get(f"FAIRWRENCH_{name}", "") or default

    def _list(self, name: str) -> list[str]:
        return [part.strip() for part in self._get(name).split(",") if part.strip()]

    @property
    def home(self) -> Path:
        """Where everything is kept that is not told to lie elsewhere."""
        return Path(self._get("HOME", "fairwrench-data")).resolve()

    @property
    def database_url(self) -> str:
        """The database as a URL."""
        return self._get("DATABASE_URL", f"sqlite:///{self.home / 'fairwrench.sqlite3'}")

    @property
    def ledger(self) -> Path:
        """The folder of the evidence."""
        return Path(self._get("LEDGER", str(self.home / "ledger"))).resolve()

    @property
    def time_zone(self) -> str:
        """The one time zone of the installation: that of its ledger once there is one.

        ValueError for what is no time zone, or another than the ledger's; Refused when that is of an older format.
        """
        asked = self._get("TIME_ZONE")
        if not (self.ledger / LEDGER_JSON).exists():
            return ZoneInfo(asked or DEFAULT_ZONE).key
        zone = ledger_zone(self.ledger)
        # months are cut by the zone in which they were filed: another one would tear rows out of their months
        if asked and asked != zone:
            raise ValueError(f"FAIRWRENCH_TIME_ZONE: the ledger files months by {zone}, not {asked}")
        return zone

    @property
    def ledger_group(self) -> str:
        """The group that may read the ledger; empty for its owner alone."""
        return self._get("LEDGER_GROUP")

    @property
    def url(self) -> str:
        """The address by which people reach the application."""
        return self._get("URL", DEFAULT_URL).rstrip("/")

    @property
    def hosts(self) -> list[str]:
        """Host names that the application answers to."""
        host = urlsplit(self.url).hostname or ""
        # who comes by this machine's name may come by any of its names
        return list(dict.fromkeys([host, *self._list("HOSTS"), *(LOCAL if host in LOCAL else ())]))

    @property
    def encrypted(self) -> bool:
        """Whether people come by https, so that cookies may be kept to it."""
        return self.url.startswith("https://")

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of proxies that are believed from where and by which protocol a request came, besides those on
        this machine; ValueError for what is no address."""
        return tuple(ip_network(part, strict=False) for part in self._list("PROXY") if part != "1")

    @property
    def metrics_token(self) -> str:
        """What a monitoring system sends to read the metrics; empty for none."""
        return self._get("METRICS_TOKEN")

    @property
    def demo(self) -> bool:
        """Whether this is the demo, whose logins are shown."""
        return self._get("DEMO") == "1"

    @property
    def mail(self) -> dict[str, Any]:
        """Django's settings of the mail server; empty where there is none. ValueError for what is no such address."""
        url = urlsplit(self._get("MAIL"))
        if not url.scheme:
            return {}
        if url.scheme not in ("smtp", "smtps") or not url.hostname:
            raise ValueError("FAIRWRENCH_MAIL: smtp://user:password@host:587 or smtps://user:password@host")
        safe = url.scheme == "smtps"
        return {
            "EMAIL_HOST": url.hostname,
            "EMAIL_PORT": url.port or (465 if safe else 587),
            "EMAIL_HOST_USER": unquote(url.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
            "EMAIL_USE_SSL": safe,
            "EMAIL_USE_TLS": not safe and url.hostname not in LOCAL,
            "DEFAULT_FROM_EMAIL": self._get("MAIL_FROM") or unquote(url.username or "") or f"fairwrench@{url.hostname}",
        }

    @property
    def second_step_roles(self) -> frozenset[str]:
        """The roles that take a second step to sign in; ValueError for what is no role."""
        # the demo's passwords are on the sign-in page: a second step would keep visitors out and protect nothing
        if self.demo:
            return frozenset()
        roles = frozenset(self._list("SECOND_STEP") or SECOND_STEP) - {"none"}
        # a role misspelt would leave that role without its second step
        if strange := roles - ROLES:
            raise ValueError(f"FAIRWRENCH_SECOND_STEP: no role is called {', '.join(sorted(strange))}")
        return roles

    @property
    def apps_off(self) -> frozenset[str]:
        """The apps, by label, that are switched off."""
        return frozenset(self._list("APPS_OFF"))

    @property
    def scheme(self) -> str:
        """The scheme in force unless a version was adopted in the application."""
        return self._get("SCHEME", "dealership")

    @property
    def source_folders(self) -> tuple[Path, ...]:
        """Folders of own kinds of file."""
        return tuple(Path(part).resolve() for part in self._list("SOURCES"))

    @property
    def keep_uploads(self) -> timedelta:
        """How long files that were handed in and never landed are kept, and previews of what landed."""
        return timedelta(days=int(self._get("KEEP_UPLOADS", "90")))

    @property
    def logins(self) -> dict[str, Any]:
        """Settings of login providers, by provider."""
        told = self._get("LOGINS")
        return dict(json.loads(told)) if told else {}

    @property
    def old_secret_keys(self) -> list[str]:
        """Keys that were in the place of the present one: what they signed and encrypted is still read."""
        return self._list("SECRET_KEY_FALLBACKS")

    def secret_key(self) -> str:
        """The key that signs and encrypts; made once where none is given, readable by the owner alone."""
        if told := self._get("SECRET_KEY"):
            return told
        path = self.home / "secret-key"
        if not path.exists():
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            # whole or not at all: what a kill left half-written would be the key from then on
            made = path.with_suffix(".unfinished")
            made.touch(mode=0o600)
            made.write_text(secrets.token_urlsafe(50), encoding="ascii")
            made.replace(path)
        return path.read_text(encoding="ascii")
