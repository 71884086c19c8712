"""`zhibu score`: compute the scores of a period, or of all."""

import click

from zhibu.site.cli import start_django


@click.command(name="score")
@click.option("--period", help="考核期，按方案的周期写，例如 2026Q3、2026M09、2026H1、2026Y1")
@click.option("--all", "everything", is_flag=True, help="有记录以来的全部考核期")
def command(period: str | None, everything: bool) -> None:
    """按现行方案评价每一级党组织。"""
    if bool(period) == everything:
        raise click.UsageError("请用 --period 2026Q3 指明一个考核期，或用 --all 计算全部考核期。")
    start_django()
    from django.utils import timezone

    from zhibu.accounts.scope import system_scope
    from zhibu.assessment import actions
    from zhibu.assessment.scheme import SchemeError
    from zhibu.indicators.periods import Period
    from zhibu.regulations.refusal import Refusal
    from zhibu.site.cli.progress import bars
    from zhibu.warehouse.engines import EngineMissing

    scope = system_scope(timezone.localdate())
    try:
        with bars() as progress:
            if everything:
                runs = actions.score_all(scope, progress=progress)
            else:
                runs = [actions.score(scope, Period.parse(period or ""), progress=progress)]
    except (Refusal, ValueError, SchemeError, EngineMissing) as problem:
        raise click.ClickException(str(problem)) from problem
    for run in runs:
        mark = "（考核期未结束，暂计）" if run.is_provisional else ""
        count, batch = run.scores.count(), run.lake_generation
        click.echo(f"{run.span.label}{mark}：{count} 个党组织，方案 {run.scheme}，数据第 {batch} 批。")
