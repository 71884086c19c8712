from django.apps import AppConfig


class InitiativesConfig(AppConfig):
    name = "zhibu.initiatives"
    label = "initiatives"
    verbose_name = "支部工作"

    def ready(self) -> None:
        from zhibu.initiatives.queries import chapters
        from zhibu.meetings.signals import ledger_gathered

        ledger_gathered.connect(chapters, dispatch_uid="initiatives.ledger")
