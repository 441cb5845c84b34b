"""The smallest valid row of each kind; a test spells out only what matters to it."""

from itertools import count
from typing import Any

from articles.models import Author, Section, Topic
from newsroom.accounts.models import User

_number = count(1)

# People ------------------------------------------------------------------------------------


def make_user(email: str = "", **fields: Any) -> User:
    return User.objects.create_user(email or f"person{next(_number)}@example.org", **fields)


def make_staff(email: str = "", **fields: Any) -> User:
    return make_user(email, is_staff=True, is_superuser=True, **fields)


# Articles ----------------------------------------------------------------------------------


def make_section(name: str = "", **fields: Any) -> Section:
    n = next(_number)
    return Section.objects.create(
        **({"name": name or f"Section {n}", "slug": f"section-{n}", "position": n} | fields)
    )


def make_topic(name: str = "", **fields: Any) -> Topic:
    n = next(_number)
    return Topic.objects.create(**({"name": name or f"Topic {n}", "slug": f"topic-{n}"} | fields))


def make_author(name: str = "", **fields: Any) -> Author:
    n = next(_number)
    return Author.objects.create(
        **({"name": name or f"Author {n}", "slug": f"author-{n}"} | fields)
    )
