"""`zhibu refresh` and `zhibu score` from the command line."""

from datetime import date

import pytest
from click.testing import CliRunner
from django.conf import LazySettings

from tests.cast import make_cast
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import Meeting
from zhibu.site.cli import main

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(settings: LazySettings, tmp_path):
    settings.LAKE = tmp_path / "lake"
    return lambda *words: CliRunner().invoke(main, [*words])


def test_refresh_then_score(run) -> None:
    cast = make_cast()
    Meeting.objects.create(organization=cast.branch, kind=Kind.GENERAL, held_on=date(2026, 7, 9), state=State.RECORDED)
    early = run("score", "--period", "2026Q3")
    assert early.exit_code == 1 and "请先运行 zhibu refresh" in early.output
    refreshed = run("refresh", "--today", "2026-11-21")
    assert refreshed.exit_code == 0, refreshed.output
    assert "数据仓第 1 批" in refreshed.output
    again = run("refresh", "--today", "2026-11-21")
    assert "导出 0 个文件" in again.output
    scored = run("score", "--period", "2026Q3")
    assert scored.exit_code == 0, scored.output
    assert "2026年第三季度：6 个党组织" in scored.output
    assert "暂计" in run("score", "--all").output


@pytest.mark.parametrize(
    ("words", "says"),
    [((), "请用 --period"), (("--all", "--period", "2026Q3"), "请用 --period"), (("--period", "Q3"), "例如 2026Q3")],
)
def test_bad_requests_are_explained(run, words: tuple[str, ...], says: str) -> None:
    result = run("score", *words)
    assert result.exit_code != 0 and says in result.output
