"""Mail to people about their own account, where the settings name a server (`FAIRWRENCH_MAIL`); else none is sent."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation

from fairwrench.web.access.models import User
from fairwrench.web.ui.words import Words, of

logger = logging.getLogger(__name__)


def can_mail(user: User) -> bool:
    """Whether mail reaches a user: there is a server, and an address."""
    return bool(settings.MAIL and user.email)


def mail(user: User, subject: Words, *sentences: Words, to: str = "") -> bool:
    """Send a mail in the user's language, to another address of theirs where one is given; whether it went off."""
    if not settings.MAIL or not (to or user.email):
        return False
    with translation.override(user.language):
        message = EmailMessage(of(subject), "\n\n".join(of(each) for each in sentences), to=[to or user.email])
    try:
        message.send()
    # what the mail tells of has happened, and stands whether or not it goes off
    except (SMTPException, OSError):
        logger.exception("a mail to user %s was not sent", user.pk)
        return False
    return True
