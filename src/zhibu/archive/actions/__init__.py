"""What can be done with folders: filing, correcting, withdrawing, and reading that leaves a trace."""

from zhibu.archive.actions.filing import add, withdraw
from zhibu.archive.actions.reading import open_folder, open_paper, package

__all__ = ["add", "open_folder", "open_paper", "package", "withdraw"]
