"""How addresses are read."""


class StoryPathConverter:
    """`2026/11/slug`: the month of first publication and the slug, as `Article.path` keeps it."""

    regex = r"[0-9]{4}/(?:0[1-9]|1[0-2])/[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class MonthConverter:
    """`2026/11`, as a story's address begins."""

    regex = r"[12][0-9]{3}/(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
