"""How strongly a rule binds, and how well its value has been verified."""

from enum import StrEnum


class Binding(StrEnum):
    """`must` blocks; `normally` asks for a reason and lets pass; `parameter` is the university's to set."""

    MUST = "must"
    NORMALLY = "normally"
    PARAMETER = "parameter"

    @property
    def label(self) -> str:
        return {"must": "应当", "normally": "一般", "parameter": "可设参数"}[self.value]


class Verified(StrEnum):
    """Against what a value was checked."""

    CHECKED = "checked"
    SECONDARY = "secondary"
    MEMORY = "memory"
    CONVENTION = "convention"

    @property
    def label(self) -> str:
        return {
            "checked": "已核对条文",
            "secondary": "只见二手材料，未核对原文",
            "memory": "凭记忆，未核对原文",
            "convention": "惯例，不是规定",
        }[self.value]


# The folder of a rule's file, and what its id begins with.
PREFIXES = {
    "development": "dev",
    "organization": "org",
    "election": "elect",
    "life": "life",
    "education": "edu",
    "dues": "dues",
    "transfer": "move",
    "lost": "lost",
    "disposition": "disp",
    "supervision": "supervise",
    "assessment": "assess",
}
SUBJECTS = {
    "development": "发展党员",
    "organization": "组织设置与任期",
    "election": "选举",
    "life": "组织生活",
    "education": "教育培训",
    "dues": "党费",
    "transfer": "组织关系",
    "lost": "失联与停止党籍",
    "disposition": "组织处置",
    "supervision": "监督督办",
    "assessment": "考核评价",
}
