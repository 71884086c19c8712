"""The ways out. Each says in a sentence why something could not be sent."""


class NotSent(Exception):
    """It did not go out, for the reason given.

    ``final``: another attempt would end the same way. ``server_is_away``: so would one to anybody else, now.
    """

    def __init__(self, reason: str, *, final: bool = False, server_is_away: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final
        self.server_is_away = server_is_away
