"""One core for each web process. The server hands each request from one of its threads to
another; where that is another core, waking it costs more than the answer."""

import os
import socket
from multiprocessing import parent_process

CLAIM = "newsroom-core"


def keep_to_a_core(claim: str = CLAIM) -> socket.socket | None:
    """Keep this process and its later threads to a core that no other web process here has.

    Out comes the claim to the core, which ends with the process: a name in Linux's abstract
    namespace (unix(7)), so all titles of a machine share them out. None, and every core as
    before, where all are taken, and for what is no server's worker or not on Linux.
    """
    if parent_process() is None or not hasattr(os, "sched_setaffinity"):
        return None
    for core in sorted(os.sched_getaffinity(0)):
        held = socket.socket(socket.AF_UNIX)
        try:
            held.bind(f"\0{claim}-{core}")
        except OSError:  # Another's.
            held.close()
            continue
        os.sched_setaffinity(0, {core})
        return held
    return None
