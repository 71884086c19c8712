from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "zhibu.indicators"
    label = "indicators"
    verbose_name = "指标"
