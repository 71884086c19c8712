"""Shapes of input for accounts."""

from django import forms

from zhibu.ui.forms import Form

CURRENT = forms.PasswordInput(attrs={"autocomplete": "current-password"})
NEW = forms.PasswordInput(attrs={"autocomplete": "new-password"})
HELP = "至少 10 个字符，不能全是数字，不能与账号相近，不能是常见口令。"


class SignInForm(Form):
    username = forms.CharField(
        label="账号",
        help_text="学工号或工号",
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(label="口令", widget=CURRENT, strip=False)


class TypedTwice(Form):
    """Checks that a new password was typed the same way twice."""

    def clean(self) -> dict[str, object]:
        data: dict[str, object] = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", "两次输入的口令不一样。")
        return data


class ActivateForm(TypedTwice):
    username = forms.CharField(
        label="账号",
        help_text="学工号或工号",
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    code = forms.CharField(label="启用码", help_text="十六位，印在发放单上，连字符可以不填", max_length=40)
    password = forms.CharField(label="设置口令", widget=NEW, strip=False, help_text=HELP)
    again = forms.CharField(label="再输一次", widget=NEW, strip=False)


class PasswordForm(TypedTwice):
    old = forms.CharField(label="原口令", widget=CURRENT, strip=False)
    password = forms.CharField(label="新口令", widget=NEW, strip=False, help_text=HELP)
    again = forms.CharField(label="再输一次", widget=NEW, strip=False)


class OpenForm(Form):
    username = forms.CharField(label="账号", help_text="学工号或工号", max_length=64)
    display_name = forms.CharField(label="姓名", max_length=60)
    is_administrator = forms.BooleanField(
        label="系统管理员", required=False, help_text="管理员维护账号和系统状态，看不到党员信息"
    )


class ReasonForm(Form):
    reason = forms.CharField(label="理由", max_length=200, help_text="例如：毕业离校、调离、账号被他人使用")
