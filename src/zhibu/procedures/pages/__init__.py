"""Pages: the workbench, the lists, one case, its steps."""
