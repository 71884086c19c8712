"""Kinds of papers in a folder, who reads which, and what becomes of a paper."""

from __future__ import annotations

from django.db.models import TextChoices


class Reading(TextChoices):
    """Who opens papers of a kind (issue 3, item 7)."""

    OWN = "own", "本人和经办职务"
    ACTING = "acting", "经办职务"
    SEALED = "sealed", "密封"


class DocumentKind(TextChoices):
    """材料类别: the papers of the twenty-five steps (regulations.md 1.4), of transfers and of elections."""

    APPLICATION = "application", "入党申请书"
    TALK_RECORD = "talk_record", "谈话记录"
    RECOMMENDATION = "recommendation", "推荐（推优）材料"
    COMMITTEE_MINUTES = "committee_minutes", "支委会会议记录"
    FILING_REPORT = "filing_report", "备案报告"
    FILING_OPINION = "filing_opinion", "备案意见"
    ACTIVIST_REGISTER = "activist_register", "入党积极分子培养考察登记表"
    THOUGHT_REPORT = "thought_report", "思想汇报"
    REVIEW_RECORD = "review_record", "培养考察记录"
    OPINIONS_RECORD = "opinions_record", "听取意见记录"
    LISTING_REQUEST = "listing_request", "列为发展对象请示"
    LISTING_REPLY = "listing_reply", "列为发展对象批复（备案件）"
    PUBLICITY_NOTICE = "publicity_notice", "公示"
    PUBLICITY_RESULT = "publicity_result", "公示结论"
    INTRODUCERS = "introducers", "入党介绍人确定记录"
    POLITICAL_REVIEW = "political_review", "政治审查结论性材料"
    INQUIRY_LETTER = "inquiry_letter", "函调材料"
    TRAINING_CERTIFICATE = "training_certificate", "短期集中培训证明"
    PREEXAM_REQUEST = "preexam_request", "预审请示"
    PREEXAM_REPLY = "preexam_reply", "预审批复"
    APPLICATION_FORM = "application_form", "入党志愿书"
    MEETING_MINUTES = "meeting_minutes", "支部党员大会会议记录"
    BALLOT_RESULT = "ballot_result", "票决结果"
    RESOLUTION = "resolution", "支部党员大会决议"
    APPROVAL_TALK = "approval_talk", "上级党委派人谈话意见"
    APPROVAL_MINUTES = "approval_minutes", "党委会会议记录"
    APPROVAL_REPLY = "approval_reply", "接收预备党员批复"
    FILING = "filing", "组织部门备案件"
    PLACEMENT = "placement", "编入党支部记录"
    OATH_RECORD = "oath_record", "入党宣誓记录"
    PROBATION_REGISTER = "probation_register", "预备党员教育考察登记表"
    CONFIRMATION_APPLICATION = "confirmation_application", "转正申请书"
    CONFIRMATION_OPINIONS = "confirmation_opinions", "转正征求意见记录"
    CONFIRMATION_REPLY = "confirmation_reply", "转正批复"
    CATALOGUE = "catalogue", "归档目录"
    TRANSFER_LETTER = "transfer_letter", "党员组织关系介绍信"
    TRANSFER_RECEIPT = "transfer_receipt", "组织关系介绍信回执"
    ELECTION_REQUEST = "election_request", "换届请示"
    ELECTION_REPLY = "election_reply", "换届批复"
    ELECTION_CANDIDATES = "election_candidates", "候选人预备人选请示"
    ELECTION_CANDIDATES_REPLY = "election_candidates_reply", "候选人预备人选批复"
    ELECTION_MINUTES = "election_minutes", "选举大会会议记录"
    ELECTION_REPORT = "election_report", "选举结果报告"
    ELECTION_APPROVAL = "election_approval", "选举结果批复（备案）"
    OTHER = "other", "其他材料"

    @property
    def reading(self) -> Reading:
        """Who opens it. Whatever is not named in either list is for the acting posts only."""
        if self in SEALED:
            return Reading.SEALED
        return Reading.OWN if self in OWN else Reading.ACTING


class DocumentState(TextChoices):
    """Nothing is ever deleted: a paper is in force, was corrected by a newer version, or was withdrawn."""

    CURRENT = "current", "有效"
    REPLACED = "replaced", "已有新版本"
    WITHDRAWN = "withdrawn", "已撤回"


class Match(TextChoices):
    """What comparing the text of a file with the person said when it was filed."""

    FOUND = "found", "文件中有本人姓名或号码"
    ABSENT = "absent", "文件中没有本人姓名，已说明"
    UNREAD = "unread", "扫描件或照片，未比对文字"
    PAPER = "paper", "只登记纸质原件"
    SHARED = "shared", "多人共用的文件，不比对"


K = DocumentKind
SEALED = frozenset({K.POLITICAL_REVIEW, K.INQUIRY_LETTER})
# What a meeting of the organization itself decided is read in these.
MINUTES = frozenset({DocumentKind.COMMITTEE_MINUTES, DocumentKind.MEETING_MINUTES, DocumentKind.ELECTION_MINUTES})

# What the person wrote, was handed, or was told in public. Talks, opinions and minutes hold what others said.
OWN = frozenset(
    {
        K.APPLICATION, K.ACTIVIST_REGISTER, K.THOUGHT_REPORT, K.PUBLICITY_NOTICE, K.TRAINING_CERTIFICATE,
        K.APPLICATION_FORM, K.RESOLUTION, K.APPROVAL_REPLY, K.OATH_RECORD, K.PROBATION_REGISTER,
        K.CONFIRMATION_APPLICATION, K.CONFIRMATION_REPLY, K.TRANSFER_LETTER, K.TRANSFER_RECEIPT, K.PLACEMENT,
    }
)  # fmt: skip
# What the person hands in; they may file it themselves.
SELF_FILED = frozenset({K.APPLICATION, K.CONFIRMATION_APPLICATION, K.THOUGHT_REPORT, K.APPLICATION_FORM})
# One meeting, request, reply or notice may be about several people; the same file then lies in each folder.
SHARED = frozenset(
    {
        K.COMMITTEE_MINUTES, K.FILING_REPORT, K.FILING_OPINION, K.LISTING_REQUEST, K.LISTING_REPLY,
        K.PUBLICITY_NOTICE, K.PUBLICITY_RESULT, K.PREEXAM_REQUEST, K.PREEXAM_REPLY, K.MEETING_MINUTES,
        K.APPROVAL_MINUTES, K.APPROVAL_REPLY, K.FILING, K.PLACEMENT, K.OATH_RECORD, K.CONFIRMATION_REPLY,
    }
)  # fmt: skip
# Papers of an organization, in no person's folder.
ORGANIZATIONAL = frozenset(
    {
        K.ELECTION_REQUEST, K.ELECTION_REPLY, K.ELECTION_CANDIDATES, K.ELECTION_CANDIDATES_REPLY, K.ELECTION_MINUTES,
        K.ELECTION_REPORT, K.ELECTION_APPROVAL,
    }
)  # fmt: skip
del K
