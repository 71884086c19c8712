"""What material is, and whom it and declarations are addressed to."""

from django.db.models import TextChoices


class MaterialKind(TextChoices):
    EDUCATION = "education", "廉政教育"
    CASE = "case", "典型案例"
    RULE = "rule", "制度规定"


class Audience(TextChoices):
    """Who of an organization and everything below it. By posts: whoever holds them today."""

    MEMBERS = "members", "全体党员"
    COMMITTEE = "committee", "委员会委员"
    SECRETARIES = "secretaries", "书记、副书记"
