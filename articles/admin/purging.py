"""What is edited at the desk and shown to readers, without a service between."""

from collections.abc import Mapping
from typing import Any, override

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from newsroom.press.services import purge


class ShownAdmin[Row: models.Model](admin.ModelAdmin[Row]):
    """Rows that stand on stored pages: each change purges, in its transaction, those pages.

    A subclass says in `pages_showing` which they are.
    """

    def pages_showing(self, row: Row, before: Mapping[str, Any]) -> set[str]:
        """The addresses of the pages that show the row; `before` has the form's old values."""
        raise NotImplementedError

    @override
    @transaction.atomic
    def save_model(
        self, request: HttpRequest, obj: Row, form: forms.ModelForm[Row], change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        purge(self.pages_showing(obj, form.initial if change else {}))

    @override
    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Row) -> None:
        pages = self.pages_showing(obj, {})
        super().delete_model(request, obj)
        purge(pages)

    @override
    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Row]) -> None:
        pages = set().union(*(self.pages_showing(row, {}) for row in queryset))
        super().delete_queryset(request, queryset)
        purge(pages)
