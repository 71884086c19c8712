"""The list of robots, and the log of what was sent."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from zhibu.reminders.enums import SILENT, Channel, DeliveryState
from zhibu.reminders.models import Delivery, Robot
from zhibu.reminders.rules import INTERRUPTED, MOST_ATTEMPTS
from zhibu.ui.tables import ChoiceFilter, Column, DateFilter, Empty, Table, YesNoFilter

TONES = {DeliveryState.SENT: "green", DeliveryState.FAILED: "red", DeliveryState.SENDING: "yellow"}
SHOWN = [(value, label) for value, label in DeliveryState.choices if value not in SILENT]


def receiver(row: Delivery) -> str:
    return f"{row.user.display_name}（{row.user}）" if row.user else str(row.robot)


def explained(row: Delivery) -> str:
    """Why it did not arrive and what happens next, as a sentence."""
    if row.state == DeliveryState.SENDING and row.at < timezone.now() - INTERRUPTED:
        return "发送时中断，可能已经送达；为免重复，当天不再发。"
    if row.state != DeliveryState.FAILED:
        return ""
    over = row.is_test or row.attempts >= MOST_ATTEMPTS or row.day < timezone.localdate()
    again = "不再重试。" if over else "稍后自动重试。"
    return f"{row.reason}{again}"


class RobotTable(Table):
    title = "群机器人"
    search = "党组织或群名称"
    search_in = ("organization__name", "label")
    default_sort = "organization"
    columns = [
        Column("label", "群名称", link=lambda row: reverse("reminders:robot", args=[row.pk])),
        Column("organization", "党组织", value="organization.name", sort="organization__path"),
        Column("kind", "平台", value=Robot.get_kind_display),
        Column("host", "主机", phone=False),
        Column(
            "is_active", "状态", value=lambda row: "启用" if row.is_active else "停用",
            badge=lambda row: "green" if row.is_active else "grey",
        ),
    ]  # fmt: skip
    filters = [YesNoFilter("is_active", "启用")]
    empty = Empty(
        "还没有群机器人",
        "在企业微信或钉钉的群里添加机器人，把它的地址登记到这里。",
        action="登记群机器人",
        url="/reminders/robots/new/",
    )


class DeliveryTable(Table):
    title = "提醒发送记录"
    default_sort = "-at"
    columns = [
        Column("at", "时间", sort="at"),
        Column("channel", "途径", value=Delivery.get_channel_display),
        Column("receiver", "发给", value=receiver),
        Column("state", "结果", value=Delivery.get_state_display, badge=lambda row: TONES.get(row.state, "grey")),
        Column("count", "待办", value=lambda row: "测试" if row.is_test else row.count),
        Column("attempts", "次数", sort="attempts", phone=False),
        Column("reason", "说明", value=explained),
    ]
    filters = [
        ChoiceFilter("state", "结果", SHOWN),
        ChoiceFilter("channel", "途径", Channel.choices),
        YesNoFilter("is_test", "测试"),
        DateFilter("day", "日期", field="day"),
    ]
    empty = Empty("还没有发送过提醒", "配置好电子邮件后，每天自动发送一次；可以先发一封测试邮件。")
