"""The shipped templates, written so that they can be reviewed: ``python -m zhibu.documents.defaults`` writes data/.

The words around the values follow common use (data-standards.md section 7.2: suggestions); an office changes them in
Word. A test compares the files with what this writes.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from zhibu.documents.certificates import CERTIFICATES
from zhibu.documents.layout import Sheet
from zhibu.documents.registry import KINDS

DATA = Path(__file__).parent / "data"
Builder = Callable[[Sheet], None]
BUILDERS: dict[str, Builder] = dict(CERTIFICATES)


def template(key: str) -> Callable[[Builder], Builder]:
    def keep(builder: Builder) -> Builder:
        BUILDERS[key] = builder
        return builder

    return keep


def build(key: str) -> bytes:
    """The shipped template of a kind."""
    sheet = Sheet(official=KINDS[key].official)
    properties = sheet.document.core_properties
    properties.author, properties.title, properties.comments = "", KINDS[key].label, ""
    properties.created = properties.modified = datetime(2026, 11, 21)  # noqa: DTZ001  (the file's format knows no zone)
    BUILDERS[key](sheet)
    stream = io.BytesIO()
    sheet.document.save(stream)
    return stream.getvalue()


def write_all() -> None:
    DATA.mkdir(exist_ok=True)
    for key in KINDS:
        (DATA / f"{key}.docx").write_bytes(build(key))


def _head(sheet: Sheet, *, number: bool = True) -> None:
    sheet.add("公文标题", "{{ title }}", before=1)
    if number:
        sheet.when("number", "公文字号", "{{ number }}")


def _attachments(sheet: Sheet) -> None:
    sheet.add("公文附件", "{%p if attachments %}")
    sheet.add("公文附件", "附件：", before=1)
    sheet.each("attachments", "公文附件", "{{ loop.index }}.{{ row.text }}")
    sheet.add("公文附件", "{%p endif %}")


def _foot(sheet: Sheet, *, contact: bool = False) -> None:
    sheet.add("公文署名", "{{ signed_by }}", before=2)
    sheet.add("公文日期", "{{ dated_on }}")
    if contact:
        sheet.when("contact", "公文附注", "（联系人：{{ contact }}；联系电话：{{ phone }}）", before=1)


def _people(sheet: Sheet) -> None:
    heads = ["姓名", "性别", "出生年月", "所在党支部", "备注"]
    sheet.table([34, 16, 30, 52, 24], heads, "people", ["name", "gender", "born", "organization", "note"])


@template("request")
def _request(sheet: Sheet) -> None:
    _head(sheet)
    sheet.add("公文主送", "{{ addressee }}：")
    sheet.each("paragraphs", "公文正文")
    _attachments(sheet)
    _foot(sheet, contact=True)


@template("reply")
def _reply(sheet: Sheet) -> None:
    _head(sheet)
    sheet.add("公文主送", "{{ addressee }}：")
    sheet.add("公文正文", "{{ reference }}收悉。")
    sheet.each("paragraphs", "公文正文")
    sheet.add("公文正文", "此复。")
    _foot(sheet)


@template("filing_report")
def _filing_report(sheet: Sheet) -> None:
    _head(sheet)
    sheet.add("公文主送", "{{ addressee }}：")
    sheet.each("paragraphs", "公文正文")
    sheet.add("公文正文", "{%p if people %}")
    _people(sheet)
    sheet.add("公文正文", "{%p endif %}")
    sheet.add("公文正文", "特此报告。")
    _attachments(sheet)
    _foot(sheet)


@template("candidates_request")
def _candidates_request(sheet: Sheet) -> None:
    _head(sheet)
    sheet.add("公文主送", "{{ addressee }}：")
    sheet.each("paragraphs", "公文正文")
    heads = ["姓名", "性别", "民族", "出生年月", "入党时间", "备注"]
    cells = ["name", "gender", "ethnicity", "born", "joined", "note"]
    sheet.table([30, 16, 22, 30, 30, 28], heads, "people", cells)
    _attachments(sheet)
    _foot(sheet, contact=True)


@template("election_report")
def _election_report(sheet: Sheet) -> None:
    _head(sheet)
    sheet.add("公文主送", "{{ addressee }}：")
    sheet.each("paragraphs", "公文正文")
    heads = ["姓名", "职务", "大会得票", "备注"]
    sheet.table([40, 40, 28, 48], heads, "people", ["name", "post", "votes", "note"])
    sheet.add("公文正文", "书记、副书记请批准，委员请备案。", before=1)
    _foot(sheet, contact=True)


@template("publicity_notice")
def _publicity_notice(sheet: Sheet) -> None:
    _head(sheet, number=False)
    sheet.each("paragraphs", "公文正文")
    _people(sheet)
    sheet.add("公文正文", "公示期为{{ days }}，自{{ starts_on }}起至{{ ends_on }}止。", before=1)
    sheet.add("公文正文", "公示期间，如对公示对象有意见，请向党组织反映。反映情况应实事求是，以便核实。")
    sheet.when("address", "公文正文", "受理地点：{{ address }}")
    sheet.when("contact", "公文正文", "联系人：{{ contact }}；联系电话：{{ phone }}")
    _foot(sheet)


@template("resolution")
def _resolution(sheet: Sheet) -> None:
    _head(sheet, number=False)
    sheet.add(
        "公文正文",
        "{{ organization }}于{{ held_on }}在{{ place }}召开{{ meeting }}，{{ host }}主持，{{ recorder }}记录。",
    )
    sheet.add("公文正文", "会议应到有表决权的党员{{ entitled }}人，实到{{ present }}人。")
    sheet.each("paragraphs", "公文正文")
    sheet.add("公文正文", "表决结果：赞成{{ in_favour }}票，反对{{ against }}票，弃权{{ abstained }}票。")
    _foot(sheet)


@template("talk_notice")
def _talk_notice(sheet: Sheet) -> None:
    sheet.add("公文标题", "谈话通知", before=1)
    sheet.add("公文主送", "{{ name }}同志：")
    sheet.add("公文正文", "现就{{ topic }}与你谈话，请按时参加。")
    sheet.add("公文正文", "时间：{{ time }}")
    sheet.add("公文正文", "地点：{{ place }}")
    sheet.add("公文正文", "谈话人：{{ talker }}")
    sheet.when("prepare", "公文正文", "请准备：{{ prepare }}")
    _foot(sheet, contact=True)


@template("dues_publication")
def _dues_publication(sheet: Sheet) -> None:
    sheet.add("公文标题", "{{ organization }}\n{{ period }}党费收缴情况公示", before=1)
    sheet.add(
        "公文正文",
        "本期间应交党费的党员{{ members }}人，已交清{{ paid_members }}人，实交党费{{ total }}元，"
        "上缴{{ remitted }}元。",
    )
    sheet.add("公文一级标题", "一、收缴情况")
    sheet.table([86, 30, 40], ["项目", "人数", "金额（元）"], "income", ["label", "people", "amount"])
    sheet.add("公文一级标题", "{%p if uses %}")
    sheet.add("公文一级标题", "二、使用情况", before=1)
    sheet.table([56, 40, 60], ["用途", "金额（元）", "说明"], "uses", ["label", "amount", "note"])
    sheet.add("公文一级标题", "{%p endif %}")
    sheet.when("note", "公文正文", "{{ note }}", before=1)
    sheet.when("contact", "公文正文", "联系人：{{ contact }}；联系电话：{{ phone }}")
    _foot(sheet)


@template("letter")
def _letter(sheet: Sheet) -> None:
    sheet.add("表单标题", "组织关系介绍信存根")
    sheet.add("表单落款", "{{ number }}")
    sheet.add(
        "表单正文",
        "{{ name }}同志（{{ gender }}），{{ age }}岁，{{ ethnicity }}，系中共{{ stage }}党员，"
        "组织关系由{{ from_unit }}转到{{ to_unit }}。党费交至{{ dues_until }}。",
    )
    sheet.add("表单落款", "{{ issued_on }}")
    sheet.add("表单裁切线", "…………………………（骑 缝 章）{{ number }}…………………………", before=1)
    sheet.add("表单标题", "中国共产党党员组织关系介绍信")
    sheet.add("表单落款", "{{ number }}")
    sheet.add("公文表格", "{{ addressee }}：")
    sheet.add(
        "表单正文",
        "{{ name }}同志（{{ gender }}），{{ age }}岁，{{ ethnicity }}，系中共{{ stage }}党员"
        "{% if id_number %}，公民身份号码{{ id_number }}{% endif %}，由{{ from_unit }}去{{ to_unit }}，"
        "请转接组织关系。该同志党费已交到{{ dues_until }}。",
    )
    sheet.add("表单正文", "（有效期{{ valid_days }}天）")
    sheet.add("表单落款", "{{ issued_by }}（盖章）")
    sheet.add("表单落款", "{{ issued_on }}")
    sheet.when("phone", "公文表格", "党员联系电话：{{ phone }}")
    sheet.when("office_phone", "公文表格", "开具单位联系电话：{{ office_phone }}")
    sheet.when("office_address", "公文表格", "开具单位通讯地址：{{ office_address }}（邮编{{ postcode }}）")
    sheet.add("表单裁切线", "…………………………（骑 缝 章）{{ number }}…………………………", before=1)
    sheet.add("表单标题", "组织关系介绍信回执联")
    sheet.add("表单落款", "{{ number }}")
    sheet.add("公文表格", "{{ issued_by }}：")
    sheet.add("表单正文", "{{ name }}同志的党员组织关系已转达我处，特此回复。")
    sheet.add("表单落款", "（盖章）　　　　年　　月　　日")
    sheet.add("公文表格", "经办人：　　　　　　　　联系电话：")


@template("ballot_summary")
def _ballot_summary(sheet: Sheet) -> None:
    sheet.add("表单标题", "无记名投票表决汇总单")
    sheet.pairs(
        [
            ("党组织", "{{ organization }}"), ("会议", "{{ meeting }}（{{ held_on }}）"), ("主持人", "{{ host }}"),
            ("应到有表决权人数", "{{ entitled }}"), ("实到有表决权人数", "{{ present }}"),
            ("缺席且书面表达意见人数", "{{ absent_written }}"),
            ("发出、收回票数", "发出{{ issued }}张，收回{{ returned }}张"),
            ("有效、无效票数", "有效{{ valid }}张，无效{{ invalid }}张"),
        ]
    )  # fmt: skip
    sheet.add("公文表格", "")
    heads = ["事项或姓名", "赞成", "反对", "弃权", "结果"]
    sheet.table([76, 18, 18, 18, 26], heads, "items", ["subject", "in_favour", "against", "abstained", "result"])
    sheet.when("rule", "表单正文", "依据：{{ rule }}。", before=1)
    sheet.add("表单落款", "计票人：{{ teller }}　　监票人：{{ supervisor }}", before=1)
    sheet.add("表单落款", "{{ dated_on }}")


@template("minutes")
def _minutes(sheet: Sheet) -> None:
    sheet.add("表单标题", "{{ title }}")
    sheet.pairs(
        [
            ("党组织", "{{ organization }}"), ("名称或主题", "{{ topic }}"), ("时间", "{{ held }}"),
            ("地点", "{{ place }}"), ("主持人", "{{ host }}"), ("记录人", "{{ recorder }}"),
            ("应到、实到", "应到{{ expected }}人，实到{{ present }}人"),
            ("其中有表决权", "应到{{ voters_expected }}人，实到{{ voters_present }}人"),
        ],
        (36, 120),
    )  # fmt: skip
    sheet.when("lecturer", "表单正文", "授课人：{{ lecturer }}", before=1)
    sheet.add("公文表格", "")
    sheet.table([36, 120], ["出席情况", "姓名和原因"], "attendance", ["label", "names"])
    sheet.when("guests", "表单正文", "其他列席：{{ guests }}", before=1)
    sheet.add("公文表格", "{%p if topics %}")
    sheet.table([14, 44, 98], ["序号", "议题", "发言要点"], "topics", ["number", "title", "points"])
    sheet.add("公文表格", "{%p endif %}")
    sheet.when("minutes", "表单正文", "会议记录：", before=1)
    sheet.when("minutes", "表单正文", "{{ minutes }}")
    sheet.add("公文表格", "{%p if resolutions %}")
    heads = ["序号", "决议和议定事项", "责任人和期限", "表决"]
    sheet.table([14, 66, 38, 38], heads, "resolutions", ["number", "text", "duty", "vote"])
    sheet.add("公文表格", "{%p endif %}")
    sheet.add("表单正文", "{%p if criticism %}")
    sheet.add("表单正文", "批评和自我批评：", before=1)
    sheet.table([28, 28, 100], ["谁说的", "对谁", "要点"], "criticism", ["by", "about", "text"])
    sheet.add("表单正文", "{%p endif %}")
    sheet.when("attachments", "表单正文", "附件：{{ attachments }}", before=1)
    sheet.add("公文表格", "")
    sheet.table([36, 60, 60], ["签名", "姓名", "签名时间"], "signatures", ["quality", "name", "when"])
    sheet.add("表单正文", "{%p if corrections %}")
    sheet.add("表单正文", "签名后的更正（原记录不变）：", before=1)
    heads = ["时间和更正人", "部分", "原记录", "更正为", "理由"]
    cells = ["when", "subject", "was", "becomes", "reason"]
    sheet.table([32, 24, 36, 36, 28], heads, "corrections", cells)
    sheet.add("表单正文", "{%p endif %}")
    sheet.add("表单落款", "{{ state }}", before=1)


@template("secretary_project")
def _secretary_project(sheet: Sheet) -> None:
    sheet.add("表单标题", "书记项目表")
    sheet.pairs(
        [
            ("项目名称", "{{ title }}"), ("党组织", "{{ organization }}"), ("类别", "{{ kind }}"),
            ("负责书记", "{{ secretary }}"), ("成员", "{{ members }}"), ("起止日期", "{{ starts_on }}至{{ ends_on }}"),
            ("目标和措施", "{{ goals }}"), ("状态", "{{ state }}"),
        ],
        (36, 120),
    )  # fmt: skip
    sheet.add("公文表格", "")
    sheet.table(
        [50, 32, 22, 52],
        ["节点", "期限", "状态", "完成情况和理由"],
        "milestones",
        ["title", "due_on", "state", "result"],
    )
    sheet.when("result", "表单正文", "成果：", before=1)
    sheet.when("result", "表单正文", "{{ result }}")
    sheet.when("attachments", "表单正文", "附件：{{ attachments }}", before=1)
    sheet.add("公文表格", "")
    sheet.table([32, 62, 62], ["日期", "事项", "内容"], "entries", ["on", "label", "text"])


@template("life_report")
def _life_report(sheet: Sheet) -> None:
    sheet.add("表单标题", "{{ kind }}情况报告")
    sheet.pairs(
        [
            ("党组织", "{{ organization }}"), ("主题", "{{ title }}"), ("年度", "{{ year }}"),
            ("计划日期", "{{ planned_on }}"), ("召开日期", "{{ held_on }}"),
        ],
        (36, 120),
    )  # fmt: skip
    sheet.add("公文表格", "")
    sheet.table([30, 40, 50, 36], ["步骤", "情况", "还缺", "依据"], "steps", ["label", "said", "missing", "basis"])
    sheet.add("公文表格", "{%p if criticisms %}")
    sheet.add("表单正文", "批评和自我批评：", before=1)
    sheet.table([28, 28, 100], ["对象", "批评人", "要点"], "criticisms", ["about", "by", "text"])
    sheet.add("公文表格", "{%p endif %}")
    sheet.add("公文表格", "{%p if lines %}")
    sheet.add("表单正文", "整改清单：", before=1)
    heads = ["序号", "问题", "措施", "责任人", "时限", "状态", "销号依据"]
    cells = ["number", "problem", "measure", "owner", "due_on", "state", "evidence"]
    sheet.table([12, 34, 34, 18, 22, 14, 22], heads, "lines", cells)
    sheet.add("公文表格", "{%p endif %}")
    sheet.add("表单落款", "{{ dated_on }}", before=1)


@template("catalogue")
def _catalogue(sheet: Sheet) -> None:
    sheet.add("表单标题", "归档材料目录")
    sheet.pairs([("姓名", "{{ name }}（{{ person_number }}）"), ("所在党支部", "{{ organization }}")])
    sheet.add("公文表格", "")
    heads = ["序号", "材料名称", "材料日期", "页数", "备注"]
    sheet.table([14, 70, 34, 14, 24], heads, "items", ["number", "title", "made_on", "pages", "note"])
    sheet.add("表单正文", "以上材料共{{ total }}份。", before=1)
    sheet.add("表单落款", "立卷人：{{ filed_by }}")
    sheet.add("表单落款", "{{ dated_on }}")


@template("talk_record")
def _talk_record(sheet: Sheet) -> None:
    sheet.add("表单标题", "谈话记录表")
    sheet.pairs(
        [
            ("谈话对象", "{{ name }}，{{ gender }}，{{ born }}出生"), ("所在党支部", "{{ organization }}"),
            ("谈话事项", "{{ topic }}"), ("时间、地点", "{{ held_on }}　{{ place }}"), ("谈话人和职务", "{{ talker }}"),
            ("记录人", "{{ recorder }}"), ("谈话内容", "{{ content }}\n\n\n\n\n\n\n\n\n\n\n\n"),
            ("谈话人意见", "{{ opinion }}\n\n\n\n"),
        ]
    )  # fmt: skip
    sheet.add("表单正文", "谈话人签名：　　　　　　　谈话对象签名：　　　　　　　记录人签名：", before=1)
    sheet.add("表单落款", "　　　　年　　月　　日")


@template("advice")
def _advice(sheet: Sheet) -> None:
    sheet.add("公文标题", "{{ title }}", before=1)
    sheet.add("公文主送", "{{ name }}同志：")
    sheet.each("paragraphs", "公文正文")
    _foot(sheet, contact=True)


@template("compliance_report")
def _compliance_report(sheet: Sheet) -> None:
    sheet.add("表单标题", "合规报告")
    sheet.pairs(
        [
            ("办理事项", "{{ case }}"), ("当事人或党组织", "{{ name }}（{{ organization }}）"),
            ("起止日期", "{{ started_on }}至{% if ended_on %}{{ ended_on }}{% else %}今{% endif %}"),
            ("适用规定", "{{ edition }}"), ("结论", "{{ verdict }}（不符合{{ gaps }}项）"),
        ]
    )  # fmt: skip
    sheet.add("公文表格", "")
    heads = ["类别", "项目", "规定", "实际", "依据", "结论"]
    sheet.table([14, 34, 30, 34, 26, 18], heads, "rows", ["kind", "item", "required", "actual", "rule", "verdict"])
    sheet.add("表单落款", "{% if made_by %}制表：{{ made_by }}　　{% endif %}{{ made_on }}", before=1)


if __name__ == "__main__":
    write_all()
