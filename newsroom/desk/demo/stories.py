"""The stories of the demo title, written and published through the newsroom's own services."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile

from articles.models import Article, Author, Photo, Revision, Section, Topic
from articles.services import (
    GalleryPicture,
    PublicChange,
    Words,
    add_photo,
    create_article,
    publish,
    publish_changes,
    save_revision,
    send_for_review,
    withdraw,
)
from newsroom.accounts.models import User
from newsroom.desk.demo.pictures import draw
from newsroom.desk.demo.pictures.portraits import PEOPLE, portrait
from newsroom.desk.demo.texts import Story

CORRECTED_AFTER = timedelta(hours=3)


@dataclass
class Desk:
    """What stories refer to, by slug, and the person who publishes them."""

    editor: User
    now: datetime
    sections: dict[str, Section]
    topics: dict[str, Topic]
    authors: dict[str, Author]
    photos: dict[str, Photo] = field(default_factory=dict)  # By the name of the picture.


def make_desk(world: dict[str, Any], editor: User, now: datetime) -> Desk:
    """Sections in their order, topics, authors with their portraits."""
    sections = {
        row["slug"]: Section.objects.create(position=position, **row)
        for position, row in enumerate(world["sections"], start=1)
    }
    topics = {row["slug"]: Topic.objects.create(**row) for row in world["topics"]}
    authors = {row["slug"]: _make_author(**row) for row in world["authors"]}
    return Desk(editor, now, sections, topics, authors)


def _make_author(*, email: str, **row: str) -> Author:
    photo = add_photo(
        ContentFile(portrait(row["slug"]), name=f"{row['slug']}.jpg"),
        caption=row["name"],
        credit="Drawing: The Meridian Watch",
        alt=f"Drawing of {row['name']}: {PEOPLE[row['slug']].said}.",
        soon=False,
    )
    return Author.objects.create(contact=email, portrait=photo, **row)


def make_story(story: Story, desk: Desk) -> tuple[Article, Photo | None]:
    """Write one story and take it as far as its state says, dated back from the first run."""
    photo = _add_picture(story)
    if photo is not None:
        desk.photos[story.picture] = photo
    article = create_article(
        _words(story, desk, photo, story.first_body),
        editor=desk.editor,
        slug=story.slug,
        comment_policy=story.comment_policy,
    )
    moment = desk.now - timedelta(minutes=story.age_minutes)
    if story.state == "in_review":
        send_for_review(article.pk, editor=desk.editor)
    if story.state in {"published", "withdrawn"}:
        publish(article.pk, editor=desk.editor, moment=moment, announce=False)
    if story.state == "withdrawn":
        withdraw(article.pk, editor=desk.editor, note=story.withdrawal_note)
    if story.corrected:
        _correct(article, story, desk, photo, moment)
    article.refresh_from_db()
    return article, photo


def _add_picture(story: Story) -> Photo | None:
    if not story.picture:
        return None
    upload = ContentFile(draw(story.picture), name=f"{story.picture}.jpg")
    photo = add_photo(  # The sweep makes its sizes, as soon as the house is up.
        upload,
        caption=story.picture_caption,
        credit=story.picture_credit,
        alt=story.picture_alt,
        soon=False,
    )
    photo.focal_y = 0.0  # Its title stands at the top.
    photo.save(update_fields=["focal_y"])
    return photo


def _words(story: Story, desk: Desk, photo: Photo | None, body: str) -> Words:
    pointed_at = {
        article.slug: article for article in Article.objects.filter(slug__in=story.see_also)
    }
    return Words(
        headline=story.headline,
        standfirst=story.standfirst,
        body=body,
        section=desk.sections[story.section],
        kind=story.kind,
        topics=tuple(desk.topics[slug] for slug in story.topics),
        bylines=tuple(desk.authors[slug] for slug in story.bylines),
        see_also=tuple(pointed_at[slug] for slug in story.see_also),
        lead_photo=photo,
        dateline=story.dateline,
        sources="\n".join(story.sources),
        gallery=[
            GalleryPicture(desk.photos[row["picture"]], row["caption"]) for row in story.gallery
        ],
    )


def _correct(
    article: Article, story: Story, desk: Desk, photo: Photo | None, moment: datetime
) -> None:
    words = _words(story, desk, photo, story.body)
    save_revision(article.pk, words, editor=desk.editor, began_from=1)
    change = PublicChange(
        kind=Revision.Change.CORRECTION,
        reason=story.correction["reason"],
        wrong=story.correction["wrong"],
        right=story.correction["right"],
    )
    publish_changes(article.pk, change, editor=desk.editor, moment=moment + CORRECTED_AFTER)
