"""Lists: which there are, and their pages."""

from articles.lists.kinds import (
    Listing,
    author_list,
    corrections_list,
    latest_list,
    month_list,
    often_with,
    pictures_list,
    section_list,
    topic_list,
)
from articles.lists.months import (
    Month,
    Neighbours,
    Year,
    archive_years,
    in_month,
    months,
    neighbours,
)
from articles.lists.paging import LAST_PAGE, PAGE, Ordered, Page, number_of, page_of
from articles.lists.pictures import Shown, pictures_of, shown_in

__all__ = [
    "LAST_PAGE",
    "PAGE",
    "Listing",
    "Month",
    "Neighbours",
    "Ordered",
    "Page",
    "Shown",
    "Year",
    "archive_years",
    "author_list",
    "corrections_list",
    "in_month",
    "latest_list",
    "month_list",
    "months",
    "neighbours",
    "number_of",
    "often_with",
    "page_of",
    "pictures_list",
    "pictures_of",
    "section_list",
    "shown_in",
    "topic_list",
]
