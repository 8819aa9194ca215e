"""How accounts come about: by invitation or from the roster, never by signing up."""

from __future__ import annotations

from typing import ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest

from fairwrench.web.people.sealing import Unreadable, opened, sealed
from fairwrench.web.ui.words import both

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
            "登录失败次数过多，请过几分钟再试。", "Too many attempts failed; try again in a few minutes."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False


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
