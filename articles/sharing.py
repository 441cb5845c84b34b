"""Links with which a reader passes a story on: plain addresses, nothing is loaded from anybody."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils.translation import gettext as _

# Each service's own page for a new message; {text} and {address} are percent-encoded.
SERVICES = (
    ("Bluesky", "https://bsky.app/intent/compose?text={text}%20{address}"),
    ("Mastodon", "https://share.joinmastodon.org/#text={text}%20{address}"),
    ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={address}"),
    ("WhatsApp", "https://wa.me/?text={text}%20{address}"),
    ("X", "https://x.com/intent/post?text={text}&url={address}"),
)


@dataclass(frozen=True)
class ShareLink:
    """Where it leads, by the name of the service; `elsewhere` if that is another site."""

    name: str
    address: str
    elsewhere: bool = True


def share_links(headline: str, address: str) -> list[ShareLink]:
    """The ways to pass on the story at that absolute address; mail first (RFC 6068)."""
    text, there = quote(headline, safe=""), quote(address, safe="")
    mail = ShareLink(_("E-mail"), f"mailto:?subject={text}&body={there}", elsewhere=False)
    return [
        mail,
        *(ShareLink(name, form.format(text=text, address=there)) for name, form in SERVICES),
    ]
