"""What cases about the pressmark command share. PRESSMARK names the binary."""
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import tempfile
import unittest

PRESSMARK = os.environ["PRESSMARK"]
SECTOR = 2048


def run(*args, cwd=None, limit=120, **more):
    """Runs pressmark to its end; a hang is a failure."""
    return subprocess.run([PRESSMARK, *args], cwd=cwd, capture_output=True, text=True, timeout=limit, **more)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pressmark-cli-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def pressmark(self, *args, expect=0, **more):
        done = run(*args, cwd=self.folder, **more)
        self.assertEqual(done.returncode, expect, f"pressmark {' '.join(args)}\n{done.stdout}{done.stderr}")
        return done

    def image(self, name, sectors, seed=1):
        """A file of random sectors, with an ISO 9660 descriptor so that it looks like a disc."""
        rng = random.Random(seed)
        data = bytearray().join(rng.randbytes(SECTOR) for _ in range(min(sectors, 4096)))
        while len(data) < sectors * SECTOR:  # the rest repeats, each copy marked
            data += struct.pack("<Q", len(data)) + data[8:min(4096 * SECTOR, sectors * SECTOR - len(data))]
        data[16 * SECTOR:17 * SECTOR] = bytes(SECTOR)
        data[16 * SECTOR:16 * SECTOR + 7] = b"\x01CD001\x01"
        data[16 * SECTOR + 80:16 * SECTOR + 88] = struct.pack("<I", sectors) + struct.pack(">I", sectors)
        (self.folder / name).write_bytes(data)
        return bytes(data)

    def scenario(self, name, **keys):
        (self.folder / name).write_text(json.dumps(keys))
        return f"sim:{name}"

    def read(self, name):
        return (self.folder / name).read_bytes()

    def record(self, name="out"):
        return json.loads((self.folder / f"{name}.rip.json").read_text())
