"""A model field whose column holds only ciphertext."""

from typing import Any

from django.db import models

from zhibu.vault.crypto import decrypt, encrypt


class EncryptedTextField(models.BinaryField):
    """Text in Python, AES-GCM bytes in the column. Cannot be searched or sorted: pair it with a blind index column."""

    description = "encrypted text"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def _check_str_default_value(self) -> list[Any]:
        return []  # BinaryField forbids a text default because it stores what it gets; this one encrypts it.

    @property
    def purpose(self) -> str:
        return f"{self.model._meta.label}.{self.name}"

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, bytes | memoryview):
            return value
        return encrypt(value, field=self.purpose) if value else b""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(value if prepared else self.get_prep_value(value), connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        if value is None:
            return None
        return decrypt(bytes(value), field=self.purpose) if len(value) else ""

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: Any) -> str:
        raise TypeError("Encrypted fields are not serialized: use zhibu export.")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name in {"isnull", "exact"}:
            return super().get_lookup(lookup_name)
        return None
