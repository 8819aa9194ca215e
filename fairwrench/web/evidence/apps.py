"""Evidence: files handed in, checked, landed; who is late; rows excused."""

from __future__ import annotations

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """The app of evidence."""

    name = "fairwrench.web.evidence"
    label = "evidence"
    verbose_name = "数据"

    def ready(self) -> None:
        """Tell people what the ledger holds of a person, and how the log says records of evidence."""
        from fairwrench.web.evidence.history import history_of  # noqa: PLC0415  models may be imported only now
        from fairwrench.web.evidence.log_words import LOG_WORDS, kinds_called  # noqa: PLC0415  models, as above
        from fairwrench.web.people.hooks import CALLED, HISTORY, WORDED  # noqa: PLC0415  models, as above

        HISTORY.append(history_of)
        WORDED.update(LOG_WORDS)
        CALLED.append(kinds_called)
