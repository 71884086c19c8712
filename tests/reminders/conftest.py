"""An operator's settings, what waits as the test says it, and a robot of the group chat on this machine."""

from __future__ import annotations

import ipaddress
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from zhibu.reminders import queries
from zhibu.ui.waiting import Waiting

SAID = Callable[..., None]


@pytest.fixture(autouse=True)
def operator(settings: Any) -> Any:
    """Mail and links are set up; robots are not."""
    settings.EMAIL_SENDER, settings.PUBLIC_URL = "zhibu@example.edu.cn", "https://zhibu.example.edu.cn"
    settings.WEBHOOK_HOSTS = ()
    return settings


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """``waits(Waiting(…), …)``: from now on exactly this waits for everybody."""

    def say(*found: Waiting) -> None:
        monkeypatch.setattr(queries, "sources", lambda: (lambda scope: list(found),))

    return say


@dataclass
class Group:
    """A robot that keeps what it was sent and answers as told."""

    address: str
    host: str
    answer: tuple[int, bytes] = (200, b'{"errcode": 0, "errmsg": "ok"}')
    headers: dict[str, str] = field(default_factory=dict)
    heard: list[tuple[str, Any]] = field(default_factory=list)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def group(certificate: Path, operator: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Group]:
    """A robot's server with TLS on 127.0.0.1, trusted and allowed by the operator."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.heard.append((self.path, json.loads(body)))
            self.send_response(found.answer[0])
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(found.answer[1])

        def log_message(self, *_given: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    host = f"127.0.0.1:{server.server_port}"
    found = Group(f"https://{host}/robot/send?access_token=abc", host)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    operator.WEBHOOK_HOSTS = (host,)
    yield found
    server.shutdown()
    server.server_close()
