from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "zhibu.meetings"
    label = "meetings"
    verbose_name = "组织生活"

    def ready(self) -> None:
        from zhibu.accounts.scope import grants_from
        from zhibu.meetings.ledger.queries import inspection_grants
        from zhibu.meetings.planning.actions import on_recorded
        from zhibu.meetings.queries.leading import fill_the_step, tell_the_step
        from zhibu.meetings.signals import recorded
        from zhibu.procedures.signals import meetings_asked, record_asked

        grants_from(inspection_grants)
        meetings_asked.connect(tell_the_step, dispatch_uid="meetings.decisions")
        record_asked.connect(fill_the_step, dispatch_uid="meetings.said")
        recorded.connect(on_recorded, dispatch_uid="meetings.planning")
