"""The certificate of an honour. Its layout is the platform's own; all samples are invented."""

from __future__ import annotations

from datetime import date

from zhibu.documents.registry.variables import DocumentKind, text

ASSESSMENT: tuple[DocumentKind, ...] = (
    DocumentKind(
        "honour_certificate",
        "荣誉证书",
        "评定为先进的党组织的证书",
        (
            text("number", "证书编号", "2026-0001"),
            text("organization", "党组织", "中共虚构大学计算机学院本科生第一支部委员会"),
            text("honour", "荣誉", "先进党组织"),
            text("period", "考核期", "2026年第三季度"),
            text("document", "会议或文号", "校党委会〔2026〕15 号纪要"),
            text("signed_by", "落款单位", "中共虚构大学委员会"),
            text("dated_on", "落款日期", date(2026, 11, 20)),
        ),
        official=False,
    ),
)
