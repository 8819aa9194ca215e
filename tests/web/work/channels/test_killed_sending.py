"""A worker killed while it sends: the one in flight may come twice, which is said, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.work.channels.stand_ins import Mailbox, free_port, mail_server
from tests.web.work.installation import Installation

pytestmark = pytest.mark.slow
#: two people who were told something, at an hour that is not quiet
TELL = """
from fairwrench.web.access.models import User
from fairwrench.web.work.inbox.notices import Message, messages_send
from fairwrench.web.work.models import Notice, NoticeChoice
for name in ("a", "b"):
    user = User.objects.create(username=name, email=f"{name}@group.example")
    NoticeChoice.objects.create(user=user, quiet_nights=False, quiet_days_off=False)
    messages_send([Message([user], (f"给{name}", f"for {name}"), "/", Notice.Kind.URGED)])
"""
SEND = """
from django.conf import settings
from fairwrench.web.work.channels.sending import deliveries_send
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
deliveries_send()
"""
#: the claim of the dead is old by now
LATER = """
from datetime import timedelta
from django.utils import timezone
from fairwrench.web.work.models import Delivery
Delivery.objects.filter(state="sending").update(claimed_at=timezone.now() - timedelta(minutes=6))
"""
LOOK = """
import json
from fairwrench.web.work.models import Delivery
for each in Delivery.objects.order_by("id"):
    print(json.dumps({"to": each.to.username, "state": each.state, "attempts": each.attempts, "said": each.said_en}))
"""


@pytest.mark.parametrize(("moment", "came"), [("deliver:claimed", ["a", "b"]), ("deliver:sent", ["a", "a", "b"])])
def test_a_killed_worker_sends_at_most_the_one_in_flight_again(
    migrated: Installation, tmp_path: Path, moment: str, came: list[str]
) -> None:
    """Fails when a killed worker's messages are lost, sent again beyond the one in flight, or nobody is told so."""
    made = Installation.at(tmp_path / "home", like=migrated)
    box = Mailbox(free_port())
    where = {"FAIRWRENCH_MAIL": f"smtp://127.0.0.1:{box.port}"}
    made.told(TELL, **where)
    with mail_server(box):
        done = made.run(SEND, **where, FAIRWRENCH_KILL_AT=moment)
        assert done.returncode == 9, done.stderr
        # at once, the claim still stands: whoever held it may live
        made.told(SEND, **where)
        made.told(LATER + SEND + SEND, **where)
    assert sorted(str(mail["To"])[0] for mail in box.came) == came
    found = made.told(LOOK, **where)
    assert [(each["to"], each["state"]) for each in found] == [("a", "sent"), ("b", "sent")]
    assert "perhaps twice" in found[0]["said"]
    assert "perhaps twice" not in found[1]["said"]
    # whoever gets it twice can tell: both have one number
    assert len({mail["Message-ID"] for mail in box.came}) == 2
