"""When this process began, so that a time limit counts the start-up too."""

import time

# the processor time used so far is within some milliseconds of the time since the process began
STARTED = time.monotonic() - time.process_time()
