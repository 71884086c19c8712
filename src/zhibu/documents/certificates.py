"""The shipped templates of certificates; `defaults` writes them with the others."""

from __future__ import annotations

from zhibu.documents.layout import Sheet


def membership(sheet: Sheet) -> None:
    sheet.add("表单标题", "党员身份证明", before=2)
    sheet.when("number", "表单落款", "{{ number }}")
    sheet.add(
        "表单正文",
        "兹证明{{ name }}同志，{{ gender }}，{{ born }}出生，系{{ stage }}"
        "{% if joined_on %}，{{ joined_on }}加入党组织{% endif %}"
        "{% if confirmed_on %}，{{ confirmed_on }}转为正式党员{% endif %}，现组织关系在{{ organization }}。",
        before=1,
    )
    sheet.when("purpose", "表单正文", "本证明用于{{ purpose }}。")
    sheet.add("表单正文", "特此证明。")
    sheet.add("表单落款", "{{ signed_by }}（盖章）", before=2)
    sheet.add("表单落款", "{{ dated_on }}")


def training(sheet: Sheet) -> None:
    sheet.add("表单标题", "培训证明", before=2)
    sheet.when("number", "表单落款", "{{ number }}")
    sheet.add(
        "表单正文",
        "{{ name }}同志（{{ organization }}）于{{ starts_on }}至{{ ends_on }}参加{{ course }}，"
        "共{{ days }}天、{{ hours }}学时，考核结果：{{ result }}。",
        before=1,
    )
    sheet.add("表单正文", "特此证明。")
    sheet.add("表单落款", "{{ signed_by }}（盖章）", before=2)
    sheet.add("表单落款", "{{ dated_on }}")


def honour(sheet: Sheet) -> None:
    sheet.add("公文标题", "荣誉证书", before=4)
    sheet.add("公文字号", "编号：{{ number }}")
    sheet.add("公文主送", "{{ organization }}：", before=2)
    sheet.add("公文正文", "在{{ period }}党组织考核评价中成绩突出，经{{ document }}研究决定，评为{{ honour }}。")
    sheet.add("公文正文", "特发此证，以资鼓励。")
    sheet.add("公文署名", "{{ signed_by }}（盖章）", before=3)
    sheet.add("公文日期", "{{ dated_on }}")


CERTIFICATES = {
    "membership_certificate": membership, "training_certificate": training, "honour_certificate": honour,
}  # fmt: skip
