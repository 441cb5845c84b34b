"""What can be wrong with an address, and what can happen at the moment of sending."""


class AddressError(ValueError):
    """The text is no address that mail can go to; says why, at the field."""


class NotSentError(Exception):
    """The message surely did not leave; it may be tried again later."""


class RefusedError(Exception):
    """The server will never take this message for this address (5xx)."""


class InDoubtError(Exception):
    """The connection broke when the message may or may not have been taken."""
