#!/usr/bin/env python3
"""Fails on an include arrow that runs back.

The design's arrows run one way (docs/architecture.md): every file belongs to a layer, and a layer may include only what
LAYERS lists for it. FOREIGN says the same of the operating system's and other projects' headers. Both tables are the
whole truth: a file, public header or foreign header that is in neither is an error as well, so that nothing new slips
in unnoticed.

    layering.py ROOT          checks a source tree; exit status 1 and one line a violation if there are any
    layering.py --self-test   plants back arrows in a made-up tree and sees that each is found
"""

import pathlib
import re
import sys
import tempfile

# Layer -> layers that it may include besides itself. `core` needs nobody; nobody may need `cli`.
LAYERS = {
    "core": set(),
    "transport": {"core"},
    "mmc": {"core", "transport"},
    "disc": {"core"},
    "sector": {"core"},
    "medium": {"core", "sector"},
    "files": {"core"},  # reads through a function that it is given: of a drive, a rip or an image it knows nothing
    "drive": {"core", "transport", "mmc", "disc", "sector"},
    "map": {"core"},
    "planner": {"core", "map", "disc"},
    # verify: hashing, and discs as its sources; files: what to read first
    "rip": {"core", "files", "disc", "sector", "drive", "map", "planner", "verify"},
    "verify": {"core", "medium", "sector", "map"},  # map: what of an image was never read
    "catalog": {"core", "medium", "sector", "verify"},  # known hashes, and what they say of an image or a disc
    "report": {"core", "files", "disc", "drive", "map", "rip", "verify", "catalog"},
    # How a command reaches a drive. The simulated drive has its own second implementation of everything it can, so
    # `sector`, `mmc` and `drive` are closed to all of them.
    "drivers": {"core", "transport", "medium"},
    "linux_sg": {"core", "transport"},
    "libcdio": {"core", "transport"},
    "replay": {"core", "transport"},
    "simulated": {"core", "transport", "medium", "drivers"},
    "tcmu": {"core", "transport", "drivers"},
    "source": {"core", "transport", "drive", "medium", "drivers", "linux_sg", "libcdio", "replay", "simulated"},
    "cli": {"core", "transport", "mmc", "disc", "sector", "medium", "files", "drive", "map", "rip", "verify", "catalog",
            "report", "drivers", "source"},
}

# Files whose layer is not the name of their folder. Everything under include/pressmark must be here.
FILES = {
    "include/pressmark/clock.h": "core",
    "include/pressmark/digest.h": "core",
    "include/pressmark/error.h": "core",
    "include/pressmark/files.h": "core",
    "include/pressmark/folder.h": "core",
    "include/pressmark/lba.h": "core",
    "include/pressmark/media_kind.h": "core",
    "include/pressmark/sense.h": "core",  # a value that an Error carries; its table is in src/mmc
    "include/pressmark/transport.h": "transport",
    "include/pressmark/disc.h": "disc",
    "include/pressmark/sector.h": "sector",
    "include/pressmark/medium.h": "medium",
    "include/pressmark/filesystem.h": "files",
    "include/pressmark/extract.h": "files",
    "include/pressmark/owners.h": "files",
    "include/pressmark/drive.h": "drive",
    "include/pressmark/map.h": "map",
    "include/pressmark/events.h": "rip",
    "include/pressmark/rip.h": "rip",
    "include/pressmark/seal.h": "verify",
    "include/pressmark/signature.h": "verify",
    "include/pressmark/sum_files.h": "verify",
    "include/pressmark/dat_entry.h": "verify",
    "include/pressmark/verify_files.h": "verify",
    "include/pressmark/verify_report.h": "report",
    "include/pressmark/verify.h": "verify",
    "include/pressmark/disc_source.h": "rip",
    "include/pressmark/catalog.h": "catalog",
    "include/pressmark/identify.h": "catalog",
    "include/pressmark/report.h": "report",
    "include/pressmark/catalog_report.h": "report",
    "include/pressmark/files_report.h": "report",
    "include/pressmark/source.h": "source",
    "include/pressmark/simulated.h": "drivers",
    "include/pressmark/attach.h": "drivers",
    "src/rip/map.cpp": "map",
    "src/rip/mapfile.cpp": "map",
}

# Headers of src that a layer keeps to itself: the planner decides from what stands in the map, and from nothing else.
CLOSED = {"planner": {"pressmark/map.h", "pressmark/lba.h", "disc/geometry.h", "planner/planner.h", "planner/foresight.h",
                      "planner/neighbours.h", "planner/retries.h", "planner/scratch.h", "planner/step.h",
                      "planner/stream.h"}}
# What not even the headers of its headers may bring in.
NEVER_REACHED = {"planner": {"pressmark/clock.h", "pressmark/files.h", "pressmark/transport.h", "pressmark/drive.h"}}

# Headers that are not ours -> layers (or single files) that may include them. First match counts. A pattern without a
# row is either plain C++ (no '/' and no '.h') or an error.
OS = {"core", "linux_sg", "libcdio", "tcmu", "cli", "src/drive/find.cpp", "src/drive/find_udev.cpp"}
FOREIGN = [
    (r"CLI/.*", {"cli"}),
    (r"fmt/.*", set(LAYERS)),
    (r"nlohmann/.*", {"report", "replay", "simulated", "src/verify/record.cpp"}),
    (r"openssl/.*", {"core", "replay"}),  # replay: base64
    (r"isa-l/.*", {"core"}),
    (r"zstd\.h", {"replay"}),
    (r"sqlite3\.h", {"src/catalog/sqlite.cpp"}),
    (r"expat\.h", {"src/catalog/logiqx.cpp"}),
    (r"zip\.h", {"src/catalog/dat_archive.cpp"}),
    (r"libudev\.h", {"src/drive/find_udev.cpp"}),
    (r"cdio/.*", {"libcdio"}),
    (r"(imm|wmm|tmm|nmm)intrin\.h", {"sector"}),
    (r"thread|mutex|condition_variable|shared_mutex|future|semaphore", {"core", "verify", "libcdio", "linux_sg", "tcmu"}),
    (r"random", set()),  # every draw comes from the simulated drive's own seeded generator
    (r"chrono|filesystem|fstream|iostream", set(LAYERS) - {"planner"}),
    (r"csignal|cstdio", OS | {"cli"}),
    (r".*\.h|sys/.*|linux/.*|scsi/.*", OS),
]

# src lives by the clock, the files and the luck that it is given (design: "src never sleeps, never reads a clock").
TOKENS = [
    (re.compile(r"this_thread::sleep|steady_clock::now|system_clock::now|\busleep\(|\bnanosleep\("),
     {"src/core/clock.cpp"}, "waits or reads a clock that it was not given"),
    (re.compile(r"random_device|mt19937|\brand\(\)"), set(), "draws random numbers that it was not given"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def layer_of(path):
    """The layer of a file, given relative to the root; None if it has none (tests may include anything)."""
    if path in FILES:
        return FILES[path]
    parts = path.split("/")
    if parts[0] in ("src", "drivers") and len(parts) > 2 and parts[1] in LAYERS:
        return parts[1]
    return None


def resolve(root, path, name):
    """The file that `#include "name"` in `path` means, relative to the root; None if it is not ours."""
    here = path.rsplit("/", 1)[0]
    for base in ("include", "src", "", here, "tests"):
        candidate = f"{base}/{name}" if base else name
        if (root / candidate).is_file():
            return candidate
    return None


def includes(root, path):
    for number, line in enumerate((root / path).read_text(encoding="utf-8").splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match[1] == "<", match[2]


def reached(root, path, seen):
    """Every file of ours that including `path` brings in."""
    for _, angled, name in includes(root, path):
        target = None if angled else resolve(root, path, name)
        if target and target not in seen:
            seen.add(target)
            reached(root, target, seen)
    return seen


def foreign_fault(path, layer, name):
    for pattern, allowed in FOREIGN:
        if re.fullmatch(pattern, name):
            return None if layer in allowed or path in allowed else f"<{name}> is not for {layer}"
    return None if "/" not in name and "." not in name else f"<{name}> is in no row of FOREIGN"


def own_fault(path, layer, name, target):
    if name.endswith(".inc"):
        return None  # a table made at build time, for this file alone
    if target is None:
        return f'"{name}" is no file of this project'
    other = layer_of(target)
    if target.startswith("tests/"):
        return f'"{name}": nothing outside tests may see tests'
    if other is None:
        return f'"{name}" belongs to no layer: give it one in tests/layering/layering.py'
    if layer in CLOSED and name not in CLOSED[layer]:
        return f'"{name}": {layer} includes only {", ".join(sorted(CLOSED[layer]))}'
    if path.startswith("include/") and not target.startswith("include/"):
        return f'"{name}": a public header includes only public headers'
    if path.startswith("drivers/") and not target.startswith(("include/", f"drivers/{layer}/")):
        return f'"{name}": a driver includes only include/pressmark and its own folder'
    if other != layer and other not in LAYERS[layer]:
        return f'"{name}": {layer} may not see {other}'
    return None


def check_file(root, path):
    if path.startswith("tests/"):
        return  # tests may look at everything; that nobody looks at tests is checked above
    layer = layer_of(path)
    if layer is None:
        yield f"{path}: belongs to no layer: give it one in tests/layering/layering.py"
        return
    for number, angled, name in includes(root, path):
        target = None if angled else resolve(root, path, name)
        fault = foreign_fault(path, layer, name) if angled else own_fault(path, layer, name, target)
        if fault:
            yield f"{path}:{number}: {fault}"
    for name in NEVER_REACHED.get(layer, set()):
        if f"include/{name}" in reached(root, path, set()):
            yield f"{path}: reaches {name} through its includes; {layer} must not"
    if path.startswith("src/"):
        for number, line in enumerate((root / path).read_text(encoding="utf-8").splitlines(), 1):
            for pattern, allowed, why in TOKENS:
                if path not in allowed and pattern.search(line.split("//")[0]):
                    yield f"{path}:{number}: {why}"


def check_tree(root):
    files = sorted(str(p.relative_to(root)) for top in ("include", "src", "drivers", "tests")
                   for ending in ("*.h", "*.cpp") for p in (root / top).rglob(ending))
    return len(files), [fault for path in files for fault in check_file(root, path)]


# ---------------------------------------------------------------------------------------------------- self-test

SOUND_TREE = {
    "include/pressmark/lba.h": "#include <cstdint>\n",
    "include/pressmark/clock.h": "",
    "include/pressmark/map.h": '#include "pressmark/lba.h"\n',
    "include/pressmark/transport.h": '#include "pressmark/clock.h"\n',
    "include/pressmark/drive.h": '#include "pressmark/transport.h"\n',
    "include/pressmark/sector.h": "",
    "include/pressmark/rip.h": '#include "pressmark/drive.h"\n',
    "src/core/clock.cpp": "#include <thread>\nvoid f() { std::this_thread::sleep_for(d); }\n",
    "src/core/try.h": "",
    "src/sector/edc.cpp": '#include "pressmark/sector.h"\n#include "core/try.h"\n',
    "src/planner/planner.h": '#include "pressmark/map.h"\n',
    "src/rip/ripper.cpp": '#include "pressmark/rip.h"\n#include "planner/planner.h"\n',
    "src/cli/common.h": '#include "pressmark/rip.h"\n',
    "drivers/linux_sg/linux_sg.h": '#include <scsi/sg.h>\n#include "pressmark/transport.h"\n',
    "tests/unit/edc_test.cpp": '#include <random>\n#include "cli/common.h"\n',
}

# (what is wrong, the file, its text, words of the complaint)
PLANTED = [
    ("core sees the drive", "src/core/bad.cpp", '#include "pressmark/drive.h"\n', "core may not see drive"),
    ("sector sees the transport", "src/sector/bad.cpp", '#include "pressmark/transport.h"\n',
     "sector may not see transport"),
    ("mmc sees the drive", "src/mmc/bad.cpp", '#include "pressmark/drive.h"\n', "mmc may not see drive"),
    ("rip sees the command line", "src/rip/bad.cpp", '#include "cli/common.h"\n', "rip may not see cli"),
    ("the planner sees the clock", "src/planner/planner.cpp", '#include "pressmark/clock.h"\n', "planner includes only"),
    ("the planner reaches the drive", "include/pressmark/map.h", '#include "pressmark/rip.h"\n',
     "reaches pressmark/drive.h"),
    ("the planner knows the date", "src/planner/planner.cpp", "#include <chrono>\n", "<chrono> is not for planner"),
    ("a driver sees src", "drivers/linux_sg/bad.cpp", '#include "core/try.h"\n', "a driver includes only"),
    ("the simulated drive borrows our EDC", "drivers/simulated/bad.cpp", '#include "pressmark/sector.h"\n',
     "simulated may not see sector"),
    ("a driver sees another's folder", "drivers/replay/bad.cpp", '#include "drivers/linux_sg/linux_sg.h"\n',
     "a driver includes only"),
    ("a public header shows src", "include/pressmark/rip.h", '#include "planner/planner.h"\n',
     "a public header includes only public headers"),
    ("src sees tests", "src/core/bad.cpp", '#include "tests/unit/helper.h"\n', "is no file of this project"),
    ("a public header without a layer", "include/pressmark/new.h", "", "belongs to no layer"),
    ("an OS call outside core", "src/mmc/bad.cpp", "#include <unistd.h>\n", "<unistd.h> is not for mmc"),
    ("a parser library outside cli", "src/rip/bad.cpp", "#include <CLI/CLI.hpp>\n", "<CLI/CLI.hpp> is not for rip"),
    ("an unknown library", "src/rip/bad.cpp", "#include <boost/any.hpp>\n", "in no row of FOREIGN"),
    ("sleeping", "src/drive/bad.cpp", "void f() { std::this_thread::sleep_for(d); }\n", "waits or reads a clock"),
    ("a random number", "src/rip/bad.cpp", "std::mt19937 g;\n", "draws random numbers"),
]


def write_tree(root, files):
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def self_test():
    misses = []
    with tempfile.TemporaryDirectory() as folder:
        write_tree(pathlib.Path(folder), SOUND_TREE)
        if faults := check_tree(pathlib.Path(folder))[1]:
            misses.append(f"a sound tree is called faulty: {faults}")
    for what, path, text, words in PLANTED:
        with tempfile.TemporaryDirectory() as folder:
            write_tree(pathlib.Path(folder), SOUND_TREE | {path: text})
            faults = check_tree(pathlib.Path(folder))[1]
            if not any(words in fault for fault in faults):
                misses.append(f"not found: {what} ({path}); found {faults}")
    for miss in misses:
        print(miss)
    print(f"layering self-test: {len(PLANTED) + 1 - len(misses)} of {len(PLANTED) + 1} as they should be")
    return 1 if misses else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    if len(arguments) != 1:
        print(__doc__)
        return 2
    count, faults = check_tree(pathlib.Path(arguments[0]))
    for fault in faults:
        print(fault)
    print(f"layering: {count} files, {len(faults)} arrows that run back")
    return 1 if faults or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
