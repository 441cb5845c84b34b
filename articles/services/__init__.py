"""The verbs of the newsroom."""

from articles.services.addresses import change_address
from articles.services.drafts import (
    back_to_draft,
    change_settings,
    create_article,
    create_article_once,
    save_revision,
    send_for_review,
)
from articles.services.front import (
    clear_place,
    end_breaking_line,
    move_on_front,
    place_on_front,
    set_breaking_line,
)
from articles.services.importing import import_lines
from articles.services.pages import make_first_pages
from articles.services.pictures import (
    add_photo,
    delete_photo,
    place_pictures,
    refresh_pictures,
    rendition_file,
    sweep_pictures,
)
from articles.services.publishing import (
    PublicChange,
    missing_in,
    publish,
    publish_changes,
    withdraw,
)
from articles.services.striking import can_be_struck_out, strike_out
from articles.services.words import GalleryPicture, Words

__all__ = [
    "GalleryPicture",
    "PublicChange",
    "Words",
    "add_photo",
    "back_to_draft",
    "can_be_struck_out",
    "change_address",
    "change_settings",
    "clear_place",
    "create_article",
    "create_article_once",
    "delete_photo",
    "end_breaking_line",
    "import_lines",
    "make_first_pages",
    "missing_in",
    "move_on_front",
    "place_on_front",
    "place_pictures",
    "publish",
    "publish_changes",
    "refresh_pictures",
    "rendition_file",
    "save_revision",
    "send_for_review",
    "set_breaking_line",
    "strike_out",
    "sweep_pictures",
    "withdraw",
]
