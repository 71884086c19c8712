"""`zhibu init`: from an empty installation to the first working day."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from zhibu.site.environment import SettingError, database, var_folder

if TYPE_CHECKING:
    from zhibu.accounts.actions import HandedOut
    from zhibu.accounts.scope import Scope
    from zhibu.organizations.models import Organization

console = Console()


@click.command(name="init")
@click.option("--database", "database_url", help="自己的 PostgreSQL 地址；不填则使用内置数据库")
@click.option("--university", help="学校党组织全称，例如：中共××大学委员会")
@click.option("--administrator", help="首任系统管理员的工号")
@click.option("--administrator-name", help="首任系统管理员的姓名")
@click.option("--organizations", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="党组织信息采集表")
@click.option("--roster", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="党员基本信息汇总表")
@click.option("--officer", help="组织部工作人员的学工号（名册中已有其人）")
@click.option("--yes", is_flag=True, help="不再询问，只用上面给出的内容")
def command(
    database_url: str | None,
    university: str | None,
    administrator: str | None,
    administrator_name: str | None,
    organizations: Path | None,
    roster: Path | None,
    officer: str | None,
    yes: bool,
) -> None:
    """把一个空的安装带到第一个工作日。可以重复运行:已经办好的步骤会跳过。"""
    ask = not yes
    _choose_database(database_url, ask=ask)
    from zhibu.site.cli import start_django

    start_django()
    from django.core.management import call_command
    from django.utils import timezone

    from zhibu.accounts.scope import system_scope

    call_command("migrate", verbosity=0, interactive=False)
    console.print("[green]✓[/] 数据表已建立。")
    scope = system_scope(timezone.localdate())
    root = _root(scope, university, ask=ask)
    handed = [_administrator(scope, administrator, administrator_name, ask=ask)]
    _import("organizations", "党组织信息采集表", organizations, ask=ask)
    _import("members", "党员基本信息汇总表", roster, ask=ask)
    handed.append(_officer(scope, root, officer, ask=ask))
    _show([item for item in handed if item is not None])


def _choose_database(url: str | None, *, ask: bool) -> None:
    """Remember the operator's own server in ``var/database-url`` (mode 600); nothing is written for the embedded one."""
    file = var_folder() / "database-url"
    if os.environ.get("DATABASE_URL") or file.exists():
        return
    if url is None and ask and not click.confirm("使用内置数据库（推荐先试用时使用）？", default=True):
        url = click.prompt("PostgreSQL 地址（postgresql://用户:口令@主机:端口/库名）", hide_input=True)
    if url:
        try:
            database(url)
        except SettingError as error:
            raise click.ClickException(str(error)) from error
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
            stream.write(url)
        console.print(f"[green]✓[/] 数据库地址已记在 {file}。")


def _root(scope: Scope, name: str | None, *, ask: bool) -> Organization:
    from zhibu.organizations.actions import establish
    from zhibu.organizations.enums import Category, Kind
    from zhibu.site.installation import university

    root = university()
    if root is not None:
        console.print(f"[green]✓[/] 学校党组织已有：{root.name}。")
        return root
    if name is None:
        if not ask:
            raise click.ClickException("还没有学校党组织，请用 --university 给出全称。")
        name = click.prompt("学校党组织全称（与公章一致）")
    root = establish(
        scope, parent=None, name=name, kind=Kind.COMMITTEE, category=Category.UPPER, code="ROOT", on=scope.today,
        may_approve_members=True,
    )  # fmt: skip
    console.print(f"[green]✓[/] 已建立 {root.name}。")
    return root


def _administrator(scope: Scope, username: str | None, name: str | None, *, ask: bool) -> HandedOut | None:
    from django.utils import timezone

    from zhibu.accounts.actions import open_account
    from zhibu.accounts.models import User
    from zhibu.regulations.refusal import Refusal

    if User.objects.filter(is_administrator=True, is_active=True).exists() and username is None:
        console.print("[green]✓[/] 已有系统管理员。")
        return None
    if username is None:
        if not ask:
            raise click.ClickException("还没有系统管理员，请用 --administrator 给出工号。")
        username = click.prompt("首任系统管理员的工号")
    if name is None:
        name = click.prompt("首任系统管理员的姓名") if ask else username
    try:
        return open_account(scope, username=username, display_name=name, at=timezone.now(), is_administrator=True)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal


def _import(kind: str, title: str, file: Path | None, *, ask: bool) -> None:
    """Import a workbook as `zhibu import` would; what is wrong with it is listed there and nothing is written."""
    if file is None and ask:
        answer = click.prompt(f"{title}的文件（没有就直接回车，以后在网页上导入）", default="", show_default=False)
        file = Path(answer) if answer else None
    if file is None:
        return
    from zhibu.site.cli.import_ import command as import_command

    click.get_current_context().invoke(import_command, file=file, kind=kind, confirm=True)


def _officer(scope: Scope, root: Organization, number: str | None, *, ask: bool) -> HandedOut | None:
    """Give one person of the roster the office's post at the root and an account."""
    from django.utils import timezone

    from zhibu.organizations.actions import appoint
    from zhibu.organizations.enums import PostKind
    from zhibu.people.actions import hand_out_account
    from zhibu.people.queries import by_number_or_name
    from zhibu.regulations.refusal import Refusal

    if number is None and ask:
        number = click.prompt("组织部工作人员的学工号或姓名（没有就直接回车）", default="", show_default=False)
    if not number:
        return None
    try:
        person = by_number_or_name(scope, number)
        appoint(scope, root, person=person, post=PostKind.OFFICER, on=scope.today)
        return hand_out_account(scope, person, at=timezone.now())
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal


def _show(handed: list[HandedOut]) -> None:
    for item in handed:
        console.print(
            f"\n[bold]{item.user.display_name}[/]({item.user.username})的启用码:[bold]{item.code}[/]\n"
            f"只显示这一次，{item.expires_at:%Y-%m-%d %H:%M} 前有效。请交给本人，在登录页选择“启用账号”，自己设置口令。"
        )
    console.print(
        "\n接下来：\n  1. zhibu serve 启动网站；\n  2. 组织部登录后，在“党组织”里任命书记和组织员，在“账号”里逐级发放启用码；"
    )
    console.print("  3. zhibu doctor 检查安装；把 var/keys/ 与数据库分开备份。")
