"""What an operator writes into the environment is understood, or refused in a sentence without its password."""

from __future__ import annotations

import pytest

from zhibu.site.environment import SettingError, listed, mail_server, public_address


@pytest.mark.parametrize(
    ("value", "port", "by_ssl", "by_starttls", "sender"),
    [
        ("smtps://zhibu%40example.edu.cn:p%40ss@smtp.example.edu.cn", 465, True, False, "zhibu@example.edu.cn"),
        ("smtp+starttls://u:p%40ss@smtp.example.edu.cn?from=a@example.edu.cn", 587, False, True, "a@example.edu.cn"),
        ("smtp://u:p%40ss@smtp.example.edu.cn:2525?from=a@example.edu.cn", 2525, False, False, "a@example.edu.cn"),
    ],
)
def test_a_mail_server_is_one_line(
    monkeypatch: pytest.MonkeyPatch, value: str, port: int, by_ssl: bool, by_starttls: bool, sender: str
) -> None:
    monkeypatch.setenv("ZHIBU_EMAIL_URL", value)

    found = mail_server("ZHIBU_EMAIL_URL")

    assert found is not None
    assert (found.host, found.password) == ("smtp.example.edu.cn", "p@ss")
    assert (found.port, found.by_ssl, found.by_starttls, found.sender) == (port, by_ssl, by_starttls, sender)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("https://u:geheim@smtp.example.edu.cn", "应以 smtp://"),
        ("smtps://u:geheim@:465?from=a@b.cn", "应以 smtp://"),
        ("smtps://u:geheim@smtp.example.edu.cn:abc", "端口应为数字"),
        ("smtps://u:geheim@smtp.example.edu.cn", "没有发件人"),
    ],
)
def test_a_wrong_one_is_refused_and_the_password_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, value: str, sentence: str
) -> None:
    monkeypatch.setenv("ZHIBU_EMAIL_URL", value)

    with pytest.raises(SettingError, match=sentence) as refused:
        mail_server("ZHIBU_EMAIL_URL")

    assert "geheim" not in str(refused.value)


def test_addresses_and_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    assert mail_server("ZHIBU_EMAIL_URL") is None
    monkeypatch.setenv("ZHIBU_PUBLIC_URL", "https://zhibu.example.edu.cn/")
    assert public_address("ZHIBU_PUBLIC_URL") == "https://zhibu.example.edu.cn"
    monkeypatch.setenv("ZHIBU_WEBHOOK_HOSTS", " QYAPI.weixin.qq.com, oapi.dingtalk.com,")
    assert listed("ZHIBU_WEBHOOK_HOSTS") == ("qyapi.weixin.qq.com", "oapi.dingtalk.com")
    monkeypatch.setenv("ZHIBU_PUBLIC_URL", "zhibu.example.edu.cn")
    with pytest.raises(SettingError, match="应写平台自己的网址"):
        public_address("ZHIBU_PUBLIC_URL")
