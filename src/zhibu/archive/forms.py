"""The shape of input."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from zhibu.archive.enums import ORGANIZATIONAL, SELF_FILED, DocumentKind
from zhibu.archive.models import Document
from zhibu.people.forms import BranchField
from zhibu.ui.forms import DateField, FilesField, Form, ManyFiles

ACCEPTED = ".pdf,.jpg,.jpeg,.png,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.wps,.et,.dps"


def choices(kinds: Sequence[DocumentKind]) -> list[tuple[str, str]]:
    return [("", "请选择"), *((kind.value, kind.label) for kind in kinds)]


class PaperForm(Form):
    """One paper: a file or the place of the paper original."""

    kind = forms.ChoiceField(label="类别")
    dated_on = DateField(label="材料日期", help_text="材料上写的日期。")
    file = FilesField(
        label="文件", required=False, help_text="PDF、Word 或照片。同一份材料的多张照片可以一次选中，合成一个 PDF。",
        widget=ManyFiles(attrs={"accept": ACCEPTED}),
    )  # fmt: skip
    title = forms.CharField(label="题名", required=False, max_length=200, help_text="不填则用类别名称。")
    number = forms.CharField(label="文号", required=False, max_length=60)
    place = forms.CharField(
        label="纸质原件存放处", required=False, max_length=120, help_text="只有纸质原件、没有文件的，必须填写。"
    )
    reason = forms.CharField(
        label="说明", required=False, max_length=300, help_text="文件里没有本人姓名等需要解释的，写在这里。"
    )

    def __init__(self, data: Any = None, files: Any = None, *, own: bool = False, initial: Any = None) -> None:
        super().__init__(data, files, initial=initial)
        kinds = [kind for kind in DocumentKind if kind in SELF_FILED or not own]
        kinds = [kind for kind in kinds if kind not in ORGANIZATIONAL]
        self.fields["kind"].choices = choices(kinds)  # type: ignore[attr-defined]
        if own:
            del self.fields["number"]


class OrganizationPaperForm(PaperForm):
    """A paper of an organization, in nobody's folder."""

    def __init__(self, data: Any = None, files: Any = None, *, organizations: Any, today: date) -> None:
        super().__init__(data, files, initial={"dated_on": today})
        kinds = [*sorted(ORGANIZATIONAL, key=list(DocumentKind).index), DocumentKind.OTHER]
        self.fields["kind"].choices = choices(kinds)  # type: ignore[attr-defined]
        self.fields = {"organization": BranchField(organizations, label="党组织"), **self.fields}
        self.fields["reason"].help_text = "可以不填。"


class VersionForm(PaperForm):
    """A newer version of a paper: the same kind, a reason."""

    def __init__(self, data: Any = None, files: Any = None, *, old: Document) -> None:
        given = {"dated_on": old.dated_on, "title": old.title, "number": old.number, "place": old.place}
        super().__init__(data, files, initial=given)
        del self.fields["kind"]
        self.fields["reason"].required = True
        self.fields["reason"].label = "更正的理由"
        self.fields["reason"].help_text = "例如：补签名后重新扫描。"


class ReasonForm(Form):
    """Why a sealed paper is opened, or a paper withdrawn."""

    reason = forms.CharField(label="理由", max_length=300, help_text="至少四个字，会留在审计记录里。")


class PackageForm(Form):
    """Whether sealed papers go in, and why."""

    with_sealed = forms.BooleanField(label="连同密封材料", required=False, help_text="须写明理由，逐份留下查阅记录。")
    reason = forms.CharField(label="理由", required=False, max_length=300, help_text="不含密封材料的，可以不填。")
