"""`manage.py process_bounces`: what a mail server hands over of what came to the bounce address."""

import logging
import mailbox
import os
import sys
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError

from newsroom.mail.bounces.forwarding import ForwardingError, TooManyForwardedError
from newsroom.mail.bounces.receiving import receive

logger = logging.getLogger(__name__)
LARGEST = 10 * 1024 * 1024  # Bytes.
# Where mail servers say to whom a message came: Postfix's local(8) and Exim's pipe transport.
FROM_SERVER = ("ORIGINAL_RECIPIENT", "RECIPIENT", "LOCAL_PART")


class Command(BaseCommand):
    help = (
        "Read one message from standard input, or those of a Maildir: bounces, complaints, and"
        " answers of people, which go to the contact address. Ends as sysexits.h has it: 0 when"
        " the message was dealt with, 75 when the mail server shall keep it and try again."
    )

    requires_system_checks = []  # They ask the database, and a failure there must end with 75.

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--recipient", default="", help="the address the message came to")
        parser.add_argument(
            "--maildir", type=Path, help="deal with its messages, and remove each that was"
        )

    def handle(self, *args: Any, recipient: str, maildir: Path | None, **options: Any) -> None:
        if maildir is not None:
            self._empty(maildir)
            return
        envelope = " ".join([recipient, *(os.environ.get(name, "") for name in FROM_SERVER)])
        self._take(sys.stdin.buffer, envelope)

    def _take(self, file: Any, envelope: str = "") -> None:
        """Raises CommandError with the code that tells the mail server what to do."""
        raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise CommandError("The message is too large.", returncode=os.EX_DATAERR)
        try:
            done = receive(raw, envelope=envelope)
        except TooManyForwardedError as error:
            raise CommandError(str(error), returncode=os.EX_TEMPFAIL) from None
        except ForwardingError as error:
            raise CommandError(str(error), returncode=os.EX_NOUSER) from None
        except (DatabaseError, InterfaceError):
            raise CommandError("The database is away.", returncode=os.EX_TEMPFAIL) from None
        except Exception as error:  # Whatever it is, the message must not be lost by it.
            logger.exception("mail could not be read")
            raise CommandError("It could not be read.", returncode=os.EX_TEMPFAIL) from error
        logger.info("mail read: %s", done.name.lower())

    def _empty(self, folder: Path) -> None:
        """Deal with each message of the Maildir; what cannot be dealt with stays in it."""
        try:
            box = mailbox.Maildir(folder, create=False)
        except mailbox.NoSuchMailboxError:
            raise CommandError(f"{folder} is no Maildir.", returncode=os.EX_NOINPUT) from None
        left = 0
        for key in box.keys():  # noqa: SIM118 - A Maildir iterates over its messages.
            try:
                with box.get_file(key) as file:
                    self._take(file)
            except (KeyError, FileNotFoundError):
                continue  # Another run has taken it.
            except CommandError as error:
                left += 1
                self.stderr.write(f"{key}: {error}")
            else:
                box.discard(key)
        if left:
            raise CommandError(f"{left} messages are left.", returncode=os.EX_TEMPFAIL)
