"""What can be done about projects, journal and service: one function a use case."""
