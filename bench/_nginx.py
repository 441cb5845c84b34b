"""The site's own nginx configuration on a loopback port, for tests and for measuring."""

import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIG = Path(__file__).parent.parent / "deploy" / "nginx.conf"
PATIENCE = 10  # Seconds until it must answer.
FRAME = """
daemon off;
pcre_jit on;
{user}
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {servers}
}}
"""


def program() -> str | None:
    """Where nginx is, if it is on this machine; Debian keeps it where users do not look."""
    return os.environ.get("NGINX") or shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


def servers(*, port: int, data: Path, upstream: int, host: str = "localhost") -> str:
    """`deploy/nginx.conf` for this port, folder and upstream port, without TLS."""
    text = CONFIG.read_text(encoding="utf-8")
    text = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", text, flags=re.DOTALL)
    text = re.sub(r" *(?:ssl_certificate|listen 80 ).*\n", "", text)
    text = re.sub(r"listen 443 ssl(?: http2)?", f"listen 127.0.0.1:{port}", text)
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    text = text.replace("/srv/newsroom/var", str(data))
    return text.replace("www.example.org", host)


@contextmanager
def running(folder: Path, port: int, text: str, *, workers: int = 1) -> Iterator[None]:
    """nginx with these server blocks, as a process of our own, until the block ends."""
    user = "user root;" if os.getuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(FRAME.format(user=user, workers=workers, folder=folder, servers=text))
    process = subprocess.Popen([program() or "nginx", "-p", folder, "-c", config])
    try:
        _wait(port, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    while not _answers(f"http://127.0.0.1:{port}/"):
        if process.poll() is not None or time.monotonic() - began > PATIENCE:
            raise RuntimeError("nginx did not start.")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - Our own address.
    except urllib.error.HTTPError as error:
        error.close()
    except OSError:
        return False
    return True
