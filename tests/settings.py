"""Settings of the test run: the installation's own, on an embedded server of its own and with quick password hashes."""

import os
from pathlib import Path

# Several runs on one machine keep apart by setting ZHIBU_VAR themselves.
os.environ.setdefault("ZHIBU_VAR", str(Path("/tmp") / f"zhibu-test-{os.getuid()}"))

from zhibu.site.postgres import ensure_database


def forget_the_disk(url: str) -> None:
    """What a test writes need not outlive a power cut. Only where the server has never been an installation's."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as server:
        row = server.execute("select exists (select from pg_tables where schemaname = 'public')").fetchone()
        if row == (False,) and server.execute("show fsync").fetchone() == ("on",):
            for name in ("fsync", "full_page_writes", "synchronous_commit"):
                server.execute(f"alter system set {name} = off")
            server.execute("select pg_reload_conf()")


# Set by an operator, or for a process of a run by the one that has started it.
given = os.environ.get("DATABASE_URL")
url = ensure_database()
if not given:
    forget_the_disk(url)

from zhibu.site.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns about a missing one, and warnings are errors
# Every client of a test loads the middleware anew: a list of all static files, made each time, was a fifth of its cost.
WHITENOISE_AUTOREFRESH = True
