"""A message before it has a recipient."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a message; `kind` is its media type."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """Subject, plain text and HTML of one message; `headers` are added to each copy.

    Where `wants_no_return` is set no server tells anybody if it cannot be delivered: for
    messages made because of another message, which must never make a loop (RFC 5321, 4.5.5).
    """

    subject: str
    text: str
    html: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    wants_no_return: bool = False
