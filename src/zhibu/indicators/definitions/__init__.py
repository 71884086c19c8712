"""The indicators. Importing this package declares them all, in the order in which a page lists them."""

from zhibu.indicators.definitions import life, persons, organizations, dues, supervision  # noqa: F401, I001
