"""The database itself refuses to change or remove an adopted version: schemes of past quarters rest on it."""

from django.db import migrations

FORWARD = """
create function composed_version_stays() returns trigger language plpgsql as $$
begin
    raise exception '已采用的组合指标不能修改或删除' using errcode = 'insufficient_privilege';
end $$;
create trigger composed_version_stays before update or delete on indicators_composedversion
    for each row execute function composed_version_stays();
"""
BACKWARD = """
drop trigger composed_version_stays on indicators_composedversion;
drop function composed_version_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_composed")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
