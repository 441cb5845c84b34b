"""What the desk's pages say where there is little to say it of."""

import pytest
from django.test import Client
from django.urls import reverse

from articles.services import save_revision
from tests.articles.test_admin import change, typed
from tests.makers import make_draft, make_section, make_staff, make_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_staff())
    return client


def test_a_draft_without_a_headline_has_a_name_to_click_on(staff: Client) -> None:
    draft = make_draft(headline="")

    page = staff.get(reverse("admin:index")).content.decode()

    assert f'<a href="{change(draft)}">Story {draft.pk}</a>' in page


def test_a_revision_that_nobody_at_the_desk_saved_is_somebodys(staff: Client) -> None:
    draft = make_draft()
    save_revision(draft.pk, make_words(headline="Theirs"), editor=None, began_from=1)

    answer = staff.post(change(draft), typed(headline="Mine", began_from=1))

    assert "Somebody saved revision 2 while you were writing" in answer.content.decode()


def test_each_place_in_the_list_of_sections_says_whose_it_is(staff: Client) -> None:
    make_section("Sea")

    page = staff.get(reverse("admin:articles_section_changelist")).content.decode()

    assert 'aria-label="Place of Sea"' in page
