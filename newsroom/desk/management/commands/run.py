"""`manage.py run`: set up what is missing, then run the whole house. `make run` calls it."""

import logging
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections

from articles.services import make_first_pages
from newsroom.desk.run import newcomer, processes, setup
from newsroom.desk.run.steps import step
from newsroom.kit.models import Site

PATIENCE = 60  # Seconds until the web process must have answered.


class Command(BaseCommand):
    help = "Set up what is missing, then run web, workers, schedule and broker on this machine."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("`run` is for one's own machine; see docs/operations.md.")
        lock = setup.hold_folder()
        setup.check_port()
        logging.disable(logging.INFO)  # Here a person reads; the steps say enough.
        self.set_up()
        connections.close_all()
        manager = processes.make_manager()
        threading.Thread(target=self.welcome, daemon=True).start()
        manager.loop()
        lock.close()
        if manager.returncode not in {0, 130, 143}:
            sys.exit(manager.returncode)

    def set_up(self) -> None:
        with step("Database"):
            setup.migrate()
        with step("Style sheets and scripts"):
            setup.collect_assets()
        if newcomer.is_empty():
            self.furnish()
        if processes.uses_bundled_broker():
            setup.forget_dead_broker(processes.broker_socket())

    def furnish(self) -> None:
        if setup.wants_demo():
            with step("Demo desk: stories, pictures, people"):
                call_command("seed_demo", verbosity=0)
            return
        newcomer.ask_and_make()
        make_first_pages(Site.current())

    def welcome(self) -> None:
        began = time.monotonic()
        while not answers(f"http://127.0.0.1:{settings.PORT}/readyz"):
            if time.monotonic() - began > PATIENCE:
                self.stderr.write("The site does not answer; what its processes say is above.")
                return
            time.sleep(0.1)
        self.stdout.write(f"  Web, workers, schedule, broker {time.monotonic() - began:.1f} s\n")
        self.stdout.write("\n".join(summary()))
        self.stdout.flush()


def answers(url: str) -> bool:
    """Whether the address answers 200 within a second."""
    try:
        with urllib.request.urlopen(url, timeout=1) as response:  # noqa: S310 - Our own address.
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def summary() -> list[str]:
    """At most eight lines: where it is, who may sign in, where mail goes, how to stop."""
    lines = ["", f"Read it at      {settings.SITE_URL}/"]
    accounts = settings.DATA_DIR / "demo-accounts.txt"
    if accounts.exists():
        for line in accounts.read_text().splitlines():
            role, email, password = line.split("\t")
            lines.append(f"{role.capitalize():<15} {email}  {password}")
    mail = f"{settings.SITE_URL}/outbox/" if settings.MAIL_STAYS_HERE else "sent by EMAIL_URL"
    return [*lines, f"Mail            {mail}", "Stop with       Ctrl-C", ""]
