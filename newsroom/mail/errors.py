"""What can be wrong with an address, and what can happen at the moment of sending."""


class AddressError(ValueError):
    """The text is no address that mail can go to; says why, at the field."""


class NotSentError(Exception):
    """The server does not take this message now (4xx); it may be tried again later."""


class RefusedError(Exception):
    """The server will never take this message for this address (5xx)."""


class ConnectionLostError(Exception):
    """The connection ended before the final dot: the message surely did not leave."""


class NoWayOutError(Exception):
    """Nothing can be sent at the moment, whatever the message."""


class InDoubtError(Exception):
    """The connection broke when the message may or may not have been taken."""
