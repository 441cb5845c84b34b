"""What all lists of the ledger share."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

MOST_DIGITS = 18  # Of an id.


def id_in(text: str) -> int:
    """The id that somebody typed or made up; 0, which nothing has, if it is none."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else 0


class ReadOnly(admin.ModelAdmin[Any]):
    """Facts that only the post room writes; whoever may change them may take the actions."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return super().has_change_permission(request)
