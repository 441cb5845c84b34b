"""What can be wrong with people's accounts, said to whoever reads it."""


class InvitationError(Exception):
    """The invitation cannot be made or used; the text says why."""
