"""Alerts that rules raised on organizations, and what happened with each."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhibu.organizations.models import Organization
from zhibu.supervision.alerts.enums import AlertEntryKind, AlertState

USER = settings.AUTH_USER_MODEL


class Alert(models.Model):
    """The condition of one rule holds for one organization, never for a person.

    ``since`` is the first day of what the condition was judged by; ``readings`` are the values of the last look, oldest
    first. ``is_false`` stays after closing, so that each rule's share of false alarms can be counted.
    """

    rule = models.CharField("预警规则", max_length=40)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="alerts", verbose_name="党组织", db_index=False
    )
    state = models.CharField("状态", max_length=12, choices=AlertState.choices, default=AlertState.RAISED)
    since = models.DateField("起始日期")
    raised_on = models.DateField("发出日期")
    readings = models.JSONField("数值", default=list)
    acknowledged_on = models.DateField("确认日期", null=True, blank=True)
    snoozed_until = models.DateField("暂缓至", null=True, blank=True)
    is_false = models.BooleanField("误报", default=False)
    closed_on = models.DateField("解除日期", null=True, blank=True)
    problem = models.ForeignKey(
        "supervision.Problem", models.SET_NULL, null=True, blank=True, related_name="alerts", verbose_name="问题"
    )

    class Meta:
        verbose_name = "预警"
        ordering = ("-raised_on", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("rule", "organization"), condition=Q(closed_on__isnull=True), name="one_living_alert"
            ),
            models.CheckConstraint(
                condition=Q(state=AlertState.CLOSED) ^ Q(closed_on__isnull=True), name="closed_alert_has_day"
            ),
            models.CheckConstraint(
                condition=Q(state=AlertState.SNOOZED) ^ Q(snoozed_until__isnull=True), name="snoozed_alert_has_day"
            ),
            models.CheckConstraint(
                condition=~Q(state=AlertState.FALSE) | Q(is_false=True), name="false_alert_is_false"
            ),
        )
        indexes = (
            models.Index(fields=("organization", "state"), name="alert_organization"),
            models.Index(fields=("rule", "closed_on"), name="alert_rule"),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """预警编号."""
        return f"YJ{self.raised_on.year}-{self.pk:05d}"


class AlertEntry(models.Model):
    """One thing that happened with an alert. Added, never changed."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="entries", verbose_name="预警")
    kind = models.CharField("事项", max_length=12, choices=AlertEntryKind.choices)
    on = models.DateField("日期")
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+", verbose_name="登记人", db_index=False)
    role = models.CharField("身份", max_length=40)
    text = models.CharField("说明", max_length=2000, blank=True)
    data = models.JSONField("内容", default=dict, blank=True)

    class Meta:
        verbose_name = "预警办理记录"
        ordering = ("alert", "pk")

    def __str__(self) -> str:
        return f"{self.alert_id} {self.kind}"
