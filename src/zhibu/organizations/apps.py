from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "zhibu.organizations"
    label = "organizations"
    verbose_name = "党组织"

    def ready(self) -> None:
        from zhibu.accounts.scope import grants_from
        from zhibu.organizations.actions import end_with_membership
        from zhibu.organizations.queries import grants_of
        from zhibu.people.signals import membership_ended

        grants_from(grants_of)
        membership_ended.connect(end_with_membership, dispatch_uid="organizations.posts")
