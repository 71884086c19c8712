"""The list of a kind's versions."""

from __future__ import annotations

from django.urls import reverse

from zhibu.documents.models import Template
from zhibu.ui.tables import Column, Empty, Table


def _download(template: Template) -> str:
    return reverse("documents:version", args=[template.key, template.version])


class VersionTable(Table):
    title = "版本"
    default_sort = "-version"
    columns = [
        Column("version", "版本", value=lambda row: f"第 {row.version} 版", sort="version", link=_download),
        Column("note", "修改说明"),
        Column("uploaded_by", "上传人", value=lambda row: getattr(row.uploaded_by, "display_name", "系统")),
        Column("uploaded_at", "启用时间", sort="uploaded_at"),
        Column("size", "大小", value=lambda row: f"{max(row.size // 1024, 1)} KB", phone=False),
    ]
    empty = Empty("还没有改过", "现在用系统自带的模板。下载它，用 Word 改好，再上传启用。")
