"""News of the articles room. Sent by services, inside the transaction of the fact."""

from django.dispatch import Signal

# article; announce: bool, False for imports; not_before: datetime or None, for its mail
article_published = Signal()
# article; kind: Revision.Change; plan: MailPlan or None, for the mail of a story that comes back
article_changed = Signal()
article_withdrawn = Signal()  # article
# article. Receivers answer with the moment before which its mail was not to leave, or None
mail_moment_asked = Signal()
# article_ids: iterable of int. Receivers in other rooms answer with a set of addresses: their
# stored pages on which these stories stand.
stories_shown = Signal()
# Receivers in other rooms answer with an iterable of all addresses of their stored pages.
every_page_asked = Signal()
photos_changed = Signal()  # photo_ids: list[int]; their renditions or words, wherever shown
related_changed = Signal()  # article_ids: list[int]; their pages show other related stories
