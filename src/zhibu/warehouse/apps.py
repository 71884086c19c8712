from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "zhibu.warehouse"
    label = "warehouse"
    verbose_name = "数据仓"
