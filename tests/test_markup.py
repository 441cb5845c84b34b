"""Every page type under the Nu HTML checker, where it is installed."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from newsroom.kit.models import Site
from tests.page_types import BROKEN, furnish, pages

pytestmark = pytest.mark.django_db

USUAL = settings.BASE_DIR / "build" / "nu" / "node_modules" / "vnu-jar" / "build" / "dist"


@pytest.fixture
def checker() -> list[str]:
    """The command that runs the checker; NU_CHECKER names another jar."""
    jar = Path(os.environ.get("NU_CHECKER", USUAL / "vnu.jar"))
    java = shutil.which("java")
    if java and jar.exists():
        return [java, "-Xmx512m", "-jar", str(jar), "--format", "json", "--exit-zero-always"]
    if os.environ.get("REQUIRE_BROWSER"):
        pytest.fail("The Nu HTML checker or Java is missing, and must not be missing here.")
    pytest.skip("No Nu HTML checker: `make checkers` fetches it, and it needs Java.")


def test_every_page_type_is_valid_html(checker: list[str], tmp_path: Path) -> None:
    furnish()
    for name, response in pages():
        assert isinstance(response, HttpResponse), name
        assert response.status_code < 500 or name == BROKEN, name
        (tmp_path / f"{name.replace(' ', '-')}.html").write_bytes(response.content)

    done = subprocess.run(  # noqa: S603  # The test's own command.
        [*checker, *map(str, sorted(tmp_path.glob("*.html")))],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    said = json.loads(done.stderr)["messages"]
    assert not said, "\n".join(readable(message) for message in said)


def test_every_page_type_names_the_site_once_in_its_title() -> None:
    furnish()
    name = Site.current().name

    titles = {kind: title_of(response) for kind, response in pages() if kind != BROKEN}

    assert {kind: title for kind, title in titles.items() if title.count(name) != 1} == {}


def test_each_page_type_is_the_page_that_its_name_says() -> None:
    furnish()
    shown = {kind: getattr(response, "content", b"").decode() for kind, response in pages()}

    for kind, words in {
        "reply form": "Comments on",
        "search, misspelt": "Did you mean",
        "bad host": "That request makes no sense here",
        "not allowed": "This is not open to you",
        "form open too long": "This form was open too long",
        "form of another site": "This form came from another site",
        "form from nowhere": "Please press once more",
        BROKEN: "Something broke here",
    }.items():
        assert words in shown[kind], kind


def title_of(response: HttpResponseBase) -> str:
    found = re.search(
        r"<title>(.*?)</title>", getattr(response, "content", b"").decode(), re.DOTALL
    )
    return found.group(1) if found else ""


def readable(message: dict[str, object]) -> str:
    page = str(message.get("url", "")).rpartition("/")[2]
    return f"{page}:{message.get('lastLine')}: {message['message']} [{message.get('extract')}]"
