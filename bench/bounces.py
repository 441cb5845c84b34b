"""How real bounces, complaints, auto-replies and letters are read, by their labels."""

import os
import time
from collections import Counter
from collections.abc import Iterable

import django

from bench._real_mail import Label, labelled_mail
from bench.rows import Row

HOW = "TEST_DATA/mail, labelled by others"
HARMLESS = {"human-mail(not-a-bounce)", "auto-reply/vacation", "not-a-bounce", "delivered"}


def measure() -> Iterable[Row]:
    """Read all messages once; no row where the material is absent."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings_test")
    django.setup()
    from django.conf import settings  # noqa: PLC0415 - Django must be set up first.

    try:
        mails = list(labelled_mail(settings.TEST_DATA / "mail"))
    except FileNotFoundError as error:
        print(f"bounces: nothing measured, {error.filename} is absent.")
        return []
    began = time.perf_counter()
    outcomes = [(label, *_outcome(raw)) for label, raw in mails]
    return _rows(outcomes, (time.perf_counter() - began) / len(mails))


def _outcome(raw: bytes) -> tuple[str, set[str]]:
    """What the message is taken for, and whom it names."""
    from newsroom.mail.bounces.judging import judge_bounce  # noqa: PLC0415
    from newsroom.mail.bounces.parsing import take_apart  # noqa: PLC0415
    from newsroom.mail.bounces.sorting import Sort, failed_recipients, sort  # noqa: PLC0415

    received = take_apart(raw)
    kind = sort(received)
    if kind is Sort.BOUNCE:
        return str(judge_bounce(received).kind), failed_recipients(received)
    return kind.name.lower(), set()


def _rows(outcomes: list[tuple[Label, str, set[str]]], seconds: float) -> list[Row]:
    hard = [row for row in outcomes if row[0]["cls"] == "hard-bounce"]
    named = [row for row in hard if row[0]["recipients_expected"]]
    found = sum(
        {address.lower() for address in label["recipients_expected"]} <= seen
        for label, _outcome, seen in named
    )
    nameless = Counter(outcome for label, outcome, _ in hard if not label["recipients_expected"])
    soft = Counter(outcome for label, outcome, _ in outcomes if label["cls"].startswith("soft"))
    others = Counter(outcome for label, outcome, _ in outcomes if label["cls"] in HARMLESS)
    heeded = others["hard"] + others["soft"] + others["delayed"] + others["complaint"]
    return [
        Row("hard bounces that name a recipient, found with it", f"{found} of {len(named)}", "99", HOW),
        Row(
            "of these, hard by our policy (the rest: full mailboxes, no reason given)",
            str(sum(outcome == "hard" for _, outcome, _ in named)), "", HOW,
        ),
        Row(
            "hard bounces that name none, known as hard",
            f"{nameless['hard']} of {nameless.total()}", "written down", HOW,
        ),
        Row("soft bounces taken for hard", f"{soft['hard']} of {soft.total()}", "0", HOW),
        Row(
            "human mail, auto-replies and reports of success taken for a bounce or complaint",
            f"{heeded} of {others.total()}", "0", HOW,
        ),
        Row("reading one message", f"{seconds * 1000:.1f} ms", "", f"{len(outcomes)} messages"),
    ]  # fmt: skip
