"""How much an untrusted file may cost. A 510 kB deflated file has been seen to fill 1 GB of memory."""

import resource

MEMORY_BYTES = 1 << 30
CPU_S_PER_FILE = 20
ANSWER_WITHIN_S = 45.0
MOST_FILE_BYTES = 4 << 30
MOST_INFLATED_BYTES = 512 << 20
# Pictures and masks shrink two- to some hundredfold; a thousandfold is nothing but one byte, again and again.
MOST_INFLATION = 200
# A black picture is such a run too: so much may every file become.
ALWAYS_INFLATED_BYTES = 4 << 20
# A big endian file is held in memory while its bytes are turned; a larger one is served as it came.
MOST_TURNED_BYTES = 128 << 20
# Headers of devices are some 10 kB, and some 4 kB a frame where each frame of an enhanced object has its own.
MOST_METADATA_BYTES = 4 << 20
# Of all depths, items included. Enhanced objects have some fifty a frame; no more fit into MOST_METADATA_BYTES.
MOST_ELEMENTS = 100_000
# Of compressed pixels; a frame has one or a few.
MOST_FRAGMENTS = 300_000
# Single elements longer than this are left in the file while its header is read.
DEFERRED_BYTES = 4 << 20
# Values above this are not repeated in the metadata; colour tables, contours and small curves stay.
INLINE_BINARY_BYTES = 4096
INLINE_TABLE_BYTES = 300_000
# As JSON. A value of any other representation than UT, UC and UR is shorter by itself (PS3.5 table 6.2-1).
INLINE_TEXT_BYTES = 10_240
INLINE_NUMBERS_BYTES = 400_000


def confine() -> None:
    """Narrow this process: memory, the size of what it writes, no core dump with patient data in it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = MOST_INFLATED_BYTES + MOST_METADATA_BYTES
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def allow_one_more_file() -> None:
    """Move the CPU limit ahead of what is already used, so that a child may serve many files."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + CPU_S_PER_FILE
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))
