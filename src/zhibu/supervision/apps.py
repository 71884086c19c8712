from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "zhibu.supervision"
    label = "supervision"
    verbose_name = "监督督办"

    def ready(self) -> None:
        from zhibu.meetings.signals import problem_changed, problem_found
        from zhibu.supervision.actions import follow, take_in

        problem_found.connect(take_in, dispatch_uid="supervision.problems")
        problem_changed.connect(follow, dispatch_uid="supervision.changes")
