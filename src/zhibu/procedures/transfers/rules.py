"""What a whole-organization move forbids meanwhile (regulations.md 5.2)."""

from __future__ import annotations

from zhibu.organizations.models import Organization

THAW = "请先办结或终止整建制转接。"


def frozen_text(node: Organization) -> str:
    return f"“{node}”的整建制转接正在办理，期间冻结人员变动。"
