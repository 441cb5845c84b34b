"""Search over what is public: one function, FTS5 or PostgreSQL behind it."""

from articles.search.asking import LAST_PAGE, Found, Query, Results, count, search
from articles.search.index import forget_story, index_soon, index_stories, rebuild, sweep

__all__ = [
    "LAST_PAGE",
    "Found",
    "Query",
    "Results",
    "count",
    "forget_story",
    "index_soon",
    "index_stories",
    "rebuild",
    "search",
    "sweep",
]
