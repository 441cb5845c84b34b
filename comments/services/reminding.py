"""Moderators hear that something waits."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone

from comments.emails import comments_wait
from comments.models import Comment
from newsroom.accounts.models import Role, User
from newsroom.mail.services import promise_letter

OF_USE_FOR = timedelta(hours=1)  # By then the next letter says it better.


def remind_moderators() -> int:
    """Promise each moderator one letter in this hour (UTC) while comments wait; how many people.

    A second call in the same hour promises nothing new: the post room knows the key.
    """
    count = Comment.objects.waiting().count()
    if not count:
        return 0
    now = timezone.now()
    letter = comments_wait(count)
    people = list(moderators())
    for person in people:
        key = f"moderators:{person.pk}:{now:%Y-%m-%dT%H}"
        promise_letter(key, person.email, letter, expires_at=now + OF_USE_FOR)
    return len(people)


def moderators() -> QuerySet[User]:
    """Who moderates: the active people of that role; where nobody has it, the administrators."""
    people = get_user_model().objects.filter(is_active=True, is_staff=True).order_by("pk")
    named = people.filter(groups__name=Role.MODERATOR)
    if named.exists():
        return named
    return people.filter(groups__name=Role.ADMINISTRATOR) | people.filter(is_superuser=True)
