"""The `zhibu` command. Each subcommand stands in a module of its own and is loaded only when it is called."""

import importlib
import os

import click

COMMANDS = {
    "init": "把一个空的安装带到第一个工作日",
    "serve": "启动网站（和后台任务）",
    "worker": "只启动后台任务",
    "demo": "生成并启动一所虚构的大学",
    "import": "从命令行导入表格",
    "export": "从命令行导出表格",
    "refresh": "把新的记录送入数据仓",
    "score": "计算评价结果",
    "rules": "查询规程条目",
    "doctor": "检查安装并说明如何修复",
    "manage": "Django 管理命令（维护人员用）",
}
MODULES = {"import": "import_", "export": "export_"}


class Commands(click.Group):
    """Loads a command's module only when it is asked for, so that `zhibu --help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"zhibu.site.cli.{MODULES.get(cmd_name, cmd_name)}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """支部：高校基层党组织日常工作平台。"""


def start_django() -> None:
    """Make sure that a database server runs and that Django is loaded; every command that needs data calls this.

    What an operator set wrongly ends the command with a sentence.
    """
    from zhibu.site.environment import SettingError
    from zhibu.site.postgres import DatabaseFailed, ensure_database

    try:
        ensure_database()
        _load()
    except (SettingError, DatabaseFailed) as error:
        raise click.ClickException(str(error)) from error


def _load() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhibu.site.settings")
    import django

    django.setup()
