"""Reading pages as a strict reader of HTML does."""

from html.parser import HTMLParser

VOID = {"meta", "link", "img", "br", "hr", "input", "source"}
PHRASE = {"a", "span", "strong", "em", "time", "label", "sub", "sup"}
BLOCK = {"div", "p", "ul", "ol", "section", "article", "aside", "table", "form", "nav", "h1", "h2"}


class Page(HTMLParser):
    """A page's elements, and what is wrong with how they stand."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.faults: list[str] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{name}> is not closed" for name in self.open]
        self._check_ids()
        self._check_pictures()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> has an attribute twice: {names}")
        if tag in BLOCK and "p" in self.open:
            self.faults.append(f"<{tag}> inside <p>")
        if tag == "a" and "a" in self.open:
            self.faults.append("<a> inside <a>")
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]} in {self.open}")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def _check_ids(self) -> None:
        ids = [attributes["id"] for _, attributes in self.elements if "id" in attributes]
        self.faults += [f"id {name} stands twice" for name in set(ids) if ids.count(name) > 1]
        for _, attributes in self.elements:
            for reference in ("aria-labelledby", "aria-describedby", "for"):
                wanted = (attributes.get(reference) or "").split()
                self.faults += [f"{reference} {name}: none" for name in wanted if name not in ids]

    def _check_pictures(self) -> None:
        for picture in self.all("img"):
            missing = {"src", "alt", "width", "height"} - set(picture)
            if missing:
                self.faults.append(f"<img> without {missing}")
