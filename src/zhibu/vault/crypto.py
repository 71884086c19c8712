"""Encryption of single values, and the blind index by which an encrypted value can still be found.

A stored value is ``version (1 byte) | key id (1) | nonce (12) | AES-256-GCM ciphertext and tag``. The name of the
field is authenticated with it, so that a value moved to another column does not open. The blind index is HMAC-SHA-256
over the normalized value under a key of its own: equal values give equal indexes, and without that key nobody can try
the ten-to-the-eighteen possible numbers.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = 1
KEY_ID = 1


class Unreadable(ValueError):
    """A stored value does not open: another key, another field, or damaged bytes."""


@lru_cache(maxsize=8)
def _cipher(secret: str) -> AESGCM:
    return AESGCM(hashlib.sha256(b"zhibu field key\0" + secret.encode()).digest())


def encrypt(text: str, *, field: str) -> bytes:
    """The value under the installation's key; ``field`` is ``room.Model.name`` and must be the same for reading."""
    return encrypt_bytes(text.encode(), field=field)


def encrypt_bytes(content: bytes, *, field: str) -> bytes:
    """The same for whole contents (uploaded files, staged rows)."""
    nonce = os.urandom(12)
    return bytes((VERSION, KEY_ID)) + nonce + _cipher(settings.FIELD_KEY).encrypt(nonce, content, field.encode())


def decrypt(stored: bytes, *, field: str) -> str:
    """The value again. Raises `Unreadable`."""
    return decrypt_bytes(stored, field=field).decode()


def decrypt_bytes(stored: bytes, *, field: str) -> bytes:
    """The content again. Raises `Unreadable`."""
    if len(stored) < 30 or stored[0] != VERSION:
        raise Unreadable(f"{field}:保存的内容不是本系统加密的。")
    try:
        return _cipher(settings.FIELD_KEY).decrypt(stored[2:14], stored[14:], field.encode())
    except InvalidTag as error:
        raise Unreadable(f"{field}:密钥不符或数据损坏，请核对 ZHIBU_FIELD_KEY 是否为写入时的密钥。") from error


def blind_index(text: str, *, field: str) -> bytes:
    """16 bytes that are equal for equal values of the same field."""
    key = settings.FIELD_INDEX_KEY.encode()
    return hmac.digest(key, field.encode() + b"\0" + text.encode(), "sha256")[:16]


def encryptor(field: str) -> Callable[[str], bytes]:
    """`encrypt` for very many values of one field: key, name and random numbers are fetched once, not per value.

    What it returns is not to be shared between threads: two could take the same nonce.
    """
    cipher, name, head = _cipher(settings.FIELD_KEY), field.encode(), bytes((VERSION, KEY_ID))
    pool, place = b"", 0

    def run(text: str) -> bytes:
        nonlocal pool, place
        if place >= len(pool):
            pool, place = os.urandom(12 * 500), 0
        nonce = pool[place : place + 12]
        place += 12
        return head + nonce + cipher.encrypt(nonce, text.encode(), name)

    return run


def indexer(field: str) -> Callable[[str], bytes]:
    """`blind_index` for very many values of one field."""
    key, name, sign = settings.FIELD_INDEX_KEY.encode(), field.encode() + b"\0", hmac.digest

    def run(text: str) -> bytes:
        return sign(key, name + text.encode(), "sha256")[:16]

    return run


def decryptor(field: str) -> Callable[[bytes], str]:
    """`decrypt` for very many values of one field. Raises `Unreadable`."""
    cipher, name = _cipher(settings.FIELD_KEY), field.encode()

    def run(stored: bytes) -> str:
        try:
            return cipher.decrypt(stored[2:14], stored[14:], name).decode()
        except InvalidTag:
            return decrypt(stored, field=field)  # says in words what is wrong

    return run


def pseudonym(text: str) -> str:
    """A short mark by which two audit entries about the same value of one record match, without storing the value."""
    return base64.b32encode(blind_index(text, field="audit"))[:8].decode()
