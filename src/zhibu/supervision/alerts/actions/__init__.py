"""What can be done with alerts: one function a use case."""

from zhibu.supervision.alerts.actions.handling import acknowledge, mark_false, snooze, turn_into_problem
from zhibu.supervision.alerts.actions.nightly import AlertNight, watch_alerts

__all__ = ["AlertNight", "acknowledge", "mark_false", "snooze", "turn_into_problem", "watch_alerts"]
