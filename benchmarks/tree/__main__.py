"""The tree of organizations: stored paths (django-treebeard, in use) against recursive queries (django-tree-queries).

    python -m benchmarks.tree [--nodes 5000] [--rounds 7] [--only stores|pages]

Both store the same university of so many nodes in one small table each, in one database, and are asked in turn. Then
the room's pages with 50 and with so many nodes, through the whole server (middleware, view, template). Ends with 1 if a
page breaks a limit: 15 queries, 100 kB, 3 × the time of the same page with 50 nodes.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile

os.environ.setdefault("ZHIBU_VAR", os.path.join(tempfile.gettempdir(), f"zhibu-bench-{os.getuid()}"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhibu.site.settings")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=("stores", "pages"), default=None)
    parser.add_argument("--write", action="store_true", help="also replace the section of docs/benchmarks.md")
    options = parser.parse_args()

    from zhibu.site.postgres import ensure_database

    ensure_database()
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    from benchmarks.report import Report

    settings.ALLOWED_HOSTS = ["*"]
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    logging.disable(logging.WARNING)
    report = Report("tree", "存路径（django-treebeard，在用）÷ 递归查询（django-tree-queries）；组织页面")
    connection.ensure_connection()
    if options.only != "pages":
        from benchmarks.tree.stores import compare

        compare(report, options.nodes, options.rounds)
    if options.only != "stores":
        from benchmarks.tree.pages import measure

        measure(report, options.nodes, options.rounds)
    connection.ensure_connection()
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
