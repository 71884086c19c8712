"""What can be done with folders: filing, correcting, withdrawing, and reading that leaves a trace."""

from zhibu.archive.actions.filing import add, withdraw

__all__ = ["add", "withdraw"]
