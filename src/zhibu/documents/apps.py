from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "zhibu.documents"
    label = "documents"
    verbose_name = "文书"
