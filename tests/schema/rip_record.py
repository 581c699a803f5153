#!/usr/bin/env python3
"""Holds the record of a real rip against docs/rip-record.schema.json, and against what a schema cannot say.

    rip_record.py PRESSMARK SCHEMA
"""

import copy
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import zlib

import jsonschema

from closing import closed


def rip(pressmark, folder, *options):
    name = pathlib.Path(folder) / "demo"
    run = subprocess.run([pressmark, "rip", "sim:demo", "-o", name, "--quiet", *options], capture_output=True, text=True)
    assert run.returncode == 1, f"sim:demo has unreadable sectors: exit status 1 is due, not {run.returncode}\n{run.stderr}"
    return json.loads(name.with_suffix(".rip.json").read_text(encoding="utf-8")), name.with_suffix(".iso").read_bytes()


def check_sense(record, image):
    """What the numbers must be to each other, and to the image on disk."""
    start, sectors = record["image"]["range"]["lba"], record["image"]["range"]["sectors"]
    assert record["image"]["bytes"] == len(image) == sectors * 2048
    covered = sorted((r["lba"], r["sectors"]) for g in record["grades"].values() for r in g["ranges"])
    at = start
    for lba, count in covered:
        assert lba == at, f"LBA {at} has no grade, or two"
        at += count
    assert at == start + sectors
    for name, grade in record["grades"].items():
        assert grade["sectors"] == sum(r["sectors"] for r in grade["ranges"]), name
    fill = bytes([record["options"]["fill"]]) * 2048
    for r in record["grades"]["unreadable"]["ranges"]:
        for lba in range(r["lba"], r["lba"] + r["sectors"]):
            assert image[(lba - start) * 2048:(lba - start + 1) * 2048] == fill, f"LBA {lba} is not filled"
    assert not record["complete"]
    failed = {f["lba"] + i for f in record["failures"] for i in range(f["sectors"])}
    lost = {r["lba"] + i for r in record["grades"]["unreadable"]["ranges"] for i in range(r["sectors"])}
    assert lost <= failed, "an unreadable sector has no failure that says why"
    for kind, digest in record["digests"].items():
        expected = f"{zlib.crc32(image):08x}" if kind == "crc32" else hashlib.new(
            {"blake2b": "blake2b"}.get(kind, kind), image).hexdigest()
        assert digest == expected, f"{kind} is not that of the image"


def must_refuse(validator, record, change, what):
    spoiled = copy.deepcopy(record)
    change(spoiled)
    assert not validator.is_valid(spoiled), f"the schema takes a record with {what}"


def check_files(record):
    """The demo disc's files, asked for: every unreadable sector is one file's, and no more than it says."""
    files = record["files"]
    assert files["files"] == files["whole"] + files["hit"] and files["hit"] == len(files["hit_files"]) > 0
    assert files["wanted"] == files["wanted_whole"] > 0
    unreadable = record["grades"]["unreadable"]["sectors"]
    assert sum(file["unreadable"] for file in files["hit_files"]) <= unreadable
    assert record["options"]["want"] == ["*.txt"] and record["options"]["files_first"]


def main(pressmark, schema_path):
    schema = json.loads(pathlib.Path(schema_path).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(closed(schema))
    with tempfile.TemporaryDirectory() as folder:
        record, image = rip(pressmark, folder, "--digests", "crc32,md5,sha1,sha256,sha512,blake2b")
    with tempfile.TemporaryDirectory() as folder:
        by_files, _ = rip(pressmark, folder, "--want", "*.txt")
    for one in (record, by_files):
        for error in validator.iter_errors(one):
            sys.exit(f"{'/'.join(map(str, error.absolute_path))}: {error.message}")
    assert "files" not in record
    check_files(by_files)
    must_refuse(validator, by_files, lambda r: r["files"].pop("hit_files"), "files without those that are hit")
    check_sense(record, image)
    assert set(record["digests"]) == {"crc32", "md5", "sha1", "sha256", "sha512", "blake2b"}
    must_refuse(validator, record, lambda r: r.pop("grades"), "no grades")
    must_refuse(validator, record, lambda r: r["digests"].update(sha1="00"), "a short digest")
    must_refuse(validator, record, lambda r: r["grades"].update(good={"sectors": 1, "ranges": []}), "an unknown grade")
    must_refuse(validator, record, lambda r: r.update(surprise=1), "a member nobody documented")
    print(f"rip record: follows the schema; {len(record['failures'])} failures, {len(record['grades'])} grades")


if __name__ == "__main__":
    main(*sys.argv[1:])
