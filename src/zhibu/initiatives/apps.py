from django.apps import AppConfig


class InitiativesConfig(AppConfig):
    name = "zhibu.initiatives"
    label = "initiatives"
    verbose_name = "支部工作"
