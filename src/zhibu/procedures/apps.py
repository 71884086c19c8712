from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "zhibu.procedures"
    label = "procedures"
    verbose_name = "办理事项"

    def ready(self) -> None:
        from zhibu.organizations.signals import reparented
        from zhibu.people.signals import moved, stage_changing
        from zhibu.procedures.receivers import follow_the_organization, follow_the_person, keep_to_the_case

        stage_changing.connect(keep_to_the_case, dispatch_uid="procedures.stages")
        moved.connect(follow_the_person, dispatch_uid="procedures.moves")
        reparented.connect(follow_the_organization, dispatch_uid="procedures.tree")
        from zhibu.procedures.numbered import actions  # noqa: F401  (says what its steps do)

        _connect_transfers()


def _connect_transfers() -> None:
    from zhibu.organizations.signals import reparenting
    from zhibu.people.signals import moved, roster_changing, stage_changing, where_to
    from zhibu.procedures.signals import called_off, fell_back
    from zhibu.procedures.transfers import receivers
    from zhibu.procedures.transfers.actions import deeds  # noqa: F401  (says what its steps do)

    stage_changing.connect(receivers.end_with_the_stage, dispatch_uid="transfers.stages")
    roster_changing.connect(receivers.keep_to_the_transfer, dispatch_uid="transfers.rosters")
    moved.connect(receivers.follow_the_person, dispatch_uid="transfers.moves")
    where_to.connect(receivers.tell_where_to, dispatch_uid="transfers.where_to")
    called_off.connect(receivers.void_letters, dispatch_uid="transfers.letters")
    fell_back.connect(receivers.expire_letters, dispatch_uid="transfers.lateness")
    reparenting.connect(receivers.keep_to_the_whole_move, dispatch_uid="transfers.tree")
