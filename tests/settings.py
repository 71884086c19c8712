"""Settings of the test run: the installation's own, on an embedded server of its own and with quick password hashes."""

import os
from pathlib import Path

# Several runs on one machine keep apart by setting ZHIBU_VAR themselves.
os.environ.setdefault("ZHIBU_VAR", str(Path("/tmp") / f"zhibu-test-{os.getuid()}"))

from zhibu.site.postgres import ensure_database

ensure_database()

from zhibu.site.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns about a missing one, and warnings are errors
# Every client of a test loads the middleware anew: a list of all static files, made each time, was a fifth of its cost.
WHITENOISE_AUTOREFRESH = True
