"""What stands with a picture: as it was published, whatever the photo is called later."""

import pytest
from django.test import Client
from django.urls import reverse

from articles.history import history_of
from articles.models import Article, Photo
from articles.services import GalleryPicture, PublicChange, publish_changes, save_revision
from articles.services.drafts import newest_of
from tests.articles.test_shown import purged
from tests.makers import (
    make_article,
    make_draft,
    make_photo,
    make_staff,
    make_words,
)

pytestmark = pytest.mark.django_db

OTHER = {"caption": "A frigate.", "alt": "A white frigate."}


def rename(photo: Photo) -> Photo:
    Photo.objects.filter(pk=photo.pk).update(**OTHER)
    return Photo.objects.get(pk=photo.pk)


def save(article: Article, **words: object) -> Article:
    """Another revision, equal in all that is not said."""
    newest = newest_of(Article.objects.get(pk=article.pk))
    kept = {name: getattr(newest, name) for name in ("headline", "body", "section", "lead_photo")}
    bylines = tuple(row.author for row in newest.byline_rows.all())
    typed = make_words(**(kept | {"bylines": bylines} | words))
    save_revision(article.pk, typed, editor=None, began_from=newest.number)
    return Article.objects.get(pk=article.pk)


def read(article: Article) -> str:
    return str(Client().get(article.get_absolute_url()).content.decode())


def test_a_published_story_keeps_the_words_of_its_pictures() -> None:
    photo, other = make_photo(), make_photo(caption="")
    article = make_article(lead_photo=photo, gallery=[GalleryPicture(other)])
    before = read(article)

    rename(photo)
    rename(other)

    assert read(article) == before
    assert "A ship." in before


def test_a_draft_takes_what_the_photo_says_at_publication() -> None:
    photo = make_photo()
    draft = make_draft(lead_photo=photo)

    rename(photo)

    assert newest_of(draft).photo_caption == "A frigate."


def test_the_next_version_takes_the_new_words_and_the_record_tells() -> None:
    photo = make_photo()
    article = make_article(lead_photo=photo)

    article = save(article, lead_photo=rename(photo))
    publish_changes(article.pk, PublicChange("typo"), editor=None)

    labels = [part.label for part in history_of(article).versions[0].changes]
    assert labels == ["Caption of the photo", "Description of the photo"]
    assert "A frigate." in read(article)


def test_saving_the_words_that_readers_see_is_no_change() -> None:
    photo = make_photo()
    article = make_article(lead_photo=photo)

    article = save(
        article, lead_photo=rename(photo), lead_caption="A ship.", lead_alt="A grey ship."
    )

    assert newest_of(article).number == 1


def test_a_draft_that_repeats_the_photo_s_own_words_reads_as_what_is_public() -> None:
    article = make_article(lead_photo=make_photo(), gallery=[GalleryPicture(make_photo())])
    gallery = [GalleryPicture(row.photo) for row in newest_of(article).gallery_rows.all()]
    article = save(article, headline="Second", gallery=gallery)

    article = save(
        article, headline=article.live.headline if article.live else "", gallery=gallery
    )

    assert newest_of(article).number == 3
    assert not article.has_unpublished_changes


def test_new_words_of_a_photo_are_told_to_every_list_that_shows_them() -> None:
    photo, of_gallery = make_photo(), make_photo()
    article = make_article(lead_photo=photo, gallery=[GalleryPicture(of_gallery)])
    gallery = [GalleryPicture(of_gallery)]
    lead = save(article, lead_photo=rename(photo), gallery=gallery)

    pages = purged(lambda: publish_changes(lead.pk, PublicChange("typo"), editor=None))

    assert {"/", "/latest/", "/pictures/"} <= pages


def test_new_words_in_a_gallery_are_told_to_the_list_of_pictures() -> None:
    photo = make_photo()
    article = make_article(gallery=[GalleryPicture(photo)])
    changed = save(article, gallery=[GalleryPicture(rename(photo))])

    pages = purged(lambda: publish_changes(changed.pk, PublicChange("typo"), editor=None))

    assert "/pictures/" in pages
    assert "/latest/" not in pages


def edit_at_the_desk(photo: Photo, **words: str) -> str:
    """The words of the page that follows."""
    client = Client(headers={"sec-fetch-site": "same-origin"})
    client.force_login(make_staff())
    address = reverse("admin:articles_photo_change", args=[photo.pk])
    fields = {"caption": photo.caption, "alt": photo.alt, "credit": photo.credit}
    response = client.post(address, fields | {"stays": "0.5 0.5"} | words, follow=True)
    return str(response.content.decode())


def test_the_desk_is_told_which_stories_keep_their_words() -> None:
    photo = make_photo()
    make_article(lead_photo=photo)
    make_article(gallery=[GalleryPicture(photo)])
    make_draft(lead_photo=photo)

    page = edit_at_the_desk(photo, alt="A white frigate.")

    assert "2 published stories keep the words they show with this photo" in page


def test_it_is_told_nothing_where_no_word_changed_or_no_story_shows_it() -> None:
    shown, alone = make_photo(), make_photo()
    make_article(lead_photo=shown)

    pages = [edit_at_the_desk(shown, credit="Navy"), edit_at_the_desk(alone, alt="White.")]

    assert not any("the words" in page for page in pages)
