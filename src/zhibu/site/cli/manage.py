"""`zhibu manage …`: Django's own commands against this installation's database."""

import click

from zhibu.site.cli import start_django


@click.command(
    name="manage", context_settings={"ignore_unknown_options": True, "help_option_names": []}, add_help_option=False
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Django 管理命令,例如 zhibu manage migrate。"""
    start_django()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["zhibu manage", *arguments])
