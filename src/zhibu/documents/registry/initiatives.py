"""The form of a secretary's project. Its layout is the platform's own; all samples are invented."""

from __future__ import annotations

from datetime import date

from zhibu.documents.registry.variables import DocumentKind, rows, text

INITIATIVES: tuple[DocumentKind, ...] = (
    DocumentKind(
        "secretary_project",
        "书记项目表",
        "一个书记项目从申报到结项的全部内容：目标、节点、上级意见、成果",
        (
            text("title", "项目名称", "师生结对解难题"),
            text("organization", "党组织", "计算机学院本科生第一党支部"),
            text("kind", "类别", "服务师生"),
            text("secretary", "负责书记", "舒记"),
            text("members", "成员", "孟员、贰员", optional=True),
            text("starts_on", "开始日期", date(2026, 9, 1)),
            text("ends_on", "计划结项日期", date(2026, 12, 31)),
            text("goals", "目标和措施", "摸清低年级学生学习困难，结对帮扶。"),
            text("state", "状态", "实施中"),
            rows(
                "milestones",
                "节点（逐项）",
                (
                    text("title", "节点"),
                    text("due_on", "期限"),
                    text("state", "状态"),
                    text("result", "完成情况和理由"),
                ),
                ("完成调研", "2026年9月30日", "已完成", "2026年9月28日；形成调研报告一份"),
            ),
            rows(
                "entries",
                "记录（逐条）",
                (text("on", "日期"), text("label", "事项"), text("text", "内容")),
                ("2026年9月3日", "上级意见：同意实施", "请突出实效。"),
            ),
            text("result", "成果", "", optional=True),
            text("attachments", "附件名称", "", optional=True),
        ),
        official=False,
    ),
)
