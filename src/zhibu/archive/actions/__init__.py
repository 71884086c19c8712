"""What can be done with folders: filing, correcting, withdrawing, reading that leaves a trace, and tidying up."""

from zhibu.archive.actions.filing import add, withdraw
from zhibu.archive.actions.reading import list_folders, open_folder, open_paper, package
from zhibu.archive.actions.sweeping import sweep

__all__ = ["add", "list_folders", "open_folder", "open_paper", "package", "sweep", "withdraw"]
