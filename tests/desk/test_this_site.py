"""What the owner types about the title, and what follows from it."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from newsroom.kit.models import Site
from newsroom.press.models import PagePath
from tests.articles.pictures.files import saved
from tests.makers import make_staff

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "The Watch",
    "tagline": "Navies, daily",
    "sections-TOTAL_FORMS": "0",
    "sections-INITIAL_FORMS": "0",
}


@pytest.mark.parametrize(
    "typed",
    [
        {},  # The first time: the title has no card yet.
        {"tagline": "Navies, weekly"},
        {"new_logo": ContentFile(saved("PNG"), name="logo.png")},
    ],
)
def test_saving_this_site_begins_one_generation(client: Client, typed: dict[str, object]) -> None:
    client.force_login(make_staff())
    before = PagePath.objects.generation()

    client.post(reverse("admin:this_site"), TYPED | typed)

    assert Site.current().name == "The Watch"
    assert PagePath.objects.generation() == before + 1
