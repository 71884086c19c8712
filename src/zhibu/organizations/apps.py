from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "zhibu.organizations"
    label = "organizations"
    verbose_name = "党组织"

    def ready(self) -> None:
        from zhibu.accounts.scope import grants_from
        from zhibu.organizations.queries import grants_of

        grants_from(grants_of)
