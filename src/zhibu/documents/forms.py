"""The shape of an upload and of going back."""

from django import forms

from zhibu.ui.forms import Form


class UploadForm(Form):
    """``based_on``: the version that was downloaded and edited."""

    file = forms.FileField(
        label="改好的模板",
        max_length=300,
        help_text="Word 文档（.docx），不超过 2 MB。上传时自动核对变量并试填。",
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )
    note = forms.CharField(label="修改说明", max_length=200, help_text="改了什么、为什么，供以后查看。")
    based_on = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)


class RestoreForm(Form):
    version = forms.IntegerField(min_value=0, max_value=1_000_000)
    based_on = forms.IntegerField(min_value=0, max_value=1_000_000)
