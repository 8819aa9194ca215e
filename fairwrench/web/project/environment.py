"""What the environment says about this installation; everything has a default that works on one machine.

FAIRWRENCH_HOME          folder of everything that is kept (default: fairwrench-data in the working folder)
FAIRWRENCH_DATABASE_URL  sqlite:///… or postgres://…        (default: HOME/fairwrench.sqlite3)
FAIRWRENCH_LEDGER        folder of the evidence              (default: HOME/ledger)
FAIRWRENCH_SECRET_KEY    signs sessions, encrypts second factors (default: made once and kept in HOME/secret-key)
FAIRWRENCH_SECRET_KEY_FALLBACKS keys that did so before, by commas (default: none)
FAIRWRENCH_URL           the address people use              (default: http://127.0.0.1:8000)
FAIRWRENCH_HOSTS         further host names, by commas       (default: none)
FAIRWRENCH_SCHEME        the scheme in force                 (default: dealership)
FAIRWRENCH_SOURCES       folders of own sources, by commas   (default: none)
FAIRWRENCH_KEEP_UPLOADS  days that files lie on the desk which nobody lands (default: 90)
FAIRWRENCH_DEMO          1 shows the demo's logins           (default: no)
FAIRWRENCH_LOGINS        JSON of login providers             (default: none; see docs/administration.md)
FAIRWRENCH_METRICS_TOKEN whoever sends it as bearer may read /metrics (default: administrators only)
FAIRWRENCH_PROXY         1 when a proxy of ours sets X-Forwarded-Proto and X-Forwarded-For
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DEFAULT_URL = "http://127.0.0.1:8000"
LOCAL = ("127.0.0.1", "localhost", "[::1]")


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
    def url(self) -> str:
        """The address by which people reach the application."""
        return self._get("URL", DEFAULT_URL).rstrip("/")

    @property
    def hosts(self) -> list[str]:
        """Host names that the application answers to."""
        host = urlsplit(self.url).hostname or ""
        return list(dict.fromkeys([host, *self._list("HOSTS"), *(LOCAL if host in LOCAL else ())]))

    @property
    def encrypted(self) -> bool:
        """Whether people come by https, so that cookies may be kept to it."""
        return self.url.startswith("https://")

    @property
    def behind_proxy(self) -> bool:
        """Whether a proxy of ours says by which protocol a request came, and from which address."""
        return self._get("PROXY") == "1"

    @property
    def metrics_token(self) -> str:
        """What a monitoring system sends to read the metrics; empty for none."""
        return self._get("METRICS_TOKEN")

    @property
    def demo(self) -> bool:
        """Whether this is the demo, whose logins are shown."""
        return self._get("DEMO") == "1"

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
            self.home.mkdir(parents=True, exist_ok=True)
            made = path.with_suffix(".unfinished")
            made.touch(mode=0o600)
            made.write_text(secrets.token_urlsafe(50), encoding="ascii")
            made.replace(path)
        return path.read_text(encoding="ascii")
