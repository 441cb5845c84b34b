"""What an editor decides of a story's mail on publishing it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from articles.errors import ArticleError

LONGEST_WAIT = timedelta(days=7)


@dataclass(frozen=True)
class MailPlan:
    """The mail choice, and the moment before which nothing leaves, if there is one.

    An empty choice leaves it as it is set. The hold after publishing counts as well: mail leaves after the later of the two.
    """

    choice: str
    not_before: datetime | None = None

    def check(self) -> None:
        """Raises ArticleError for a moment that is past or more than a week away."""
        now = timezone.now()
        if self.not_before is not None and self.not_before <= now:
            raise ArticleError(_("This moment is past. Leave it empty to mail as usual."))
        if self.not_before is not None and self.not_before > now + LONGEST_WAIT:
            raise ArticleError(_("Mail can wait for a week at most."))
