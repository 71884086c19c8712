"""The state of an installation: whether its tables are up to date, whether it has a university, what it is called."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from zhibu.organizations.models import Organization


def unapplied_migrations() -> int:
    """How many schema updates wait to be applied."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def university() -> Organization | None:
    """The root of the tree, or None before `zhibu init`."""
    return Organization.objects.filter(depth=1, dissolved_on__isnull=True).order_by("path").first()
