from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessment", "0007_work_reports")]

    operations = [
        migrations.AddField(
            model_name="organizationscore",
            name="limit",
            field=models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="封顶线"),
        ),
    ]
