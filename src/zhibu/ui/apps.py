from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "zhibu.ui"
    label = "ui"
    verbose_name = "界面"

    def ready(self) -> None:
        from zhibu.ui.sentences import speak

        speak()
