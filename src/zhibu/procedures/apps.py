from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "zhibu.procedures"
    label = "procedures"
    verbose_name = "办理事项"
