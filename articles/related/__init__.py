"""The stories that stand below a story."""

from articles.related.lists import (
    begin_list,
    forget_lists,
    refresh,
    refresh_due,
    refresh_old,
    related_to,
    stories_beside,
)

__all__ = [
    "begin_list",
    "forget_lists",
    "refresh",
    "refresh_due",
    "refresh_old",
    "related_to",
    "stories_beside",
]
