"""Where a publication and an appeal stand, and how far a published result is shown."""

from django.db.models import TextChoices


class PublicationState(TextChoices):
    """Appeals are lodged and answered while the assessed have notice."""

    DRAFT = "draft", "起草"
    NOTICE = "notice", "告知和申诉"
    FINAL = "final", "已定稿"
    PUBLISHED = "published", "已公布"
    WITHDRAWN = "withdrawn", "已撤回"


# Known to the assessed.
NOTICED = (PublicationState.NOTICE, PublicationState.FINAL, PublicationState.PUBLISHED)


class Audience(TextChoices):
    """Who sees the results of others once published; each organization and its superiors see its own from notice on.
    `PUBLIC` is everybody, without an account (GK17: 社会)."""

    OWN = "own", "只向本组织及其上级"
    FACULTY = "faculty", "院系内"
    UNIVERSITY = "university", "全校党组织"
    PUBLIC = "public", "向社会公开"


class AppealState(TextChoices):
    OPEN = "open", "待答复"
    UPHELD = "upheld", "成立"
    REJECTED = "rejected", "不成立"
    WITHDRAWN = "withdrawn", "已撤回"


class Remedy(TextChoices):
    """How an upheld appeal is put right."""

    RECORDS = "records", "更正记录后重新计算"
    POINTS = "points", "直接更正得分"
