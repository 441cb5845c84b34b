"""The first mail leaves when its hold ends, and not when some sweep comes by."""

from datetime import datetime

import pytest

from tests.processes.conftest import MakeHouse
from tests.processes.house import wait_until

pytestmark = pytest.mark.processes
WAITS = (6, 19, 23, 27, 31)  # Seconds: within what a publication says itself, and beyond.
SUBSCRIBE = """
from tests.makers import make_subscriber
make_subscriber("reader@example.org")
"""
PUBLISH = f"""
from datetime import timedelta
from django.utils import timezone
from articles.services import MailPlan, publish
from tests.makers import make_author, make_draft, make_section
section, author = make_section(), make_author()
for wait in {WAITS}:
    draft = make_draft(section=section, bylines=(author,))
    plan = MailPlan("at_once", not_before=timezone.now() + timedelta(seconds=wait))
    publish(draft.pk, editor=None, announce=plan)
"""
LATE = """
SELECT mailing.not_before, delivery.sent_at FROM mail_delivery delivery
JOIN mail_mailing mailing ON mailing.id = delivery.mailing_id
"""


def test_a_mail_with_a_moment_leaves_at_that_moment(make_house: MakeHouse) -> None:
    house = make_house(MAIL_HOLD_MINUTES="0")
    house.start("broker")
    for name in ("mailing", "house", "beat"):
        house.start(name, kept=True)
    house.python(SUBSCRIBE)

    house.python(PUBLISH)
    wait_until(lambda: house.states().get("sent", 0) == len(WAITS), 70, "all are sent")

    moments = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in house.rows(LATE)]
    late = sorted((sent_at - not_before).total_seconds() for not_before, sent_at in moments)
    print("seconds late:", late)  # noqa: T201 - Wanted.
    assert late[0] > 0
    assert late[-1] < 4  # A sweep would come up to 15 seconds late.
