"""The tables of a test run: migrated once for all its workers and for the runs that follow, copied from then on.

Migrating takes twenty seconds, copying half a one. What was migrated is kept in the test run's server under a name
made of all that decides how it comes out; a changed migration, model or package makes another, and drops the old one.
"""

import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

PREFIX = "zhibu_migrated_"
PACKAGES = Path(__file__).parents[1] / "requirements/base.txt"
LOCK = 20261122  # of `pg_advisory_lock`: any number that nothing else asks for


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> None:
    """pytest-django's place for settings of the test database, before it is made. Migrations that a copy should lack
    after all are run on it as ever."""
    from django.db import connection

    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = _migrated(connection)


def _migrated(connection: Any) -> str:
    """The name of a database with all tables to which nobody is connected; made by the worker that comes first."""
    name = PREFIX + _fingerprint(connection)
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    known = {key: parameters[key] for key in ("dbname", "host", "port", "user", "password") if parameters.get(key)}
    with psycopg.connect(**known, autocommit=True) as server:
        server.execute("select pg_advisory_lock(%s)", [LOCK])  # until this connection ends
        found = server.execute("select datname from pg_database where datname like %s", [PREFIX + "%"]).fetchall()
        if (name,) not in found:
            for (old,) in found:
                server.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(old)))
            draft = _migrate(connection)
            # Only now it bears the name: of a run that is killed before, nothing is copied.
            rename = sql.SQL("alter database {} rename to {}").format
            server.execute(rename(sql.Identifier(draft), sql.Identifier(name)))
    return name


def _migrate(connection: Any) -> str:
    """As Django makes a test database, under another name; afterwards nothing is connected to it."""
    own, settings = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    before = settings["NAME"]
    settings["NAME"] = f"{PREFIX}draft"
    try:
        return str(connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False))
    finally:
        connection.close()
        settings["NAME"] = before
        connection.settings_dict["NAME"] = own


def _fingerprint(connection: Any) -> str:
    """Of the migrations, of what Django writes beside them (a permission for each model) and of the packages."""
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    found = sha256(PACKAGES.read_bytes())
    for place, migration in sorted(MigrationLoader(None).disk_migrations.items()):
        module = sys.modules[type(migration).__module__]
        found.update(f"{place}".encode() + Path(str(module.__file__)).read_bytes())
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.label):
        meta = model._meta
        columns = [(field.column, field.db_type(connection)) for field in meta.local_fields]
        found.update(repr((meta.label, meta.verbose_name_raw, meta.permissions, columns)).encode())
    return found.hexdigest()[:16]
