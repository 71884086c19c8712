"""`zhibu init` leads from an empty folder to the first working day, and can be run again at any point."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.test import Client

from tests.cast import Cast
from tests.exchange.files import MEMBER, ORGANIZATION, members_file, organizations_file
from tests.site.conftest import NewDatabase, Served, environment, zhibu
from zhibu.accounts.models import User
from zhibu.organizations.enums import PostKind
from zhibu.organizations.models import Organization, Tenure
from zhibu.people.models import Person
from zhibu.site.cli.init import command

CODE = r"启用码：([0-9A-Z]{4}(?:-[0-9A-Z]{4})+)"
UNIVERSITY = "中共虚构大学委员会"
BASIC = ("--yes", "--university", UNIVERSITY, "--established", "1953-09-01", "--administrator", "admin01",
         "--administrator-name", "管理员")  # fmt: skip


def run(*arguments: str, typed: str = "") -> Result:
    """In this process and in the test's own database; what is asked is answered from ``typed``."""
    return CliRunner().invoke(command, arguments, input=typed)


@pytest.fixture
def workbooks(tmp_path: Path) -> tuple[Path, Path]:
    form, roster = tmp_path / "党组织.xlsx", tmp_path / "党员.xlsx"
    branch = {"code": "B1", "name": "示范党支部", "parent": "NEW1", "kind": "党支部", "category": "教师党支部"}
    form.write_bytes(organizations_file(ORGANIZATION, {**ORGANIZATION, **branch, "may_approve_members": "否"}))
    roster.write_bytes(members_file({**MEMBER, "organization": "B1"}))
    return form, roster


@pytest.mark.django_db
def test_flags_lead_to_an_administrator_and_an_officer_with_one_code_each(
    workbooks: tuple[Path, Path], client: Client
) -> None:
    form, roster = map(str, workbooks)

    result = run(*BASIC, "--organizations", form, "--roster", roster, "--officer", "张三", "--officer-number", "1001")

    assert result.exit_code == 0, result.output
    root = Organization.objects.get(depth=1)
    assert (root.name, str(root.established_on), root.may_approve_members) == (UNIVERSITY, "1953-09-01", True)
    officer = Person.objects.get(name="张三")
    assert [(held.organization, held.person) for held in Tenure.objects.filter(post=PostKind.OFFICER)] == [
        (root, officer)
    ]
    codes = re.findall(CODE, result.output)
    assert len(codes) == 2
    assert not any(user.has_usable_password() for user in User.objects.all())
    password = "a-quite-long-phrase-7"
    typed = {"username": "1001", "code": codes[1], "password": password, "again": password}
    assert client.post("/account/activate/", typed).status_code == 302
    assert client.post("/account/sign-in/", {"username": "1001", "password": password}).status_code == 302
    assert "等我办理" in client.get("/").content.decode()


@pytest.mark.django_db
def test_a_second_run_skips_what_is_done_and_offers_a_new_code_for_what_was_not_used(
    workbooks: tuple[Path, Path],
) -> None:
    form, roster = map(str, workbooks)
    everything = (*BASIC, "--organizations", form, "--roster", roster, "--officer", "张三", "--officer-number", "1001")
    first = run(*everything)

    again = run(*everything)

    assert again.exit_code == 0, again.output
    assert Organization.objects.count() == 3
    assert Person.objects.count() == 1
    assert Tenure.objects.count() == 1
    assert "表中内容与系统一致" in again.output
    old, new = (re.findall(CODE, result.output) for result in (first, again))
    assert len(new) == 1 and new[0] not in old  # the administrator's; the officer is asked before a new one is made


@pytest.mark.django_db
def test_who_has_chosen_a_password_gets_no_new_code() -> None:
    run(*BASIC)
    administrator = User.objects.get()
    administrator.set_password("a-quite-long-phrase-7")
    administrator.save()

    again = run(*BASIC)

    assert (again.exit_code, re.findall(CODE, again.output)) == (0, [])
    assert User.objects.get().password == administrator.password


@pytest.mark.django_db
def test_questions_lead_the_same_way(workbooks: tuple[Path, Path]) -> None:
    form, roster = map(str, workbooks)
    answers = [UNIVERSITY, "1953-09-01", "admin01", "管理员", form, "y", roster, "y", "张三", "1001"]

    result = run(typed="\n".join(answers) + "\n")

    assert result.exit_code == 0, result.output
    assert len(re.findall(CODE, result.output)) == 2
    assert Tenure.objects.get().post == PostKind.OFFICER


@pytest.mark.django_db
def test_a_bad_workbook_is_told_cell_by_cell_and_the_rest_goes_on(workbooks: tuple[Path, Path]) -> None:
    form, roster = workbooks
    roster.write_bytes(members_file({**MEMBER, "organization": "B1", "gender": "？"}))

    result = run(*BASIC, "--organizations", str(form), "--roster", str(roster))

    assert result.exit_code == 1
    assert "性别〔错误〕" in result.output
    assert "导入导出" in result.output
    assert "有表格没有写入" in result.output
    assert len(re.findall(CODE, result.output)) == 1
    assert (Organization.objects.count(), Person.objects.count()) == (3, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--yes",), "缺少学校党组织全称（与公章一致），请用 --university 给出"),
        (("--yes", "--university", UNIVERSITY), "请用 --administrator 给出"),
        (("--yes", "--university", " "), "党组织名称不能为空。"),
        (("--yes", "--university", UNIVERSITY, "--established", "2999-01-01"), "2999-01-01"),
        (
            ("--yes", "--university", UNIVERSITY, "--administrator", "管 理", "--administrator-name", "管"),
            "账号不能为空",
        ),
        ((*BASIC, "--officer", "无此人"), "名册里没有学工号或姓名是“无此人”的人。"),
    ],
)
def test_every_refusal_is_a_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    result = run(*arguments)

    assert result.exit_code == 1
    assert sentence in result.output
    assert "Traceback" not in result.output


@pytest.mark.django_db
def test_someone_who_is_not_a_member_cannot_be_the_officer(cast: Cast) -> None:
    from zhibu.people.enums import StageKind

    Person.objects.filter(pk=cast.member.pk).update(stage=StageKind.APPLICANT)

    result = run("--yes", "--officer", "孟员")

    assert result.exit_code == 1
    assert "孟员不是党员，不能担任党内职务。" in result.output


def test_an_own_database_is_remembered_for_its_owner_only(tmp_path: Path, new_database: NewDatabase) -> None:
    url = new_database()

    ended = zhibu("init", *BASIC, "--database", url, env=environment(tmp_path / "var"))

    assert ended.returncode == 0, ended.stderr
    kept = tmp_path / "var" / "database-url"
    assert kept.read_text() == url
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert not (tmp_path / "var" / "postgres").exists()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://127.0.0.1/zhibu", "只支持 PostgreSQL"),
        ("postgresql://nobody@127.0.0.1:1/zhibu", "连接不上这个数据库，没有记下地址"),
    ],
)
def test_an_address_that_does_not_answer_is_not_remembered(tmp_path: Path, url: str, sentence: str) -> None:
    ended = zhibu("init", *BASIC, "--database", url, env=environment(tmp_path / "var"))

    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert not (tmp_path / "var" / "database-url").exists()


def test_from_an_empty_folder_with_the_embedded_database_even_when_that_is_killed(
    embedded: Path, serve: Callable[[dict[str, str]], Served]
) -> None:
    """The whole way in real processes: questions, serving, the database's sudden death, a second start."""
    env = environment(embedded / "var")
    answers = ["y", UNIVERSITY, "", "admin01", "管理员", "", ""]
    ended = zhibu("init", env=env, typed="\n".join(answers) + "\n")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert len(re.findall(CODE, ended.stdout)) == 1
    assert {stat.S_IMODE(file.stat().st_mode) for file in (embedded / "var" / "keys").iterdir()} == {0o600}

    served = serve(env)
    os.kill(int((embedded / "var/postgres/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    served.wait_for(lambda: served.get("/healthz")[0] == 503)
    status, text = served.get("/", cookie="sessionid=some-session-to-look-up")
    assert status == 503
    assert "数据库暂时连接不上" in text and "zhibu doctor" in text
    os.kill(served.children()["worker"], signal.SIGKILL)  # it would look for its database as long as it may
    served.end()

    assert serve(env).get("/account/sign-in/")[0] == 200


def test_a_first_start_killed_while_the_database_is_made_is_begun_anew(embedded: Path) -> None:
    """What `initdb` leaves when it is killed: folders, and the file by which a database is told from nothing."""
    var = embedded / "var"
    half = var / "postgres"
    (half / "base").mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    ask = "from zhibu.site.postgres import ensure_database; print(ensure_database())"

    ended = subprocess.run(
        [sys.executable, "-c", ask], env=environment(var), capture_output=True, text=True, timeout=120
    )

    assert ended.stdout.startswith("postgresql://"), ended.stderr
