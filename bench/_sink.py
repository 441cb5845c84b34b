"""Mail servers that keep nothing: postfix's own as the yardstick, and one that counts."""

import asyncio
import os
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench._house import free_port

ROOT = Path(__file__).parent.parent
UNPACKED = ROOT / "build" / "postfix"  # From Debian's package; nothing is installed.
SESSIONS = 20
SIZE = 12_000  # Bytes of a message.


def postfix() -> Path | None:
    """The folder of smtp-source and smtp-sink: the machine's own, or unpacked into build/."""
    installed = shutil.which("smtp-source", path=f"{os.environ['PATH']}:/usr/sbin")
    if installed:
        return Path(installed).parent
    folder = UNPACKED / "usr" / "sbin"
    if not (folder / "smtp-source").exists():
        _unpack()
    return folder if (folder / "smtp-source").exists() else None


def _unpack() -> None:
    UNPACKED.mkdir(parents=True, exist_ok=True)
    with suppress(OSError, subprocess.CalledProcessError):  # No Debian, or no network.
        _quietly("apt-get", "download", "postfix")
        for package in UNPACKED.glob("postfix_*.deb"):
            _quietly("dpkg", "-x", package.name, ".")


def _quietly(*command: str) -> None:
    subprocess.run(command, cwd=UNPACKED, check=True, capture_output=True)


def _environment() -> dict[str, str]:
    return os.environ | {"LD_LIBRARY_PATH": str(UNPACKED / "usr" / "lib" / "postfix")}


@contextmanager
def smtp_sink(folder: Path) -> Iterator[int]:
    """postfix's server that takes all and keeps nothing; its port."""
    port = free_port()
    command = [str(folder / "smtp-sink"), f"127.0.0.1:{port}", "200"]
    if os.geteuid() == 0:
        command[1:1] = ["-u", "nobody"]
    sink = subprocess.Popen(command, env=_environment(), stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        if sink.poll() is not None:
            raise RuntimeError("smtp-sink did not start")
        yield port
    finally:
        sink.terminate()
        sink.wait()


def source_rate(folder: Path, port: int, messages: int) -> float:
    """Messages a second that smtp-source hands over to this port by persistent sessions."""
    command = [str(folder / "smtp-source"), "-d", "-s", str(SESSIONS), "-m", str(messages)]
    command += ["-l", str(SIZE), "-f", "news@example.org", "-t", "reader@example.org"]
    began = time.monotonic()
    subprocess.run([*command, f"127.0.0.1:{port}"], env=_environment(), check=True)
    return messages / (time.monotonic() - began)


class CountingSink:
    """Takes every message after a while, and remembers for whom. It offers PIPELINING."""

    def __init__(self, delay: float) -> None:
        self.delay = delay  # Seconds before a message is accepted.
        self.taken: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._converse, "127.0.0.1", 0)
        )
        self.port = int(self._server.sockets[0].getsockname()[1])
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    @property
    def count(self) -> int:
        """Messages taken so far."""
        return self.taken.total()

    def close(self) -> None:
        """Answer nobody any more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient, said = "", b"220 sink\r\n"
        with suppress(OSError, asyncio.IncompleteReadError):  # The worker was killed.
            while True:
                writer.write(said)
                await writer.drain()
                line = (await reader.readuntil(b"\r\n")).decode().strip()
                verb = line[:4].upper()
                said = {"EHLO": b"250-sink\r\n250 PIPELINING\r\n"}.get(verb, b"250 ok\r\n")
                if verb == "RCPT":
                    recipient = line.partition("<")[2].rstrip(">")
                if verb == "DATA":
                    writer.write(b"354 go on\r\n")
                    await reader.readuntil(b"\r\n.\r\n")
                    await asyncio.sleep(self.delay)
                    self.taken[recipient] += 1
        writer.close()
