"""When the finding of a spot check was handed over to supervision."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0040_talks_and_their_readers")]

    operations = [
        migrations.AddField("drawnrecord", "handed_at", models.DateTimeField("移交时间", null=True)),
    ]
