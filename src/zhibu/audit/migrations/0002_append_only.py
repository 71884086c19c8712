"""The database itself refuses to change or remove audit entries, whoever asks through SQL."""

from django.db import migrations

FORWARD = """
create function audit_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception '审计记录只能追加,不能修改或删除' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_entry_append_only before update or delete on audit_entry
    for each row execute function audit_is_append_only();
create trigger audit_entry_no_truncate before truncate on audit_entry
    for each statement execute function audit_is_append_only();
"""
BACKWARD = """
drop trigger audit_entry_no_truncate on audit_entry;
drop trigger audit_entry_append_only on audit_entry;
drop function audit_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
