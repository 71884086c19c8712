from django.apps import AppConfig


class RegulationsConfig(AppConfig):
    name = "zhibu.regulations"
    label = "regulations"
    verbose_name = "规程"
