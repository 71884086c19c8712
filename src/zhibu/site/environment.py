"""What an operator may set, read from the environment by typed helpers that fail loudly."""

import os
import secrets
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
