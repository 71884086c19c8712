"""The list of audit entries."""

import json

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from zhibu.audit.models import Entry
from zhibu.audit.verbs import VERBS, verb_label
from zhibu.ui.tables import ChoiceFilter, Column, DateFilter, Empty, Table, TextFilter

# What entries say besides the fields of their object.
WORDS = {
    "user": "账号编号", "list": "名单", "rows": "行数", "on": "日期", "organizations": "党组织数", "period": "考核期",
    "scheme": "方案", "replaces": "替代", "title": "名称", "size": "大小", "digest": "文件摘要", "kind": "类别",
    "created": "新增", "updated": "更新", "removed": "删去", "restored": "恢复",
}  # fmt: skip


def field_label(object_kind: str, name: str) -> str:
    """A changed field as the screens call it; what has no name of its own stays as it is in the log."""
    try:
        field = apps.get_model(object_kind)._meta.get_field(name)
    except (ValueError, LookupError, FieldDoesNotExist):
        return WORDS.get(name, name)
    label = str(getattr(field, "verbose_name", name))
    return WORDS.get(name, name) if label.isascii() else label


def changes_text(entry: Entry) -> str:
    """Fields with old → new, as they stand in the log (personal values as marks)."""
    parts = []
    for key, value in entry.changes.items():
        name = field_label(entry.object_kind, key)
        if isinstance(value, list) and len(value) == 2:
            parts.append(f"{name}：{value[0]} → {value[1]}")
        else:
            parts.append(f"{name}：{value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
    return "；".join(parts)[:300]


class AuditTable(Table):
    title = "审计记录"
    default_sort = "-at"
    columns = [
        Column("at", "时间", sort="id"),
        Column("verb", "行为", value=lambda entry: verb_label(entry.verb)),
        Column("actor", "身份"),
        Column("user_id", "账号编号", phone=False),
        Column(
            "object", "对象", value=lambda entry: f"{entry.object_kind} {entry.object_id or ''}".strip(), phone=False
        ),
        Column("changes", "内容", value=changes_text),
        Column("reason", "理由"),
    ]
    filters = [
        ChoiceFilter("verb", "行为", tuple(VERBS.items())),
        DateFilter("at", "日期", field="at__date"),
        TextFilter("reason", "理由", field="reason"),
    ]
    empty = Empty(
        "没有符合条件的记录", "放宽筛选条件再看。每一次修改、查看完整证件号和导出都会记在这里，谁也不能删除。"
    )
