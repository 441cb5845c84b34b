"""What the process that makes renditions may take. Set before anything of a file is read."""

import os
import resource

CPU = 45  # Seconds: over ten times what 24 megapixels need.
MEMORY = 1_500_000_000  # Bytes of address space; a 60-megapixel PNG needs about half of it.
PATIENT = 10  # Steps of niceness: readers and mail come first.


def hold() -> None:
    """Limit this process from here on."""
    # The lower limit is SIGXCPU, which says why; the upper one is SIGKILL.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(PATIENT)
