"""Roles and rights."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What somebody is towards a subtree. Derived from posts and membership, never stored with an account."""

    MEMBER = "member", "党员"
    SECRETARY = "secretary", "党支部书记"
    ORGANIZER = "organizer", "院系组织员"
    OFFICE = "office", "学校组织部"
    ADMINISTRATOR = "administrator", "系统管理员"
    # Lent until a day (`zhibu.meetings.ledger`); reads ledgers and nothing else.
    INSPECTOR = "inspector", "检查人员"
    # A screen on a wall, let in by a key until a day (`zhibu.supervision.wall`); sees the wall's page and nothing else.
    SCREEN = "screen", "大屏"


class Right(TextChoices):
    """One thing that may be done within a subtree."""

    VIEW_ORGANIZATION = "view_organization", "查看党组织"
    EDIT_ORGANIZATION = "edit_organization", "维护党组织信息"
    RESHAPE_TREE = "reshape_tree", "设立、调整、撤销党组织"
    APPOINT = "appoint", "任免党内职务"
    VIEW_PERSON = "view_person", "查看党员名册"
    EDIT_PERSON = "edit_person", "维护党员信息"
    DECIDE_CHANGE = "decide_change", "审核信息更正申请"
    REVEAL_PERSON = "reveal_person", "查看完整证件号和电话"
    VIEW_MEETING = "view_meeting", "查看组织生活记录"
    RECORD_MEETING = "record_meeting", "登记组织生活"
    REVIEW_MEETING = "review_meeting", "核查组织生活记录"
    SET_QUALITY = "set_quality", "维护官方文件和记录质量设定"
    READ_LEDGER = "read_ledger", "查阅台账"
    VIEW_INITIATIVE = "view_initiative", "查看书记项目和志愿服务"
    RECORD_INITIATIVE = "record_initiative", "登记书记项目、工作纪实和志愿服务"
    REVIEW_INITIATIVE = "review_initiative", "审核书记项目"
    IMPORT = "import", "导入表格"
    EXPORT = "export", "导出名单"
    VIEW_CASE = "view_case", "查看办理事项"
    HANDLE_CASE = "handle_case", "办理支部程序"
    DECIDE_CASE = "decide_case", "审批办理事项"
    VIEW_ARCHIVE = "view_archive", "查看电子档案"
    FILE_ARCHIVE = "file_archive", "归档材料"
    OPEN_SEALED = "open_sealed", "查阅密封材料"
    VIEW_DUES = "view_dues", "查看党费"
    RECORD_DUES = "record_dues", "登记党费"
    EDIT_TEMPLATE = "edit_template", "维护文书模板"
    VIEW_SCORE = "view_score", "查看评价结果"
    RUN_SCORE = "run_score", "更新数据并计算评价"
    APPEAL_SCORE = "appeal_score", "核对评价结果和申诉"
    PUBLISH_SCORE = "publish_score", "公布评价结果、答复申诉和评定先进"
    VIEW_PROBLEM = "view_problem", "查看问题清单和态势图"
    HANDLE_PROBLEM = "handle_problem", "提出和整改问题"
    SUPERVISE = "supervise", "交办、督办和复核问题"
    DESIGN_SCHEME = "design_scheme", "制定评价方案"
    REPORT_WORK = "report_work", "提交述职报告、申报自选动作"
    GRADE = "grade", "评价下级党组织"
    MANAGE_ACCOUNTS = "manage_accounts", "发放和停用账号"
    READ_AUDIT = "read_audit", "查看审计记录"
    MAINTAIN = "maintain", "查看系统状态"


_SECRETARY = frozenset(
    {
        Right.VIEW_ORGANIZATION, Right.EDIT_ORGANIZATION, Right.VIEW_PERSON, Right.EDIT_PERSON, Right.DECIDE_CHANGE,
        Right.REVEAL_PERSON, Right.VIEW_MEETING, Right.RECORD_MEETING, Right.IMPORT, Right.EXPORT, Right.VIEW_SCORE,
        Right.READ_LEDGER, Right.VIEW_CASE, Right.HANDLE_CASE, Right.VIEW_ARCHIVE, Right.FILE_ARCHIVE,
        Right.VIEW_DUES, Right.RECORD_DUES, Right.VIEW_PROBLEM, Right.HANDLE_PROBLEM,
        Right.VIEW_INITIATIVE, Right.RECORD_INITIATIVE, Right.REPORT_WORK, Right.APPEAL_SCORE,
    }
)  # fmt: skip
_ORGANIZER = _SECRETARY | {
    Right.RESHAPE_TREE, Right.APPOINT, Right.MANAGE_ACCOUNTS, Right.DECIDE_CASE, Right.OPEN_SEALED,
    Right.REVIEW_MEETING, Right.SUPERVISE, Right.REVIEW_INITIATIVE, Right.GRADE,
}  # fmt: skip
_OFFICE = _ORGANIZER | {
    Right.RUN_SCORE, Right.DESIGN_SCHEME, Right.PUBLISH_SCORE, Right.READ_AUDIT, Right.EDIT_TEMPLATE, Right.SET_QUALITY,
}  # fmt: skip

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.MEMBER: frozenset({Right.VIEW_ORGANIZATION, Right.VIEW_MEETING, Right.VIEW_SCORE, Right.VIEW_INITIATIVE}),
    Role.SECRETARY: _SECRETARY,
    Role.ORGANIZER: _ORGANIZER,
    Role.OFFICE: _OFFICE,
    Role.INSPECTOR: frozenset({Right.READ_LEDGER}),
    # Only the wall's own view gives this role; no account ever has it.
    Role.SCREEN: frozenset({Right.VIEW_ORGANIZATION, Right.VIEW_PROBLEM}),
    # Whoever runs the machine does not thereby read the files of members.
    Role.ADMINISTRATOR: frozenset({Right.MANAGE_ACCOUNTS, Right.READ_AUDIT, Right.MAINTAIN}),
}
