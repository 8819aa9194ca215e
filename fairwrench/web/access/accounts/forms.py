"""The forms of signing in and of passwords, with words of ours."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm, SetPasswordForm
from django import forms

from fairwrench.web.ui.words import both


def _name(form: forms.Form, **labels: str) -> None:
    """Give fields their labels; what a label says stands in no field besides."""
    for name, label in labels.items():
        if name in form.fields:
            form.fields[name].label = label
            form.fields[name].widget.attrs.pop("placeholder", None)


class SignInForm(LoginForm):
    """User name or e-mail, and password."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        _name(
            self,
            login=both("用户名或邮箱", "User name or e-mail"),
            password=both("密码", "Password"),
            remember=both("在这台设备上保持登录", "Stay signed in on this device"),
        )
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        self.fields["password"].help_text = ""


class NewPasswordForm(SetPasswordForm):
    """A first password, or one in the place of a forgotten one."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        _name(self, password1=both("新密码", "New password"), password2=both("再输一次", "Once more"))


class OtherPasswordForm(ChangePasswordForm):
    """Another password in the place of the known one."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        _name(
            self,
            oldpassword=both("现在的密码", "Present password"),
            password1=both("新密码", "New password"),
            password2=both("再输一次", "Once more"),
        )
        self.fields["oldpassword"].help_text = ""


class SamePersonForm(ReauthenticateForm):
    """The password once more, before what matters is changed."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        _name(self, password=both("密码", "Password"))
        self.fields["password"].help_text = ""
