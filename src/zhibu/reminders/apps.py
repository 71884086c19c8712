from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "zhibu.reminders"
    label = "reminders"
    verbose_name = "提醒"
