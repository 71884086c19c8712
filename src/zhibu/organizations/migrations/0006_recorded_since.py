"""The day from which an organization's meetings are recorded here. For those that came with an import, and for the
university itself, it is the day on which they were entered: before it nothing could be recorded."""

from django.db import migrations, models

ENTERED = """
    update organizations_organization o
    set recorded_since = (c.recorded_at at time zone 'Asia/Shanghai')::date
    from organizations_period p join organizations_change c on c.id = p.opened_by_id
    where p.organization_id = o.id and c.kind = 'established' and p.started_on = o.established_on
      and (o.depth = 1 or c.reason = '党组织信息采集表导入')
      and (c.recorded_at at time zone 'Asia/Shanghai')::date > o.established_on
"""


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0005_changes_can_be_taken_back"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="recorded_since",
            field=models.DateField(
                blank=True,
                help_text="自这一天起在本平台登记组织生活；空着的自建立之日起",
                null=True,
                verbose_name="起登记日",
            ),
        ),
        migrations.RunSQL(ENTERED, migrations.RunSQL.noop),
    ]
