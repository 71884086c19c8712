"""Kinds of organizations, posts and changes. Codes of organization kinds: data-standards.md 3.6 (secondary source)."""

from django.db.models import TextChoices

from zhibu.accounts.enums import Role


class Kind(TextChoices):
    """党组织类别."""

    COMMITTEE = "611", "党委"
    LEADING_GROUP = "612", "党组"
    GENERAL_BRANCH = "621", "党总支部"
    BRANCH = "631", "党支部"
    JOINT_BRANCH = "632", "联合党支部"
    GROUP = "641", "党小组"
    TEMPORARY_COMMITTEE = "911", "临时党委"
    TEMPORARY_GENERAL_BRANCH = "921", "临时党总支部"
    TEMPORARY_BRANCH = "931", "临时党支部"
    TEMPORARY_JOINT_BRANCH = "932", "临时联合党支部"


BRANCH_KINDS = frozenset({Kind.BRANCH, Kind.JOINT_BRANCH, Kind.TEMPORARY_BRANCH, Kind.TEMPORARY_JOINT_BRANCH})
TEMPORARY_KINDS = frozenset(
    {Kind.TEMPORARY_COMMITTEE, Kind.TEMPORARY_GENERAL_BRANCH, Kind.TEMPORARY_BRANCH, Kind.TEMPORARY_JOINT_BRANCH}
)
UPPER_KINDS = frozenset(
    {Kind.COMMITTEE, Kind.LEADING_GROUP, Kind.GENERAL_BRANCH, Kind.TEMPORARY_COMMITTEE, Kind.TEMPORARY_GENERAL_BRANCH}
)


class Category(TextChoices):
    """Whom an organization is made of: branches are compared only within one category."""

    STUDENT_UNDERGRADUATE = "undergraduate", "本科生党支部"
    STUDENT_GRADUATE = "graduate", "研究生党支部"
    TEACHER = "teacher", "教师党支部"
    STAFF = "staff", "机关与教辅党支部"
    RETIRED = "retired", "离退休党支部"
    MIXED = "mixed", "师生联合党支部"
    UPPER = "upper", "上级党组织"
    OTHER = "other", "其他"


class UnitSituation(TextChoices):
    """党组织所在单位情况 (collected field 6). With SAME the unit's own fields stay empty."""

    SAME = "same", "与上级党组织相同"
    LEGAL = "legal", "法人单位"
    JOINT = "joint", "联合支部"


class PostKind(TextChoices):
    """党内职务."""

    SECRETARY = "secretary", "书记"
    DEPUTY_SECRETARY = "deputy_secretary", "副书记"
    ORGANIZATION_MEMBER = "organization_member", "组织委员"
    PUBLICITY_MEMBER = "publicity_member", "宣传委员"
    DISCIPLINE_MEMBER = "discipline_member", "纪检委员"
    YOUTH_MEMBER = "youth_member", "青年委员"
    UNITED_FRONT_MEMBER = "united_front_member", "统战委员"
    MEMBER = "member", "委员"
    STANDING_MEMBER = "standing_member", "常务委员会委员"
    GROUP_LEADER = "group_leader", "党小组组长"
    ORGANIZER = "organizer", "组织员"
    OFFICER = "officer", "组织部工作人员"


COMMITTEE_POSTS = frozenset(
    {
        PostKind.SECRETARY, PostKind.DEPUTY_SECRETARY, PostKind.ORGANIZATION_MEMBER, PostKind.PUBLICITY_MEMBER,
        PostKind.DISCIPLINE_MEMBER, PostKind.YOUTH_MEMBER, PostKind.UNITED_FRONT_MEMBER, PostKind.MEMBER,
        PostKind.STANDING_MEMBER,
    }
)  # fmt: skip
# How a committee divides its work (分工): one of these each. The seat in the standing committee comes beside it.
WORK_POSTS = COMMITTEE_POSTS - {PostKind.STANDING_MEMBER}
# One holder at a time; the other posts may be held by several.
SINGLE_POSTS = frozenset({PostKind.SECRETARY, PostKind.GROUP_LEADER})


def role_of(post: PostKind, kind: Kind, *, is_root: bool) -> Role | None:
    """Which role a post gives over the organization's subtree; None for posts without office duties."""
    if is_root:
        office = {PostKind.OFFICER, PostKind.ORGANIZER, PostKind.SECRETARY, PostKind.DEPUTY_SECRETARY}
        return Role.OFFICE if post in office else None
    if kind in UPPER_KINDS:
        office = {PostKind.ORGANIZER, PostKind.SECRETARY, PostKind.DEPUTY_SECRETARY, PostKind.ORGANIZATION_MEMBER}
        return Role.ORGANIZER if post in office else None
    if kind in BRANCH_KINDS:
        office = {PostKind.SECRETARY, PostKind.DEPUTY_SECRETARY, PostKind.ORGANIZATION_MEMBER}
        return Role.SECRETARY if post in office else None
    return None


class ChangeKind(TextChoices):
    """What a decision did to the tree."""

    ESTABLISHED = "established", "设立"
    RENAMED = "renamed", "更名"
    REKINDED = "rekinded", "变更类别"
    REPARENTED = "reparented", "调整隶属"
    MERGED = "merged", "合并"
    SPLIT = "split", "拆分"
    DISSOLVED = "dissolved", "撤销"


class ElectionMethod(TextChoices):
    ELECTED = "elected", "选举产生"
    APPOINTED = "appointed", "上级指派"
    DESIGNATED = "designated", "批准机关指定"
