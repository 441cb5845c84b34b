"""The words of the demo title hold together before any of them is published."""

import re
import tomllib
from collections import Counter
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "newsroom" / "desk" / "demo"
PAGES = ROOT / "articles" / "first_pages"
KINDS = {"news", "analysis", "opinion", "explainer", "press_release"}
TOPIC_KINDS = {"country", "organisation", "unit", "equipment", "exercise", "subject"}
TAGS = {
    "p", "h2", "h3", "ul", "ol", "li", "blockquote", "strong", "em", "a",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
PICTURES = {
    "meren-strait-map", "halden-bay-map", "grey-heron-area", "tarsun-border-hills",
    "vns-aurelia-profile", "patrol-boat-profile", "minehunter-profile",
    "kestrel-l9-profile", "heron-drone-profile", "transport-c4-profile",
    "coastal-missile-rings", "radar-coverage-rings", "air-defence-rings",
    "budget-bars-2026", "shipyard-cost-bars", "shell-output-bars",
    "coastal-brigade-orbat", "ostrelia-fleet-orbat", "cyber-command-orbat",
    "brightwater-base", "halden-airfield", "norrvik-yard",
}  # fmt: skip
STORY_PATHS = sorted((DEMO / "stories").glob("*.toml"))
PAGE_NAMES = ("about", "contact", "staff", "ethics", "privacy", "comment-guidelines")

Row = dict[str, Any]


@cache
def _read(path: Path) -> Row:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _world() -> Row:
    return _read(DEMO / "world.toml")


def _talk() -> Row:
    return _read(DEMO / "conversation.toml")


def _slugs(table: str) -> set[str]:
    return {row["slug"] for row in _world()[table]}


def _all() -> dict[str, Row]:
    return {story["slug"]: story for story in map(_read, STORY_PATHS)}


def _public() -> list[Row]:
    return [story for story in _all().values() if _state(story) == "published"]


def _state(story: Row) -> str:
    return str(story.get("state", "published"))


def _words(html: str) -> int:
    return len(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def _depth(comment: Row, by_key: dict[str, Row]) -> int:
    return 1 + _depth(by_key[comment["parent"]], by_key) if "parent" in comment else 1


each_story = pytest.mark.parametrize("path", STORY_PATHS, ids=lambda path: path.stem)


def test_the_world_has_six_sections_and_six_authors_with_a_life_each() -> None:
    world = _world()

    assert [row["slug"] for row in world["sections"]] == [
        "land", "sea", "air", "space-cyber", "industry", "policy",
    ]  # fmt: skip
    assert len(_slugs("authors")) == 6
    assert all(40 <= len(row["bio"].split()) <= 60 for row in world["authors"])
    assert all(row["email"].endswith("@example.org") for row in world["authors"])


def test_topics_are_of_known_kinds_and_none_is_without_a_public_story() -> None:
    used = {slug for story in _public() for slug in story["topics"]}

    assert {row["kind"] for row in _world()["topics"]} <= TOPIC_KINDS
    assert used == _slugs("topics")


def test_states_kinds_and_sections_are_as_many_as_promised() -> None:
    states = Counter(_state(story) for story in _all().values())
    sections = Counter(story["section"] for story in _public())

    assert states == {"published": 24, "draft": 1, "in_review": 1, "withdrawn": 1}
    assert {story["kind"] for story in _public()} == KINDS
    assert set(sections) == _slugs("sections")
    assert min(sections.values()) >= 3


def test_stories_reach_from_twenty_minutes_to_sixty_days_back() -> None:
    ages = sorted(story["age_minutes"] for story in _public())

    assert ages[0] == 20
    assert ages[-1] == 60 * 24 * 60
    assert sum(age <= 2 * 24 * 60 for age in ages) == 8
    assert len(set(ages)) == len(ages)


def test_every_author_signs_and_one_story_is_signed_by_two() -> None:
    bylines = [story["bylines"] for story in _public()]

    assert {slug for names in bylines for slug in names} == _slugs("authors")
    assert Counter(map(len, bylines)) == {1: 23, 2: 1}


def test_each_picture_stands_in_one_story_and_two_stories_have_none() -> None:
    pictures = [story["picture"] for story in _all().values() if "picture" in story]

    assert sorted(pictures) == sorted(PICTURES)
    assert sum("picture" not in story for story in _public()) == 2


def test_one_story_is_corrected_and_one_is_closed_to_comments() -> None:
    corrected = [story for story in _public() if story.get("corrected")]
    closed = [story for story in _public() if story.get("comment_policy") == "closed"]

    assert len(corrected) == len(closed) == 1
    assert corrected[0]["age_minutes"] > 180  # The correction comes three hours later.
    change = corrected[0]["correction"]
    assert set(change) == {"wrong", "right", "reason", "wrong_body_find", "wrong_body_replace"}
    assert corrected[0]["body"].count(change["wrong_body_find"]) == 1
    assert change["wrong_body_replace"] not in corrected[0]["body"]


def test_the_withdrawn_story_says_why_and_nothing_public_points_to_it() -> None:
    hidden = {slug for slug, story in _all().items() if _state(story) != "published"}
    withdrawn = [story for story in _all().values() if _state(story) == "withdrawn"]

    assert all(story["withdrawal_note"] for story in withdrawn)
    assert not any(hidden & set(story["see_also"]) for story in _public())


@each_story
def test_a_story_is_of_the_promised_size(path: Path) -> None:
    story = _read(path)

    assert path.stem.split("-", 1)[1] == story["slug"]
    assert 0 < len(story["headline"]) <= 90
    assert 0 < len(story["standfirst"]) <= 600
    assert 250 <= _words(story["body"]) <= 700


@each_story
def test_what_a_story_refers_to_exists_and_is_older(path: Path) -> None:
    story, others = _read(path), _all()

    assert story["section"] in _slugs("sections")
    assert set(story["topics"]) <= _slugs("topics")
    assert set(story["bylines"]) <= _slugs("authors")
    assert len(story["see_also"]) <= 3
    assert all(others[slug]["age_minutes"] > story["age_minutes"] for slug in story["see_also"])


@each_story
def test_a_body_holds_only_clean_html_and_no_link_into_the_site(path: Path) -> None:
    body = _read(path)["body"]
    opened, closed = re.findall(r"<(\w+)", body), re.findall(r"</(\w+)>", body)

    assert set(opened) <= TAGS
    assert Counter(opened) == Counter(closed)
    assert all(re.match(r"https?:|mailto:", href) for href in re.findall(r'href="([^"]*)', body))
    assert re.findall(r"<(?!a )\w+ ", body) == []  # No attribute but a link's address.


@each_story
def test_a_picture_comes_with_caption_credit_and_description(path: Path) -> None:
    story = _read(path)
    about = [story.get(f"picture_{part}", "") for part in ("caption", "credit", "alt")]

    assert all(about) == ("picture" in story)
    assert all(len(text) <= limit for text, limit in zip(about, (500, 120, 300), strict=True))


@each_story
def test_every_source_is_named_in_the_text_and_every_number_has_a_source(path: Path) -> None:
    story = _read(path)
    numbers = {int(number) for number in re.findall(r"\[(\d+)\]", story["body"])}

    assert numbers <= set(range(1, len(story.get("sources", [])) + 1))
    assert bool(numbers) == bool(story.get("sources"))
    assert not any(re.search(r"https?://(?!\S+\.example/)", s) for s in story.get("sources", []))


@each_story
def test_a_gallery_shows_pictures_of_older_stories_with_a_caption_each(path: Path) -> None:
    story = _read(path)
    ages = {other.get("picture"): other["age_minutes"] for other in _all().values()}

    for row in story.get("gallery", []):
        assert ages[row["picture"]] > story["age_minutes"]
        assert 0 < len(row["caption"]) <= 500


def test_some_stories_have_a_dateline_some_sources_and_one_a_gallery() -> None:
    public = _public()

    assert sum("dateline" in story for story in public) == 5
    assert sum("sources" in story for story in public) == 2
    assert sum("gallery" in story for story in public) == 1


@each_story
def test_a_story_names_no_weekday_and_no_season_since_its_date_is_made_on_the_first_run(
    path: Path,
) -> None:
    story = _read(path)
    text = " ".join((story["headline"], story["standfirst"], story["body"]))

    assert not re.search(
        r"\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b(this|last|next) (spring|autumn|winter)\b",
        text,
    )


def test_forty_comments_hang_together_in_threads_of_up_to_four() -> None:
    talk, stories = _talk(), _all()
    by_key = {comment["key"]: comment for comment in talk["comments"]}
    depths = [_depth(comment, by_key) for comment in talk["comments"]]

    assert len(by_key) == len(talk["comments"]) == 40
    assert max(depths) == 4
    assert sum(comment.get("editor", False) for comment in talk["comments"]) == 1
    for comment in talk["comments"]:
        earlier = by_key[comment["parent"]]["minutes_after"] if "parent" in comment else 0
        assert earlier < comment["minutes_after"] < stories[talk["story"]]["age_minutes"]


def test_a_reply_follows_the_comment_it_answers_in_the_file() -> None:
    seen: set[str] = set()

    for comment in _talk()["comments"]:
        assert comment.get("parent", comment["key"]) in seen | {comment["key"]}
        assert comment.get("parent") != comment["key"]
        seen.add(comment["key"])


def test_five_comments_wait_each_for_its_own_reason_and_no_other() -> None:
    talk = _talk()
    said = {(comment["name"], comment["body"]) for comment in talk["comments"]}
    known = {comment["name"] for comment in talk["comments"]}
    reasons = {}

    for held in talk["held"]:
        body = held["body"].lower()
        found = {
            "many_links": body.count("https://") > 2,
            "listed_word": any(word in body for word in talk["listed_words"]),
            "repeated_text": (held["name"], held["body"]) in said,
            "too_long": len(body) > 3000,
            "first_comment": held["name"] not in known,
        }
        reasons[held["why"]] = {reason for reason, is_so in found.items() if is_so}

    assert len(talk["held"]) == 5
    assert reasons == {why: {why} for why in reasons}
    assert len(reasons) == 5


def test_held_comments_stand_under_stories_that_take_comments() -> None:
    stories = _all()

    for held in _talk()["held"]:
        story = stories[held["story"]]
        assert _state(story) == "published"
        assert story.get("comment_policy", "open") == "open"


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_a_first_page_has_a_title_a_fair_length_and_known_placeholders(name: str) -> None:
    text = (PAGES / f"{name}.html").read_text(encoding="utf-8")
    title, _, body = text.partition("\n")

    assert re.fullmatch(r"<!-- title: .+ -->", title)
    assert 150 <= _words(body) <= 400
    assert set(re.findall(r"{(\w+)}", body)) <= {
        "name", "publisher", "postal_address", "contact_email",
    }  # fmt: skip
