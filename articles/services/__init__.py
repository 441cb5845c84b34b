"""The verbs of the newsroom."""

from articles.services.addresses import change_address, list_moved
from articles.services.cards import delete_cards, place_cards, renew_cards, sweep_cards
from articles.services.drafts import (
    back_to_draft,
    change_settings,
    create_article,
    create_article_once,
    save_revision,
    send_for_review,
)
from articles.services.embargoes import lift_embargoes
from articles.services.front import (
    clear_place,
    end_breaking_line,
    move_on_front,
    place_on_front,
    set_breaking_line,
)
from articles.services.importing import import_lines
from articles.services.mailing import MailPlan
from articles.services.pages import make_first_pages
from articles.services.photos import (
    Upload,
    add_photo,
    check_upload,
    delete_photo,
    keep_photo,
    photo_edited,
)
from articles.services.placing import (
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
from articles.services.renditions import make_renditions, promise_renditions, waiting_photos
from articles.services.striking import can_be_struck_out, strike_out
from articles.services.title import (
    delete_title_pictures,
    draw_site_card,
    read_logo,
    sweep_title_pictures,
    title_edited,
)
from articles.services.words import GalleryPicture, Words

__all__ = [
    "GalleryPicture",
    "MailPlan",
    "PublicChange",
    "Upload",
    "Words",
    "add_photo",
    "back_to_draft",
    "can_be_struck_out",
    "change_address",
    "change_settings",
    "check_upload",
    "clear_place",
    "create_article",
    "create_article_once",
    "delete_cards",
    "delete_photo",
    "delete_title_pictures",
    "draw_site_card",
    "end_breaking_line",
    "import_lines",
    "keep_photo",
    "lift_embargoes",
    "list_moved",
    "make_first_pages",
    "make_renditions",
    "missing_in",
    "move_on_front",
    "photo_edited",
    "place_cards",
    "place_on_front",
    "place_pictures",
    "promise_renditions",
    "publish",
    "publish_changes",
    "read_logo",
    "refresh_pictures",
    "rendition_file",
    "renew_cards",
    "save_revision",
    "send_for_review",
    "set_breaking_line",
    "strike_out",
    "sweep_cards",
    "sweep_pictures",
    "sweep_title_pictures",
    "title_edited",
    "waiting_photos",
    "withdraw",
]
