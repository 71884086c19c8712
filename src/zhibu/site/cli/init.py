"""`zhibu init`: from an empty installation to the first working day."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console
from rich.markup import escape

from zhibu.site.environment import SettingError, database, var_folder

if TYPE_CHECKING:
    from zhibu.accounts.actions import HandedOut
    from zhibu.accounts.scope import Scope
    from zhibu.exchange.models import ImportBatch
    from zhibu.organizations.models import Organization
    from zhibu.people.models import Person

T = TypeVar("T")
DAY = click.DateTime(["%Y-%m-%d"])
WORKBOOK = click.Path(exists=True, dir_okay=False, path_type=Path)
LATER_ON_THE_WEB = "改好后可再次运行 zhibu init，也可由组织部登录后在网页“导入导出”里继续。"


@dataclass(frozen=True)
class Answers:
    """What was given on the command line; what is missing is asked for, or, with ``--yes``, left out."""

    ask: bool
    accept_notices: bool

    def text(self, given: str | None, question: str, *, option: str = "", **options: Any) -> str:
        """The answer; without ``option`` it may be empty, with it the option has to be given under ``--yes``."""
        if given is not None:
            return given.strip()
        if not self.ask:
            if option:
                raise click.ClickException(f"缺少{question}，请用 {option} 给出，或去掉 --yes 逐项填写。")
            return ""
        if option:
            return str(click.prompt(question, **options)).strip()
        return str(click.prompt(question, default="", show_default=False, **options)).strip()


@click.command(name="init")
@click.option("--database", "database_url", help="自己的 PostgreSQL 地址；不填则使用内置数据库")
@click.option("--university", help="学校党组织全称，例如：中共××大学委员会")
@click.option("--established", type=DAY, help="学校党组织建立日期，例如 1953-09-01；默认今天")
@click.option("--administrator", help="首任系统管理员的工号")
@click.option("--administrator-name", help="首任系统管理员的姓名")
@click.option("--organizations", type=WORKBOOK, help="党组织信息采集表")
@click.option("--roster", type=WORKBOOK, help="党员基本信息汇总表")
@click.option("--officer", help="首任组织部工作人员的学工号或姓名（名册中已有其人）")
@click.option("--officer-number", help="其学工号，名册中没有学工号时填写，用作账号")
@click.option("--accept-notices", is_flag=True, help="表格中的提醒已核对，按表中内容写入")
@click.option("--yes", is_flag=True, help="不再询问，只用上面给出的内容")
def command(
    database_url: str | None,
    university: str | None,
    established: datetime | None,
    administrator: str | None,
    administrator_name: str | None,
    organizations: Path | None,
    roster: Path | None,
    officer: str | None,
    officer_number: str | None,
    accept_notices: bool,
    yes: bool,
) -> None:
    """把一个空的安装带到第一个工作日。可以重复运行：已经办好的步骤会跳过。"""
    answers = Answers(ask=not yes, accept_notices=accept_notices)
    _choose_database(database_url, answers)
    scope = _tables()
    root = _said(lambda: _root(scope, university, established, answers))
    _said(lambda: _administrator(scope, administrator, administrator_name, answers))
    imported = [
        _said(lambda: _import(scope, "organizations", "党组织信息采集表", organizations, answers)),
        _said(lambda: _import(scope, "members", "党员基本信息汇总表", roster, answers)),
    ]
    _said(lambda: _officer(scope, root, officer, officer_number, answers))
    _next_steps()
    if not all(imported):
        raise click.ClickException("有表格没有写入，见上面的说明；其余步骤已办好。")


def _done(text: str) -> None:
    Console(highlight=False, soft_wrap=True).print(f"[green]✓[/] {escape(text)}")


def _said(step: Callable[[], T]) -> T:
    """A refusal ends the command as a sentence. What was done before stays, and the next run goes on from there."""
    from zhibu.regulations.refusal import Refusal, Refusals

    try:
        return step()
    except (Refusal, Refusals) as refusal:
        raise click.ClickException(str(refusal)) from refusal


def _choose_database(url: str | None, answers: Answers) -> None:
    """Remember the operator's own server in ``var/database-url`` (mode 600); the embedded one needs nothing."""
    from zhibu.site.environment import text

    file = var_folder() / "database-url"
    if text("DATABASE_URL") or file.exists():
        _done("数据库：使用已设定的 PostgreSQL。")
        return
    if (var_folder() / "postgres" / "PG_VERSION").exists():
        if url:
            raise click.ClickException(
                "这个数据目录已在使用内置数据库，不能改用别的数据库。请换一个 ZHIBU_VAR 目录，或先迁移数据。"
            )
        _done("数据库：使用内置数据库。")
        return
    question = "使用内置数据库吗？（有自己的 PostgreSQL 请答 n）"
    if url is None and answers.ask and not click.confirm(question, default=True):
        url = click.prompt("PostgreSQL 地址（postgresql://用户:口令@主机:端口/库名）", hide_input=True)
    if not url:
        _done("数据库：使用内置数据库。")
        return
    _try(url)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(url)
    _done(f"数据库：地址已记在 {file}。")


def _try(url: str) -> None:
    """An address is remembered only if a server of the right kind answers there."""
    import psycopg

    from zhibu.site.doctor import LEAST_VERSION

    try:
        database(url)
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10000
    except SettingError as error:
        raise click.ClickException(str(error)) from error
    except (psycopg.Error, ValueError) as error:
        reason = next(iter(str(error).strip().splitlines()), "没有应答")
        raise click.ClickException(f"连接不上这个数据库，没有记下地址：{reason}") from error
    if version < LEAST_VERSION:
        raise click.ClickException(f"PostgreSQL 版本过低（{version}），请使用 {LEAST_VERSION} 或更新版本。")


def _tables() -> Scope:
    from zhibu.site.cli import start_django

    start_django()
    from django.core.management import call_command
    from django.db import DatabaseError
    from django.utils import timezone

    from zhibu.accounts.scope import system_scope

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        raise click.ClickException(f"数据表没有建成：{reason}。请核对数据库账号的权限。") from error
    _done("数据表已建立。")
    return system_scope(timezone.localdate())


def _root(scope: Scope, name: str | None, established: datetime | None, answers: Answers) -> Organization:
    from zhibu.organizations.actions import establish
    from zhibu.organizations.enums import Category, Kind
    from zhibu.site.installation import university

    root = university()
    if root is not None:
        _done(f"学校党组织：{root.name}。")
        return root
    name = answers.text(name, "学校党组织全称（与公章一致）", option="--university")
    if established is None and answers.ask:
        question = "学校党组织建立日期（如 1953-09-01，各院系不能早于它；直接回车为今天）"
        established = click.prompt(question, type=DAY, default=f"{scope.today}", show_default=False)
    root = establish(
        scope, parent=None, name=name, kind=Kind.COMMITTEE, category=Category.UPPER, code="ROOT",
        on=established.date() if established else scope.today, may_approve_members=True,
        recorded_since=scope.today,
    )  # fmt: skip
    _done(f"学校党组织：已建立{root.name}，组织代码 ROOT。")
    return root


def _administrator(scope: Scope, username: str | None, name: str | None, answers: Answers) -> None:
    from django.utils import timezone

    from zhibu.accounts.actions import open_account, reset_account
    from zhibu.accounts.models import User
    from zhibu.accounts.rules import normal_username

    known = User.objects.filter(is_administrator=True, is_active=True).order_by("pk")
    same = known.filter(username=normal_username(username)).first() if username else known.first()
    if same is not None and same.is_activated:
        _done(f"系统管理员：{same.display_name}。")
    elif same is not None:
        _done(f"系统管理员：{same.display_name}，尚未启用。")
        if answers.text("y" if username else None, "重新生成启用码吗？原来的作废（y 或直接回车）").lower() == "y":
            _show(reset_account(scope, same, at=timezone.now()))
    else:
        username = answers.text(username, "首任系统管理员的工号（用作账号）", option="--administrator")
        name = answers.text(name, "首任系统管理员的姓名", option="--administrator-name")
        now = timezone.now()
        _show(open_account(scope, username=username, display_name=name, at=now, is_administrator=True))


def _import(scope: Scope, kind: str, title: str, file: Any, answers: Answers) -> bool:
    """Check a workbook, say what is wrong with it, write it if that is wanted. False when it was not written whole."""
    from zhibu.exchange import actions
    from zhibu.exchange.enums import BatchKind, BatchState, RowState
    from zhibu.site.cli.import_ import _show as show_problems

    if file is None and answers.ask:
        question = f"{title}的文件（没有就直接回车，以后在网页上导入）"
        file = click.prompt(question, type=MaybeFile(), default="", show_default=False)
    if not file:
        return True
    batch = actions.upload(scope, BatchKind(kind), file.read_bytes(), file.name)
    batch = actions.check(batch.pk, scope=scope)
    click.echo(f"{title}：{file.name}")
    if batch.state == BatchState.FAILED:
        click.echo(f"{batch.summary['failure']}{batch.summary['remedy']}")
        return False
    writable, errors = show_problems(batch), batch.count(RowState.ERROR)
    if not writable:
        if not errors:
            actions.discard(scope, batch.pk)
        click.echo("没有可以写入的行。" + LATER_ON_THE_WEB if errors else "表中内容与系统一致，没有需要写入的。")
        return not errors
    if not _wanted(batch, writable, errors, answers):
        click.echo(f"没有写入，批次 {batch.pk} 留待确认。{LATER_ON_THE_WEB}")
        return False
    actions.confirm(scope, batch.pk, only_clean=bool(errors), accept_notices=True)
    batch = actions.commit(batch.pk, scope=scope)
    if batch.state != BatchState.COMMITTED:
        click.echo(batch.summary.get("interrupted", "没有写入。"))
        return False
    _done(f"{title}：写入 {writable} 行" + (f"，{errors} 行有错误没有写入。{LATER_ON_THE_WEB}" if errors else "。"))
    return not errors


class MaybeFile(click.Path):
    """A file that is there, or nothing."""

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(value, param, ctx) if value else None


def _wanted(batch: ImportBatch, writable: int, errors: int, answers: Answers) -> bool:
    """Whether to write now. Without questions only what is clean, and notices only if they were accepted."""
    if not answers.ask:
        return not errors and (answers.accept_notices or not batch.notices)
    if errors:
        return click.confirm(f"{errors} 行有错误。先只写入没有错误的 {writable} 行吗？", default=False)
    if batch.notices and not answers.accept_notices:
        return click.confirm(f"以上 {batch.notices} 处提醒已核对，写入 {writable} 行吗？", default=False)
    return click.confirm(f"写入 {writable} 行吗？", default=True)


def _officer(scope: Scope, root: Organization, who: str | None, number: str | None, answers: Answers) -> None:
    """Give one person of the roster the office's post at the root and an account."""
    from zhibu.organizations.actions import appoint
    from zhibu.organizations.enums import PostKind
    from zhibu.organizations.models import Tenure
    from zhibu.people.queries import by_number_or_name

    held = Tenure.objects.filter(organization=root, post=PostKind.OFFICER, ended_on__isnull=True)
    first = held.select_related("person__user").order_by("pk").first()
    if who is None and first is not None:
        _done(f"组织部工作人员：{first.person.name}。")
        _open_account(scope, first.person, number, answers)
        return
    if who is None and not _has_people():
        return
    who = answers.text(who, "首任组织部工作人员的学工号或姓名（没有就直接回车，以后再运行 zhibu init）")
    if not who:
        return
    person = by_number_or_name(scope, who)
    if not held.filter(person=person).exists():
        appoint(scope, root, person=person, post=PostKind.OFFICER, on=scope.today)
    _done(f"组织部工作人员：{person.name}。")
    _open_account(scope, person, number, answers)


def _has_people() -> bool:
    from zhibu.people.models import Person

    return Person.objects.exists()


def _open_account(scope: Scope, person: Person, number: str | None, answers: Answers) -> None:
    from django.utils import timezone

    from zhibu.accounts.actions import reset_account
    from zhibu.people.actions import hand_out_account, update

    if person.user is not None and person.user.is_activated:
        return
    if person.user is not None:
        if answers.text(None, "其账号尚未启用。重新生成启用码吗？原来的作废（y 或直接回车）").lower() == "y":
            _show(reset_account(scope, person.user, at=timezone.now()))
        return
    if not person.number:
        number = answers.text(number, f"{person.name}的学工号（用作账号）", option="--officer-number")
        update(scope, person, {"number": number}, reason="初始化时补填学工号")
        person.refresh_from_db()
    _show(hand_out_account(scope, person, at=timezone.now()))


def _show(item: HandedOut) -> None:
    """At once, not at the end: the code exists nowhere else."""
    from django.utils import timezone

    until = timezone.localtime(item.expires_at)
    console = Console(highlight=False, soft_wrap=True)
    name, account = escape(item.user.display_name), escape(item.user.username)
    console.print(f"\n  {name}  账号：[bold]{account}[/]  启用码：[bold]{item.code}[/]")
    console.print(
        f"  只显示这一次，{until:%Y-%m-%d %H:%M} 前有效。请交给本人，在登录页选择“启用账号”，自己设置口令。\n"
    )


def _next_steps() -> None:
    click.echo("\n接下来：")
    click.echo("  1. zhibu serve 启动网站。")
    click.echo("  2. 组织部登录后，在“党组织”里任命书记和组织员，在“账号”里逐级发放启用码。")
    click.echo("  3. zhibu doctor 检查安装；把 var/keys/ 与数据库分开备份。")
