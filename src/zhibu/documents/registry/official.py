"""Documents in the layout of GB/T 9704: requests, replies, reports, resolutions, notices.

What they contain follows data-standards.md section 7.2 (a suggestion there).
All samples are invented.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from zhibu.documents.registry.variables import DocumentKind, rows, text

TITLE = text("title", "标题", "关于接收孟员同志为中共预备党员的请示")
ADDRESSEE = text("addressee", "主送机关", "中共虚构大学计算机学院委员会")
NUMBER = text("number", "发文字号", "计学支〔2026〕3号", optional=True)
SIGNED_BY = text("signed_by", "发文机关署名", "中共虚构大学计算机学院本科生第一支部委员会")
DATED_ON = text("dated_on", "成文日期", date(2026, 11, 21))
CONTACT = text("contact", "联系人", "舒记", optional=True)
PHONE = text("phone", "联系电话", "000-00000000", optional=True)
PARAGRAPH = (text("text", "段落内容"),)
ATTACHMENTS = rows(
    "attachments",
    "附件（逐份）",
    (text("text", "附件名称"),),
    ("入党申请书",),
    ("支部大会会议记录",),
    optional=True,
)
PERSON = (
    text("name", "姓名"),
    text("gender", "性别"),
    text("born", "出生年月"),
    text("organization", "所在党支部"),
    text("note", "备注"),
)
CANDIDATE = (
    text("name", "姓名"),
    text("gender", "性别"),
    text("ethnicity", "民族"),
    text("born", "出生年月"),
    text("joined", "入党时间"),
    text("note", "备注"),
)


def paragraphs(*samples: str) -> tuple:
    return (rows("paragraphs", "正文（逐段）", PARAGRAPH, *((sample,) for sample in samples)),)


OFFICIAL: tuple[DocumentKind, ...] = (
    DocumentKind(
        "request",
        "请示",
        "党支部、院系党组织向上级请求批准事项",
        (
            TITLE,
            NUMBER,
            ADDRESSEE,
            *paragraphs(
                "本支部于2026年11月18日召开支部大会，讨论了孟员同志的入党申请。",
                "经无记名投票表决，同意接收孟员同志为中共预备党员。",
                "妥否，请批示。",
            ),
            ATTACHMENTS,
            SIGNED_BY,
            DATED_ON,
            CONTACT,
            PHONE,
        ),
    ),
    DocumentKind(
        "reply",
        "批复",
        "上级党组织答复请示事项",
        (
            text("title", "标题", "关于同意接收孟员同志为中共预备党员的批复"),
            text("number", "发文字号", "计学委〔2026〕12号", optional=True),
            text("addressee", "主送机关", "计算机学院本科生第一党支部"),
            text("reference", "来文名称和字号", "《关于接收孟员同志为中共预备党员的请示》（计学支〔2026〕3号）"),
            *paragraphs("经研究，同意接收孟员同志为中共预备党员，预备期一年，自支部大会通过之日算起。"),
            text("signed_by", "发文机关署名", "中共虚构大学计算机学院委员会"),
            DATED_ON,
        ),
    ),
    DocumentKind(
        "filing_report",
        "备案报告",
        "向上级党组织报送备案事项和人员名单",
        (
            text("title", "标题", "关于确定入党积极分子的备案报告"),
            NUMBER,
            ADDRESSEE,
            *paragraphs("经党支部委员会研究，确定下列同志为入党积极分子，现报请备案。"),
            rows(
                "people",
                "人员名单",
                PERSON,
                ("孟员", "女", "2004年5月", "本科生第一党支部", ""),
                ("贰员", "男", "2003年9月", "本科生第一党支部", "曾用名略"),
                optional=True,
            ),
            ATTACHMENTS,
            SIGNED_BY,
            DATED_ON,
        ),
    ),
    DocumentKind(
        "candidates_request",
        "候选人请示",
        "选举前向上级党组织报送候选人预备人选，请求审批",
        (
            text("title", "标题", "关于党支部委员会候选人预备人选的请示"),
            NUMBER,
            ADDRESSEE,
            *paragraphs("经党员推荐、酝酿和集体研究，提出下列同志为候选人预备人选。", "妥否，请批示。"),
            rows(
                "people",
                "候选人预备人选",
                CANDIDATE,
                ("孟员", "女", "汉族", "2004年5月", "2024年6月", ""),
                ("舒记", "男", "汉族", "1990年1月", "2012年6月", "现任书记"),
            ),
            ATTACHMENTS,
            SIGNED_BY,
            DATED_ON,
            CONTACT,
            PHONE,
        ),
    ),
    DocumentKind(
        "election_report",
        "选举结果报告",
        "选举后向上级党组织报告结果，书记、副书记请求批准，委员报备案",
        (
            text("title", "标题", "关于党支部委员会选举结果的报告"),
            NUMBER,
            ADDRESSEE,
            *paragraphs(
                "2026年11月21日召开党员大会，应到会有选举权的党员20人，实到18人，发出选票18张，收回选票18张。",
                "经选举，下列同志当选，现将结果和分工报上。",
            ),
            rows(
                "people",
                "当选人",
                (text("name", "姓名"), text("post", "职务"), text("votes", "大会得票"), text("note", "备注")),
                ("舒记", "书记", 18, "委员会赞成3票"),
                ("孟员", "组织委员", 16, ""),
            ),
            SIGNED_BY,
            DATED_ON,
            CONTACT,
            PHONE,
        ),
    ),
    DocumentKind(
        "publicity_notice",
        "公示",
        "发展党员、表彰等事项在规定期间公示",
        (
            text("title", "标题", "关于拟确定发展对象的公示"),
            *paragraphs("根据发展党员工作有关规定，现将拟确定为发展对象的同志公示如下。"),
            rows(
                "people",
                "公示人员",
                PERSON,
                ("孟员", "女", "2004年5月", "本科生第一党支部", ""),
                ("阿卜杜热合曼·买买提依明·阿卜杜拉", "男", "2003年9月", "本科生第一党支部", ""),
            ),
            text("starts_on", "公示开始日期", date(2026, 11, 23)),
            text("ends_on", "公示截止日期", date(2026, 11, 27)),
            text("days", "公示天数的写法", "5个工作日"),
            text("address", "受理地点", "虚构楼101室", optional=True),
            CONTACT,
            PHONE,
            SIGNED_BY,
            text("dated_on", "成文日期", date(2026, 11, 20)),
        ),
    ),
    DocumentKind(
        "resolution",
        "会议决议",
        "支部大会、支委会、党委会形成的决议",
        (
            text("title", "标题", "关于接收孟员同志为中共预备党员的决议"),
            text("organization", "党组织", "计算机学院本科生第一党支部"),
            text("meeting", "会议名称", "支部大会"),
            text("held_on", "召开日期", date(2026, 11, 18)),
            text("place", "地点", "虚构楼201室"),
            text("host", "主持人", "舒记"),
            text("recorder", "记录人", "孟录"),
            text("entitled", "应到有表决权人数", 20),
            text("present", "实到有表决权人数", 18),
            text("in_favour", "赞成", 17),
            text("against", "反对", 0),
            text("abstained", "弃权", 1),
            *paragraphs(
                "会议讨论了孟员同志的入党申请，听取了入党介绍人的意见。", "会议认为，孟员同志符合党员条件，手续完备。"
            ),
            SIGNED_BY,
            text("dated_on", "成文日期", date(2026, 11, 18)),
        ),
    ),
    DocumentKind(
        "talk_notice",
        "谈话通知",
        "通知本人参加入党谈话、组织谈话",
        (
            text("name", "谈话对象", "孟员"),
            text("topic", "谈话事项", "入党前谈话"),
            text("time", "谈话时间", "2026年11月25日14:30"),
            text("place", "谈话地点", "虚构楼301室"),
            text("talker", "谈话人", "祖员"),
            text("prepare", "需要准备的材料", "入党申请书、思想汇报", optional=True),
            text("signed_by", "发文机关署名", "中共虚构大学计算机学院委员会"),
            DATED_ON,
            CONTACT,
            PHONE,
        ),
    ),
    DocumentKind(
        "advice",
        "告知书",
        "告知毕业生党员组织关系转到哪里、保留到哪天、还要办什么",
        (
            text("title", "标题", "毕业生党员组织关系转接告知书"),
            text("name", "告知对象", "孟员"),
            *paragraphs("你的组织关系拟转往虚构科技有限公司党支部。", "请持介绍信按期到接收单位办理。"),
            text("signed_by", "发文机关署名", "中共虚构大学计算机学院委员会"),
            DATED_ON,
            CONTACT,
            PHONE,
        ),
    ),
    DocumentKind(
        "dues_publication",
        "党费公示",
        "每年向党员公布党费收缴情况",
        (
            text("organization", "党组织", "计算机学院本科生第一党支部"),
            text("period", "期间", "2026年度"),
            text("members", "应交党费人数", 26),
            text("paid_members", "已交清人数", 25),
            text("total", "实交总额（元）", Decimal("1286.40")),
            text("remitted", "上缴总额（元）", Decimal("1286.40")),
            rows(
                "income",
                "收缴明细",
                (text("label", "项目"), text("people", "人数"), text("amount", "金额（元）")),
                ("按月领取薪酬的党员", 4, Decimal("1233.60")),
                ("学生党员", 22, Decimal("52.80")),
            ),
            rows(
                "uses",
                "使用明细",
                (text("label", "用途"), text("amount", "金额（元）"), text("note", "说明")),
                ("教育培训党员", Decimal("300.00"), "购买学习资料"),
                optional=True,
            ),
            text("note", "说明", "如有疑问，请向支部委员会反映。", optional=True),
            CONTACT,
            PHONE,
            SIGNED_BY,
            DATED_ON,
        ),
    ),
)
