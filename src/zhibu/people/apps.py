from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "zhibu.people"
    label = "people"
    verbose_name = "党员"

    def ready(self) -> None:
        from zhibu.accounts.scope import grants_from, person_from
        from zhibu.people.queries import membership_grants, person_behind

        grants_from(membership_grants)
        person_from(person_behind)
