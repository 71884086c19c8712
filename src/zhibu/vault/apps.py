from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "zhibu.vault"
    label = "vault"
    verbose_name = "加密保管"
