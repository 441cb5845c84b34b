"""The facts of the newsroom."""

from articles.models.article import Article, ArticleByline, ArticleTopic, FrontSlot, Redirect
from articles.models.breaking import BreakingLine
from articles.models.page import SitePage
from articles.models.people import Author
from articles.models.photo import Photo, Rendition, StoryCard
from articles.models.related import RelatedPick, RelatedRefusal, RelatedStory
from articles.models.revision import (
    Correction,
    Kind,
    Revision,
    RevisionByline,
    RevisionPhoto,
    RevisionSeeAlso,
    RevisionTopic,
)
from articles.models.search import SearchDue, SearchStem, SearchText, SearchWord
from articles.models.sections import Section, Topic

__all__ = [
    "Article",
    "ArticleByline",
    "ArticleTopic",
    "Author",
    "BreakingLine",
    "Correction",
    "FrontSlot",
    "Kind",
    "Photo",
    "Redirect",
    "RelatedPick",
    "RelatedRefusal",
    "RelatedStory",
    "Rendition",
    "Revision",
    "RevisionByline",
    "RevisionPhoto",
    "RevisionSeeAlso",
    "RevisionTopic",
    "SearchDue",
    "SearchStem",
    "SearchText",
    "SearchWord",
    "Section",
    "SitePage",
    "StoryCard",
    "Topic",
]
