"""Times of sign-ins are not kept."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RemoveField(model_name="user", name="last_login")]
