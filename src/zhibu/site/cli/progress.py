"""Progress bars for commands that take long."""

from contextlib import AbstractContextManager

from rich.console import Console

from zhibu.site.cli.demo import Report, _progress


def bars() -> AbstractContextManager[Report]:
    """``report(step, done, total)`` draws a bar per step on standard error."""
    return _progress(Console(stderr=True))
