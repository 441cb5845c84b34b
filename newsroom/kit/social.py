"""The picture that those who quote a page show beside its title."""

from dataclasses import dataclass

from newsroom.kit.links import absolute


@dataclass(frozen=True)
class SocialImage:
    """A public picture: its path, its size in pixels, what it shows."""

    path: str
    width: int
    height: int
    alt: str

    @property
    def url(self) -> str:
        """The whole address; quoters know no other."""
        return absolute(self.path)
