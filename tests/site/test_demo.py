"""`zhibu demo` can be killed at every step; the next start does what is left, and a whole one takes seconds."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psycopg
import pytest
from rich.cells import cell_len

from tests.site.conftest import NewDatabase, environment, zhibu

PREPARE = ("demo", "--prepare-only")
KILL = """
import os, signal, django
from zhibu.site.postgres import ensure_database
ensure_database()
os.environ["DJANGO_SETTINGS_MODULE"] = "zhibu.site.settings"
django.setup()
import {module}
{module}.{name} = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
"""
# From the last write of the generation, still inside its transaction, to the scores.
STEPS = ["zhibu.demo.generate:_write_truth", "zhibu.demo.accounts:hand_out", "zhibu.warehouse.actions:refresh",
         "zhibu.assessment.actions:score_all"]  # fmt: skip


def counted(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])


def killed_at(step: str, env: dict[str, str]) -> None:
    module, name = step.split(":")
    ended = zhibu(*PREPARE, env=env, before=KILL.format(module=module, name=name))
    assert ended.returncode == -9, ended.stderr


def test_killed_at_every_step_the_next_start_completes_it(tmp_path: Path, new_database: NewDatabase) -> None:
    url, var = new_database(), tmp_path / "var"
    env = environment(var, url, SCALE="0.03")
    accounts = var / "demo-accounts.txt"

    killed_at(STEPS[0], env)
    assert counted(url, "organizations_organization") == 0
    killed_at(STEPS[1], env)
    people = counted(url, "people_person")
    assert 0 < people < 1500
    assert not accounts.exists()
    killed_at(STEPS[2], env)
    assert accounts.exists()
    killed_at(STEPS[3], env)
    assert (var / "lake" / "manifest.json").exists()
    assert counted(url, "assessment_scorerun") == 0
    kept = accounts.read_text(encoding="utf-8")

    whole = zhibu(*PREPARE, env=env)
    again = zhibu(*PREPARE, env=env)

    assert (whole.returncode, again.returncode) == (0, 0), whole.stderr + again.stderr
    assert not any(step in again.stdout for step in ("写入人员", "更新数据仓", "计算评价结果"))
    assert counted(url, "assessment_scorerun") > 10
    assert counted(url, "people_person") == people
    assert accounts.read_text(encoding="utf-8") == kept
    assert accounts.stat().st_mode & 0o077 == 0
    readable(again, kept)


def readable(ended: subprocess.CompletedProcess[str], kept: str) -> None:
    """Every name and password in full on one line, every note in full on several, at 80 columns."""
    accounts = [line.split("\t") for line in kept.splitlines() if line and not line.startswith("#")]
    roles = ["党员", "党支部书记", "院系组织员", "学校组织部", "系统管理员", "检查人员"]
    assert [role for role, *_ in accounts] == roles
    lines = ended.stdout.splitlines()
    for _, name, password, _ in accounts:
        assert any(name in line and password in line for line in lines)
    table = lines[next(number for number, line in enumerate(lines) if line.startswith("角色")) :]
    assert all(cell_len(line.rstrip()) <= 80 for line in table if not line.startswith("以上账号"))
    told = "".join(ended.stdout.split())
    assert "…" not in told
    assert all(note[-6:] in told.replace("\n", "") for *_, note in accounts if len(note) < 20)


@pytest.mark.django_db
def test_the_demo_leaves_a_real_installation_alone(cast: object) -> None:
    from click.testing import CliRunner

    from zhibu.accounts.models import User
    from zhibu.site.cli.demo import command

    before = list(User.objects.order_by("pk").values_list("password", flat=True))

    result = CliRunner().invoke(command, ["--prepare-only"])

    assert result.exit_code == 1
    assert "这里已有正式数据，不能当作演示启动" in result.output
    assert list(User.objects.order_by("pk").values_list("password", flat=True)) == before


@pytest.mark.parametrize("scale", ["0.01", "50"])
def test_a_scale_without_every_role_or_beyond_the_machine_is_refused_at_once(scale: str) -> None:
    from click.testing import CliRunner

    from zhibu.site.cli.demo import command

    result = CliRunner().invoke(command, ["--prepare-only"], env={"SCALE": scale})

    assert (result.exit_code, "应在 0.03 与 20 之间" in result.output) == (1, True)
