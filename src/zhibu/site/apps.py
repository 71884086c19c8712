from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "zhibu.site"
    label = "site"
    verbose_name = "安装"
