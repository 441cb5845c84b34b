"""The desk's page about the stories below a story."""

import pytest
from django.test import Client
from django.urls import reverse

from articles.models import Article, RelatedPick, RelatedRefusal, SearchText
from articles.related import refresh, related_to
from newsroom.accounts.models import User
from tests.makers import make_article, make_draft, make_staff, make_user

pytestmark = pytest.mark.django_db
SHIPS = "<p>The frigate's hull was cut open in the yard.</p>"


@pytest.fixture
def editor() -> User:
    return make_staff()


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def page_of(article: Article) -> str:
    return reverse("admin:articles_article_related", args=[article.pk])


def below(article: Article) -> list[Article]:
    return related_to(Article.objects.select_related("live").get(pk=article.pk))


def make_pair() -> tuple[Article, Article]:
    one = make_article(headline="Frigate hull", body=SHIPS)
    two = make_article(headline="Hull of a frigate", body=SHIPS)
    for n in range(8):
        make_article(body=f"<p>Budget number {n} was voted.</p>")
    refresh(SearchText.objects.all())
    return one, two


def test_the_page_and_the_form_say_why(desk: Client) -> None:
    one, two = make_pair()

    page = desk.get(page_of(one)).content.decode()
    form = desk.get(reverse("admin:articles_article_change", args=[one.pk])).content.decode()

    for html in (page, form):
        assert "Hull of a frigate" in html
        assert "because of: " in html
    assert f'name="refuse" value="{two.pk}"' in page
    assert f'href="{page_of(one)}"' in form


def test_not_this_one_removes_a_story_and_is_taken_back(desk: Client) -> None:
    one, two = make_pair()

    assert desk.post(page_of(one), {"refuse": two.pk}).status_code == 302
    assert two not in below(one)
    assert len(below(one)) == 4  # The gap is filled at once.
    assert "Never here" in desk.get(page_of(one)).content.decode()
    desk.post(page_of(one), {"allow": two.pk})

    assert below(one)[0] == two


def test_a_story_is_put_there_and_moved_and_taken_away(desk: Client) -> None:
    one, two = make_pair()
    far = make_article(headline="Far away")

    for other in (two, far):
        desk.post(page_of(one), {"pick": "Put it here", "other": other.pk})
    desk.post(page_of(one), {"up": far.pk})
    assert below(one)[:2] == [far, two]
    desk.post(page_of(one), {"down": far.pk})
    assert below(one)[:2] == [two, far]
    desk.post(page_of(one), {"drop": far.pk})

    assert list(RelatedPick.objects.values_list("other", flat=True)) == [two.pk]


def test_what_cannot_be_put_there_is_said_at_the_field(desk: Client) -> None:
    one, draft = make_article(), make_draft(headline="Secret")

    itself = desk.post(page_of(one), {"pick": "1", "other": one.pk})
    hidden = desk.post(page_of(one), {"pick": "1", "other": draft.pk})

    assert (itself.status_code, hidden.status_code) == (422, 422)
    assert "A story does not stand below itself." in itself.content.decode()
    assert "Secret" not in hidden.content.decode()
    assert not RelatedPick.objects.exists()


@pytest.mark.parametrize(
    "data", [{}, {"refuse": "x"}, {"refuse": "9" * 30}, {"up": "77"}, {"refuse": "77"}]
)
def test_nonsense_changes_nothing(desk: Client, data: dict[str, str]) -> None:
    one, _ = make_pair()
    before = below(one)

    response = desk.post(page_of(one), data, follow=True)

    assert response.status_code == 200
    assert below(one) == before
    assert not RelatedRefusal.objects.exists()


def test_looking_changes_nothing(desk: Client) -> None:
    one, two = make_pair()

    desk.get(page_of(one), {"refuse": str(two.pk), "pick": "1", "other": str(two.pk)})

    assert not RelatedRefusal.objects.exists()
    assert not RelatedPick.objects.exists()


def test_who_may_not_change_stories_may_not_change_what_stands_below(client: Client) -> None:
    one, two = make_pair()
    moderator = make_user(is_staff=True)

    assert client.post(page_of(one), {"refuse": two.pk}).status_code == 302  # To the sign-in.
    client.force_login(moderator)
    assert client.get(page_of(one)).status_code == 403
    assert client.post(page_of(one), {"refuse": two.pk}).status_code == 403

    assert not RelatedRefusal.objects.exists()


def test_only_public_stories_are_offered(desk: Client) -> None:
    make_article(headline="Known frigate")
    make_draft(headline="Secret frigate")

    asked = {"app_label": "articles", "model_name": "relatedpick", "field_name": "other"}
    asked["term"] = "frigate"
    response = desk.get(reverse("admin:autocomplete"), asked)

    assert [row["text"] for row in response.json()["results"]] == ["Known frigate"]


def test_a_draft_has_the_page_too(desk: Client) -> None:
    draft, other = make_draft(), make_article(headline="Known frigate")

    desk.post(page_of(draft), {"pick": "1", "other": other.pk})

    html = desk.get(page_of(draft)).content.decode()
    assert "Known frigate" in html
    assert "The site looks for them when the story is published." in html
