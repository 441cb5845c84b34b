"""What stops an editor, in sentences for the editor."""

from articles.models import Revision


class ArticleError(Exception):
    """Something about a story that the person at the desk must know."""


class ArticleNotReadyError(ArticleError):
    """The story lacks something that readers need; `missing` has (field, sentence) pairs."""

    def __init__(self, missing: list[tuple[str, str]]) -> None:
        super().__init__(" ".join(sentence for _field, sentence in missing))
        self.missing = missing


class RevisionConflictError(ArticleError):
    """Somebody saved in the meantime; `newest` is what they saved."""

    def __init__(self, message: str, newest: Revision) -> None:
        super().__init__(message)
        self.newest = newest


class ChangeError(ArticleError):
    """The change to a published story is not described as it must be; `field` says where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class PictureError(ArticleError):
    """The file is no picture that the site can show; the text says what to do."""


class BreakingLineError(ArticleError):
    """The line cannot stand on the front page; `field` says what about it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
