"""One mailing through the ledger, inside Django. Run as `python -m bench._mailing PART ...`.

Each part prints one line of JSON.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django.setup()

from django.core.checks import run_checks  # noqa: E402 - Django must be set up first.
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench import _first_mail  # noqa: E402
from newsroom.kit.models import Site  # noqa: E402
from newsroom.mail.letters import Letter  # noqa: E402
from newsroom.mail.models import Address, Delivery, Mailing  # noqa: E402
from newsroom.mail.sending import send_some  # noqa: E402
from newsroom.mail.services import (  # noqa: E402
    add_rendering,
    fill_deliveries,
    promise_mailing,
    start_mailing,
)

SENTENCE = "The ship left the yard in the morning and lay at the quay by noon, said the crew. "
TURNS = 10  # Of two seconds, in which the memory of a worker is watched.


def promise(readers: int) -> dict[str, Any]:
    """A mailing to so many, of two parts and some 12 KB, ready to be sent."""
    call_command("migrate", verbosity=0)
    Site.objects.update_or_create(pk=1, defaults={"postal_address": "1 Quay Street"})
    with connection.cursor() as cursor:
        cursor.execute(_first_mail.ADDRESSES, [readers, timezone.now()])
    mailing = promise_mailing("article:1")
    text = SENTENCE * 40 + "\n\n%%UNSUBSCRIBE%%\n%%PREFERENCES%%\n"
    paragraphs = f'<p style="margin: 0 0 16px">{SENTENCE}</p>\n' * 70
    links = '<a href="%%UNSUBSCRIBE%%">Leave</a> <a href="%%PREFERENCES%%">Choose</a>'
    rendering = add_rendering(mailing, Letter("The ship", text, f"{paragraphs}{links}"))
    began = time.monotonic()
    fill_deliveries(mailing, rendering, Address.objects.values("pk"))
    with patch("celery.app.task.Task.delay"):
        start_mailing(mailing.pk)
    return {"filling": time.monotonic() - began}


def work() -> dict[str, Any]:
    """One worker: turn after turn, until nothing is left. Waits for a line first."""
    pk = Mailing.objects.get().pk
    run_checks()  # As Celery does at the start of a worker: all is imported then.
    send_some(0)
    sys.stdin.readline()
    began, busy = time.monotonic(), time.process_time()
    while send_some(pk):
        pass
    return {
        "cpu": time.process_time() - busy,
        "seconds": time.monotonic() - began,
        "memory": memory(),
    }


def states() -> dict[str, Any]:
    """How many are in each state, and how many seconds lie between the first and the last."""
    rows = Delivery.objects.exclude(sent_at=None)
    first, last = rows.earliest("started_at").started_at, rows.latest("sent_at").sent_at
    counts = {state: Delivery.objects.filter(state=state).count() for state in Delivery.State}
    lasted = (last - first).total_seconds() if first and last else 0
    return {"seconds": lasted, "states": {str(k): v for k, v in counts.items() if v}}


def story(readers: int) -> dict[str, Any]:
    """A story for so many, by one worker: rows in ranges, the first mail, and its memory."""
    call_command("migrate", verbosity=0)
    Site.objects.update_or_create(pk=1, defaults={"postal_address": "1 Quay Street"})
    run_checks()  # As Celery does at the start of a worker.
    with patch("celery.app.task.Task.apply_async"):
        seen = _first_mail.measure(readers)
        mailing = Mailing.objects.get()
        for _ in range(TURNS):
            send_some(mailing.pk)
    sent = Delivery.objects.exclude(sent_at=None).count()
    return seen | {"sent": sent, "memory": memory()}


def subscribe(readers: int) -> dict[str, Any]:
    """So many subscribers, and no story."""
    call_command("migrate", verbosity=0)
    Site.objects.update_or_create(pk=1, defaults={"postal_address": "1 Quay Street"})
    _first_mail.fill(readers)
    return {}


def held(patience: int) -> dict[str, Any]:
    """Publish a story that is held, while the house runs: how late the first mail left."""
    return {"late": _first_mail.measure_held(patience)}


def memory() -> float:
    """The most that this process ever held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "promise": promise,
    "work": work,
    "states": states,
    "story": story,
    "subscribe": subscribe,
    "held": held,
}

if __name__ == "__main__":
    part, *numbers = sys.argv[1:]
    print(json.dumps(PARTS[part](*map(int, numbers))))
