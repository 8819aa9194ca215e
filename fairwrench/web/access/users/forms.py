"""Forms of accounts, roles and one's own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError

from fairwrench.web.access.choosing.choosing import PersonField, chosen_by
from fairwrench.web.access.choosing.finding import UNINVITED
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.reach import PARTS
from fairwrench.web.org.models import Unit
from fairwrench.web.org.organisation import unit_label
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.words import both, pick

if TYPE_CHECKING:
    _OfUnits = forms.ModelChoiceField[Unit]
    _OfUser = forms.ModelForm[User]
else:  # Django's own know no type of their model while they run
    _OfUnits, _OfUser = forms.ModelChoiceField, forms.ModelForm


class UnitChoice(_OfUnits):
    """A unit, named with what it hangs below."""

    def label_from_instance(self, obj: Unit) -> str:
        """The unit's name led by its store's."""
        return unit_label(obj)


class GrantForm(forms.Form):
    """A role, and the unit for which it holds."""

    role = forms.ChoiceField(label=both("角色", "Role"), choices=[("", both("请选择", "Choose")), *Grant.Role.choices])
    unit = UnitChoice(
        label=both("适用范围", "For"),
        # what a role reaches is whole stores: one held for a department would reach all of its store
        queryset=Unit.objects.exclude(kind__in=(Unit.Kind.GROUP, *PARTS)).select_related("parent"),
        required=False,
        empty_label=both("全集团", "The whole group"),
    )

    def clean(self) -> dict[str, Any]:
        """Refused where somebody thinks that an administrator can be one of a single store."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("role") == Grant.Role.ADMINISTRATOR and given.get("unit"):
            self.add_error(
                "unit",
                pick(
                    "系统管理员管理整个集团，不能只授予一家门店；适用范围请选“全集团”。",
                    "An administrator is one of the whole group; choose that, or another role.",
                ),
            )
        return given


def free_address(email: str, own: User | None = None) -> str:
    """An address that nobody else signs in with; ValidationError for another."""
    others = User.objects.filter(email__iexact=email)
    if own is not None:
        others = others.exclude(pk=own.pk)
    if email and others.exists():
        raise ValidationError(pick("已有账号使用这个邮箱。", "Another account uses this address."))
    return email


class InviteForm(forms.Form):
    """Which employee is given an account."""

    employee = PersonField(label=both("员工", "Employee"), among=UNINVITED)
    email = forms.EmailField(label=both("邮箱（可选，可用于登录）", "E-mail (optional; signs in too)"), required=False)

    def __init__(self, *given: Any, user: User, **options: Any) -> None:
        super().__init__(*given, **options)
        chosen_by(self, user)

    def clean_email(self) -> str:
        """An address that nobody else signs in with."""
        return free_address(str(self.cleaned_data["email"]))


class OutsiderForm(GrantForm):
    """Somebody who is not on the roster: what they are called, how they sign in, and what they are to see."""

    name = BareTextField(label=both("姓名", "Name"), max_length=60)
    email = forms.EmailField(label=both("邮箱（可用于登录）", "E-mail (signs in too)"))
    field_order = ("name", "email")

    def clean_email(self) -> str:
        """An address that nobody else signs in with."""
        return free_address(str(self.cleaned_data["email"]))


class AccountForm(_OfUser):
    """What somebody off the roster is called, and who on it somebody is."""

    name = BareTextField(label=both("姓名", "Name"), max_length=60, required=False)
    email = forms.EmailField(label=both("邮箱（可用于登录）", "E-mail (signs in too)"), required=False)
    employee = PersonField(
        label=both("花名册上的员工（可选）", "Who it is on the roster (optional)"), among=UNINVITED, required=False
    )

    class Meta:
        model = User
        fields = ("name", "email", "employee")

    def __init__(self, *given: Any, user: User, **options: Any) -> None:
        super().__init__(*given, **options)
        chosen_by(self, user, self.instance.employee)
        self.initial["employee"] = self.instance.employee

    def clean_email(self) -> str:
        """An address that nobody else signs in with."""
        return free_address(str(self.cleaned_data["email"]), self.instance)


class ViewAsForm(forms.Form):
    """Why somebody looks as somebody else."""

    reason = BareTextField(label=both("原因（会记入操作记录）", "Why (it is logged)"), max_length=120)


class PasswordForm(forms.Form):
    """A first password, twice."""

    first = forms.CharField(
        label=both("新密码", "New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    second = forms.CharField(
        label=both("再输一次", "Once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *given: Any, user: User, **options: Any) -> None:
        super().__init__(*given, **options)
        self.user = user
        self.fields["first"].help_text = "".join(password_validators_help_texts())

    def clean_first(self) -> str:
        """A password that the rules take."""
        password = str(self.cleaned_data["first"])
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        """Twice the same."""
        found = super().clean() or {}
        if found.get("first") and found.get("second") and found["first"] != found["second"]:
            self.add_error("second", pick("两次输入的密码不一致。", "The two are not the same."))
        return found


class ProfileForm(_OfUser):
    """How the pages look, and the address by which one may sign in."""

    language = forms.ChoiceField(label=both("语言", "Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=both("外观", "Look"), choices=User.Theme.choices)
    email = forms.EmailField(label=both("邮箱（可用于登录）", "E-mail (signs in too)"), required=False)

    class Meta:
        model = User
        fields = ("language", "theme", "email")

    def clean_email(self) -> str:
        """An address that nobody else signs in with."""
        return free_address(str(self.cleaned_data["email"]), self.instance)
