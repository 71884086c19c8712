"""Forms with a layout of their own: letters in three parts, summaries, catalogues, certificates, the compliance report.

The three parts of the letter follow regulations.md section 5.1 (secondary source there). All samples are invented.
"""

from __future__ import annotations

from datetime import date

from zhibu.documents.registry.variables import DocumentKind, rows, text

DATED_ON = text("dated_on", "日期", date(2026, 11, 21))

FORMS: tuple[DocumentKind, ...] = (
    DocumentKind(
        "letter",
        "组织关系介绍信",
        "一式三联：存根、介绍信、回执；骑缝盖章",
        (
            text("number", "编号", "（2026）第0012号"),
            text("addressee", "抬头（接收的党组织）", "中共虚构市虚构区委组织部"),
            text("name", "姓名", "孟员"),
            text("gender", "性别", "女"),
            text("age", "年龄", 22),
            text("ethnicity", "民族", "汉族"),
            text("stage", "党员类别（正式、预备）", "正式"),
            text("id_number", "公民身份号码", "", optional=True),
            text("from_unit", "由（转出单位）", "虚构大学计算机学院本科生第一党支部"),
            text("to_unit", "去（转入单位）", "虚构科技有限公司党支部"),
            text("dues_until", "党费交至", "2026年11月"),
            text("valid_days", "有效天数", 90),
            text("issued_by", "开具的党组织", "中共虚构大学委员会组织部"),
            text("issued_on", "开具日期", date(2026, 11, 21)),
            text("phone", "党员联系电话", "", optional=True),
            text("office_phone", "开具单位联系电话", "000-00000000", optional=True),
            text("office_address", "开具单位通讯地址", "虚构市虚构路1号", optional=True),
            text("postcode", "邮编", "000000", optional=True),
        ),
        official=False,
    ),
    DocumentKind(
        "ballot_summary",
        "票决汇总单",
        "无记名投票表决的计票结果",
        (
            text("organization", "党组织", "计算机学院本科生第一党支部"),
            text("meeting", "会议名称", "支部大会"),
            text("held_on", "召开日期", date(2026, 11, 18)),
            text("host", "主持人", "舒记"),
            text("entitled", "应到有表决权人数", 20),
            text("present", "实到有表决权人数", 18),
            text("absent_written", "缺席且书面表达意见人数", 1),
            text("issued", "发出票数", 18),
            text("returned", "收回票数", 18),
            text("valid", "有效票数", 18),
            text("invalid", "无效票数", 0),
            rows(
                "items",
                "表决事项",
                (
                    text("subject", "事项或姓名"),
                    text("in_favour", "赞成"),
                    text("against", "反对"),
                    text("abstained", "弃权"),
                    text("result", "结果"),
                ),
                ("接收孟员同志为中共预备党员", 18, 0, 1, "通过"),
                ("接收贰员同志为中共预备党员", 9, 6, 4, "未通过"),
            ),
            text("rule", "依据", "赞成人数应超过应到会有表决权党员的半数", optional=True),
            text("teller", "计票人", "纪票"),
            text("supervisor", "监票人", "简票"),
            DATED_ON,
        ),
        official=False,
    ),
    DocumentKind(
        "catalogue",
        "归档目录",
        "电子档案或纸质案卷的材料目录",
        (
            text("name", "姓名", "孟员"),
            text("person_number", "学工号", "member"),
            text("organization", "所在党支部", "计算机学院本科生第一党支部"),
            rows(
                "items",
                "材料",
                (
                    text("number", "序号"),
                    text("title", "材料名称"),
                    text("made_on", "材料日期"),
                    text("pages", "页数"),
                    text("note", "备注"),
                ),
                (1, "入党申请书", date(2024, 10, 8), 6, ""),
                (2, "入党积极分子培养教育考察登记表", date(2025, 3, 12), 12, "原件"),
            ),
            text("total", "材料份数", 2),
            text("filed_by", "立卷人", "祖员"),
            DATED_ON,
        ),
        official=False,
    ),
    DocumentKind(
        "training_certificate",
        "培训证明",
        "发展对象、党员教育培训的证明",
        (
            text("number", "编号", "（2026）培字第008号", optional=True),
            text("name", "姓名", "孟员"),
            text("organization", "所在党支部", "计算机学院本科生第一党支部"),
            text("course", "培训班名称", "2026年秋季发展对象培训班"),
            text("starts_on", "开始日期", date(2026, 10, 12)),
            text("ends_on", "结束日期", date(2026, 10, 14)),
            text("days", "天数", 3),
            text("hours", "学时", 24),
            text("result", "考核结果", "合格"),
            text("signed_by", "出具单位", "中共虚构大学委员会组织部"),
            DATED_ON,
        ),
        official=False,
    ),
    DocumentKind(
        "compliance_report",
        "合规报告",
        "一件办理事项的期限、人数和材料逐项对照规定，一页",
        (
            text("case", "办理事项", "发展党员"),
            text("name", "当事人或党组织", "孟员"),
            text("organization", "所在党组织", "计算机学院本科生第一党支部"),
            text("started_on", "开始日期", date(2024, 10, 8)),
            text("ended_on", "办结日期", date(2026, 11, 18), optional=True),
            text("edition", "适用的规定和版本", "发展党员工作细则（2014年版、2026年版，按步骤发生日）"),
            rows(
                "rows",
                "逐项对照",
                (
                    text("kind", "类别（期限、人数、材料）"),
                    text("item", "项目"),
                    text("required", "规定"),
                    text("actual", "实际"),
                    text("rule", "依据"),
                    text("verdict", "结论"),
                ),
                ("期限", "递交申请书后谈话", "1个月内", "2024年10月20日，12天", "《细则》第七条", "符合"),
                ("人数", "支部大会到会人数", "超过应到的半数", "18／20", "《细则》第二十条", "符合"),
                ("材料", "政治审查材料", "必备", "缺", "《细则》第十六条", "不符合"),
            ),
            text("gaps", "不符合项数", 1),
            text("verdict", "总的结论", "有1项不符合，须补正"),
            text("made_by", "制表", "祖员", optional=True),
            text("made_on", "制表日期", date(2026, 11, 21)),
        ),
        official=False,
    ),
)
