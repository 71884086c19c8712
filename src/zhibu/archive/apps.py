from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "zhibu.archive"
    label = "archive"
    verbose_name = "电子档案"
