#!/usr/bin/env python3
"""Holds what `pressmark verify --json` says against docs/verify-json.schema.json, and against what a schema cannot say.

    verify_json.py PRESSMARK SCHEMA
"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

from rip_record import closed


class Folder:
    def __init__(self, pressmark, folder):
        self.pressmark, self.folder = pressmark, pathlib.Path(folder)

    def run(self, *args):
        return subprocess.run([self.pressmark, *args], cwd=self.folder, capture_output=True, text=True)

    def verify(self, *args):
        done = self.run("verify", *args, "--json")
        answer = json.loads(done.stdout)
        assert answer["good"] == (done.returncode == 0), f"good is {answer['good']}, the exit status {done.returncode}"
        return answer


def answers(folder):
    """One of every kind."""
    folder.run("rip", "sim:demo", "-o", "demo", "-q")
    image = folder.folder / "demo.iso"
    other = bytearray(image.read_bytes())
    other[700 * 2048] ^= 1
    (folder.folder / "other.iso").write_bytes(other)
    subprocess.run("sha256sum demo.iso other.iso > SUMS; echo 00000000000000000000000000000000000000000000000000000000000000ff '' gone.iso >> SUMS",
                   shell=True, cwd=folder.folder, check=True)
    subprocess.run("mkdir tree && cp other.iso tree/ && xorriso -outdev tagged.iso -md5 on -map tree / -commit && cp tagged.iso broken.iso && "
                   "printf x | dd of=broken.iso bs=1 seek=2000000 conv=notrunc", shell=True, cwd=folder.folder, check=True, capture_output=True)
    yield "one image with a record", folder.verify("demo.iso")
    yield "an image against another", folder.verify("demo.iso", "--against", "other.iso", "--alone")
    yield "a damaged disc", folder.verify("sim:demo", "--against", "demo.iso")
    yield "all of a sum file", folder.verify("--all", "SUMS")
    yield "without the signature", folder.verify("other.iso", "--against", "SUMS", "--no-signature")
    yield "seals that hold", folder.verify("tagged.iso")
    yield "seals that do not", folder.verify("broken.iso")


def must_refuse(validator, answer, change, what):
    spoiled = copy.deepcopy(answer)
    change(spoiled)
    assert not validator.is_valid(spoiled), f"the schema takes an answer with {what}"


def main(pressmark, schema_path):
    schema = json.loads(pathlib.Path(schema_path).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(closed(schema))
    with tempfile.TemporaryDirectory() as folder:
        got = dict(answers(Folder(pressmark, folder)))
    for what, answer in got.items():
        for error in validator.iter_errors(answer):
            sys.exit(f"{what}: {'/'.join(map(str, error.absolute_path))}: {error.message}")
    assert got["one image with a record"]["images"][0]["never_read"]["told_by"] == "demo.rip.json"
    compared = got["an image against another"]["images"][0]["outcomes"][0]
    assert compared["first_difference"] == 700 * 2048 and compared["different"]["ranges"] == [{"first": 700, "sectors": 1}]
    assert got["a damaged disc"]["images"][0]["unreadable"]["belong_to"]["file_count"] > 0
    assert got["all of a sum file"]["summary"]["missing"] == 1 and got["all of a sum file"]["sum_files"][0]["signature"] == "none"
    assert got["seals that hold"]["good"] and len(got["seals that hold"]["images"][0]["seals"]) == 4
    assert not got["seals that do not"]["good"]
    answer = got["an image against another"]
    must_refuse(validator, answer, lambda a: a.pop("images"), "no images")
    must_refuse(validator, answer, lambda a: a["images"][0].pop("seals"), "an image without seals")
    must_refuse(validator, answer, lambda a: a["images"][0]["outcomes"][0].update(answer="maybe"), "an answer that is none")
    must_refuse(validator, answer, lambda a: a.update(surprise=1), "a member nobody documented")
    print(f"verify --json: {len(got)} answers follow the schema")


if __name__ == "__main__":
    main(*sys.argv[1:])
