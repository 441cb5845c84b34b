"""News of the comments room. Sent by services, inside the transaction of the fact."""

from django.dispatch import Signal

comment_published = Signal()  # comment
comment_removed = Signal()  # comment
