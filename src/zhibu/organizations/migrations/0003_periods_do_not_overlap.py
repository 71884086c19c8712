"""An organization has one name, kind and superior on any one day: periods must not overlap.

The embedded server lacks btree_gist; a range of one number compares in plain GiST just as well.
"""

from django.db import migrations

FORWARD = """
alter table organizations_period add constraint periods_do_not_overlap exclude using gist (
    int8range(organization_id, organization_id, '[]') with &&, daterange(started_on, ended_on) with &&)
"""
BACKWARD = "alter table organizations_period drop constraint periods_do_not_overlap"


class Migration(migrations.Migration):
    dependencies = [("organizations", "0002_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
