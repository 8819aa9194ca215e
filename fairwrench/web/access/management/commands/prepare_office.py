"""What an installation needs before the first person comes in; run at each start, and harmless when run again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from fairwrench.web.access.credentials.encryption import factors_seal
from fairwrench.web.access.users.invitations import administrator_invite, nobody_came_in
from fairwrench.web.org.organisation import positions_ensure, scheme_of_office, unit_group
from fairwrench.web.ui.files.folders import folders_tighten


class Command(BaseCommand):
    """Folders kept from others, the group, the scheme's positions, second factors under the present key, a link for the
    first administrator."""

    help = (
        "Keep what lies on the disk from other users; make the group and the scheme's positions; encrypt second "
        "factors with the present key; "
        "print a link for the first administrator while nobody can sign in."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, and print the link where one was made."""
        if changed := folders_tighten():
            self.stdout.write(
                f"已收紧 {changed} 个文件和文件夹的权限：只有运行本程序的用户（及台账的指定用户组）能读取。"
            )
            self.stdout.write(
                f"{changed} files and folders were open to others; they are the owner's alone from now on."
            )
        unit_group()
        positions_ensure(codes=scheme_of_office().positions)
        factors_seal()
        if nobody_came_in():
            link = administrator_invite()
            self.stdout.write("第一位系统管理员（admin）请用此链接设置密码，七天内有效，只能用一次：")
            self.stdout.write("The first administrator (admin) sets a password here; works for seven days, and once:")
            self.stdout.write(f"\n  {link}\n")
