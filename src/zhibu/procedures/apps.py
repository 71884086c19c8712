from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "zhibu.procedures"
    label = "procedures"
    verbose_name = "办理事项"

    def ready(self) -> None:
        from zhibu.people.signals import moved, stage_changing
        from zhibu.procedures.receivers import follow_the_person, keep_to_the_case

        stage_changing.connect(keep_to_the_case, dispatch_uid="procedures.stages")
        moved.connect(follow_the_person, dispatch_uid="procedures.moves")
