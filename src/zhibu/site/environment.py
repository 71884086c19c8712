"""What an operator may set, read from the environment by typed helpers that fail loudly."""

import os
import secrets
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[3]


class SettingError(RuntimeError):
    """An environment variable holds something that cannot be used; the text says which and what to write instead."""


def text(name: str, default: str = "") -> str:
    """The variable's value; ``NAME_FILE`` may point to a file that holds it (for secrets)."""
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    value = text(name, "yes" if default else "no").lower()
    if value in {"1", "yes", "true", "on"}:
        return True
    if value in {"0", "no", "false", "off", ""}:
        return False
    raise SettingError(f"{name}={value!r}:只能写 yes 或 no。")


def whole_number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdigit():
        raise SettingError(f"{name}={value!r}:应为非负整数。")
    return int(value)


def networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses and networks (``10.0.0.5,192.168.3.0/24``), separated by commas; none by default."""
    found = []
    for part in filter(None, (part.strip() for part in text(name).split(","))):
        try:
            found.append(ip_network(part))
        except ValueError as error:
            raise SettingError(
                f"{name}：“{part}”不是网络地址。应写 IP 地址或网段，用英文逗号隔开，例如 10.0.0.5,192.168.3.0/24。"
            ) from error
    return tuple(found)


def listed(name: str) -> tuple[str, ...]:
    """Words in lower case, separated by commas; none by default."""
    return tuple(part.strip().lower() for part in text(name).split(",") if part.strip())


def public_address(name: str) -> str:
    """The address under which people open the platform, without a slash at the end; empty when not set."""
    value = text(name).strip().rstrip("/")
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
        raise SettingError(f"{name}={value!r}：应写平台自己的网址，例如 https://dangjian.example.edu.cn。")
    return value


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, and the sender it carries."""

    host: str
    port: int
    user: str
    password: str
    by_ssl: bool
    by_starttls: bool
    sender: str


MAIL_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def mail_server(name: str) -> MailServer | None:
    """``smtps://account:password@smtp.example.edu.cn?from=zhibu@example.edu.cn``; None when not set.

    The text of an error never repeats the value: it holds a password.
    """
    value = text(name).strip()
    if not value:
        return None
    example = "例如 smtps://账号:口令@smtp.example.edu.cn:465?from=zhibu@example.edu.cn"
    try:
        parts = urlsplit(value)
        port = parts.port or MAIL_PORTS.get(parts.scheme, 0)
    except ValueError:
        raise SettingError(f"{name}：端口应为数字。{example}。") from None
    if parts.scheme not in MAIL_PORTS or not parts.hostname:
        raise SettingError(f"{name}：应以 smtp://、smtp+starttls:// 或 smtps:// 开头，后面是邮件服务器。{example}。")
    sender = dict(parse_qsl(parts.query)).get("from", "") or unquote(parts.username or "")
    if "@" not in sender:
        raise SettingError(f"{name}：没有发件人，请在末尾写 ?from=邮箱。{example}。")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    by_ssl, by_starttls = parts.scheme == "smtps", parts.scheme == "smtp+starttls"
    return MailServer(parts.hostname, port, user, password, by_ssl, by_starttls, sender)


def var_folder() -> Path:
    """The one folder in which the installation keeps its data: database, keys, lake, attachments."""
    folder = Path(text("ZHIBU_VAR", str(Path.cwd() / "var"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def secret(name: str, *, length: int = 48) -> str:
    """The secret from the environment, else from ``var/keys/<name>``, made on first use with mode 600."""
    if value := text(name):
        return value
    folder = var_folder() / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / name.lower()
    if not file.exists():
        draft = folder / f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(secrets.token_urlsafe(length))
        try:
            # link() refuses when another process was first: then its secret is the one that counts.
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text(encoding="utf-8").strip()


def database(url: str) -> dict[str, object]:
    """``postgresql://user:password@host:port/name?options`` as Django's settings; other schemes are refused."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise SettingError("DATABASE_URL:只支持 PostgreSQL，例如 postgresql://zhibu:口令@127.0.0.1:5432/zhibu。")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "zhibu",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }
