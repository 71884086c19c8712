"""What can be done: choose how to be reminded, register a group's robot, send what is due, try it out."""

from zhibu.reminders.actions.choosing import add_robot, remove_robot, set_preference, switch_robot
from zhibu.reminders.actions.sending import forget_old, send_due, test_mail, test_robot

__all__ = [
    "add_robot",
    "forget_old",
    "remove_robot",
    "send_due",
    "set_preference",
    "switch_robot",
    "test_mail",
    "test_robot",
]
