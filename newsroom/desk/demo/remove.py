"""Taking the demo away, and nothing that a person made or changed."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Model, ProtectedError, RestrictedError
from django.utils.translation import gettext as _

from articles.models import Article, Correction, Photo
from articles.services import delete_cards, delete_photo, delete_title_pictures
from comments.models import Comment
from newsroom.desk.demo.record import digest
from newsroom.desk.models import DemoItem
from newsroom.kit.models import Site
from newsroom.mail.models import Address, Delivery
from newsroom.mail.services import erase_address
from newsroom.press.services import new_generation
from subscriptions.models import Subscriber


@dataclass
class Removal:
    """How many rows went, and which stayed for which reason."""

    removed: int = 0
    kept: list[str] = field(default_factory=list)


def remove_demo() -> Removal:
    """Delete what the demo made and nobody has edited; report what stays and why."""
    removal = Removal()
    for item in DemoItem.objects.order_by("-pk"):
        _remove(item, removal)
    new_generation()
    if not removal.kept:
        (settings.DATA_DIR / "demo-accounts.txt").unlink(missing_ok=True)
    return removal


def _remove(item: DemoItem, removal: Removal) -> None:
    row = apps.get_model(item.model)._default_manager.filter(pk=item.object_id).first()
    if row is not None:
        reason = _reason_to_keep(row, item)
        if reason:
            removal.kept.append(f"{row._meta.verbose_name} “{row}”: {reason}")
            return
    item.delete()
    removal.removed += 1


def _reason_to_keep(row: Model, item: DemoItem) -> str:
    """Delete the row; or say why it must stay."""
    if digest(row) != item.digest:
        return _("a person has edited it.")
    if isinstance(row, Article | Comment) and _has_answers_of_people(row):
        return _("people have commented on it.")
    try:
        with transaction.atomic():
            DELETERS.get(type(row), _delete)(row)
    except (ProtectedError, RestrictedError):
        return _("something that stays refers to it.")
    return ""


def _has_answers_of_people(row: Article | Comment) -> bool:
    answers = row.comments if isinstance(row, Article) else row.replies
    return answers.exists()  # The demo's own were made later, so they have gone already.


def _delete(row: Model) -> None:
    row.delete()


def _delete_article(row: Model) -> None:
    """A public story's row must point to its text; one that goes may let go of it first."""
    Correction.objects.filter(article_id=row.pk).delete()
    delete_cards(row.pk)
    Article.objects.filter(pk=row.pk).update(state=Article.State.DRAFT, live=None, newest=None)
    Article.objects.get(pk=row.pk).delete()


def _delete_address(row: Model) -> None:
    """An address that was mailed to stays in the ledger, blank; another goes."""
    address = Address.objects.get(pk=row.pk)
    if Delivery.objects.filter(address=address).exists():
        erase_address(address.pk)
    else:
        address.delete()


def _delete_subscriber(row: Model) -> None:
    Subscriber.objects.get(pk=row.pk).delete()


def _delete_photo(row: Model) -> None:
    delete_photo(row.pk)


def _unname(row: Model) -> None:
    delete_title_pictures()
    Site.objects.filter(pk=row.pk).delete()


DELETERS: dict[type[Model], Callable[..., object]] = {
    Article: _delete_article,
    Address: _delete_address,
    Photo: _delete_photo,
    Site: _unname,
    Subscriber: _delete_subscriber,
}
