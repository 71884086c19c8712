"""What can be asked about indicators. Definitions are public facts, so these queries need no scope."""

from zhibu.indicators.definition import Dimension, Indicator, Opens, Role, Window, catalogue, named
from zhibu.indicators.periods import Period, between

__all__ = ["Dimension", "Indicator", "Opens", "Period", "Role", "Window", "between", "catalogue", "named"]
