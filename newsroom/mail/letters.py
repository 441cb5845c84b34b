"""A message before it has a recipient."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Letter:
    """Subject, plain text and HTML of one message; `headers` are added to each copy."""

    subject: str
    text: str
    html: str = ""
    headers: dict[str, str] = field(default_factory=dict)
