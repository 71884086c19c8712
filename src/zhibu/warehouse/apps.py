from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WarehouseConfig(AppConfig):
    name = "zhibu.warehouse"
    label = "warehouse"
    verbose_name = "数据仓"

    def ready(self) -> None:
        autodiscover_modules("facts")
