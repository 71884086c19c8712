from tests.demo.university import university  # noqa: F401
