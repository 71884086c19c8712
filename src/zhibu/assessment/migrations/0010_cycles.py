from django.db import migrations, models

PERIOD = {"max_length": 7, "verbose_name": "考核期"}


class Migration(migrations.Migration):
    dependencies = [("assessment", "0009_appeal_unchanged")]

    operations = [
        migrations.AlterField("scorerun", "period", models.CharField(help_text="2026Q3", **PERIOD)),
        migrations.AlterField("publication", "period", models.CharField(**PERIOD)),
    ]
