"""How accounts come about: by invitation or from the roster, never by signing up."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from fairwrench.web.access.credentials.devices import device_remember
from fairwrench.web.access.credentials.encryption import Unreadable, opened, sealed
from fairwrench.web.access.credentials.notices import ELSE, account_notices
from fairwrench.web.access.credentials.throttling import attempt_count
from fairwrench.web.access.models import User
from fairwrench.web.ui.words import both, of

_WRONG = both("用户名或密码不正确。", "User name or password is not right.")
_CODE = both("验证码不正确，请用最新的一组数字。", "That code is not right; use the newest one.")


class Accounts(DefaultAccountAdapter):
    """Nobody signs up; accounts are made for people on the roster."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _WRONG,
        "email_password_mismatch": _WRONG,
        "invalid_login": _WRONG,
        "incorrect_password": both("密码不正确。", "The password is not right."),
        "incorrect_code": _CODE,
        "too_many_login_attempts": both(
            "登录失败次数过多，请过几分钟再试。在您以前登录过的浏览器里不受影响；着急时请人力资源重新发送链接。",
            "Too many attempts failed; try again in a few minutes. Browsers that you signed in with before are not "
            "held up; if it is urgent, ask HR for a new link.",
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt (`throttling`); ValidationError where there were too many."""
        # the library takes this back itself where the password was right
        self._login_failed_rl_usage = attempt_count(request, credentials)
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def post_login(self, request: HttpRequest, user: User, **told: Any) -> HttpResponse:
        """The answer to signing in; the browser is known from now on."""
        response: HttpResponse = super().post_login(request, user, **told)
        device_remember(request, response, user)
        for words in account_notices(user=user):
            messages.warning(request, f"{of(words)} {of(ELSE)}")
        return response

    def pre_login(self, request: HttpRequest, user: User, **named: Any) -> HttpResponse | None:
        """The page for closed accounts, by whichever way somebody came who has left."""
        if user.has_left:
            user.is_active = False  # for this sign-in alone: nothing is saved
        answer: HttpResponse | None = super().pre_login(request, user, **named)
        return answer


class OutsideAccounts(DefaultSocialAccountAdapter):
    """A login elsewhere opens an account here only when both were connected before."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never."""
        return False


class SecondFactors(DefaultMFAAdapter):
    """Codes from an app, and recovery codes; what they are made of is kept encrypted."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _CODE,
        "unreadable": both(
            "两步验证的密钥无法解密，请让系统管理员检查服务器的密钥设置。",
            "The secret of your second step cannot be decrypted; ask the administrator to check the server's keys.",
        ),
    }

    def encrypt(self, text: str) -> str:
        """A secret as it is kept."""
        return sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        """A secret as it was; ValidationError where no key of the installation fits, so that nobody comes in by it."""
        try:
            return opened(encrypted_text)
        except Unreadable:
            raise self.validation_error("unreadable") from None
