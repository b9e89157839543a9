"""Writes what each image is made of, as CycloneDX 1.5: its base, and every package with version and licence.

usage: python deploy/docker/sbom.py FOLDER

Packages are those of the image's lock; their licences come from the same versions in the environment of this program.
The same locks give the same text.
"""

import json
import re
import sys
import uuid
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LOCK_OF = {
    **dict.fromkeys(("portal_sim", "linkage_server", "app_mgmt", "core_systems", "cli"), "requirements.lock"),
    "loadtest": "loadtest.lock",
}
"""Lock of each target of the Dockerfile."""
VENDORED = HERE.parents[1] / "src" / "shinsei" / "room" / "page" / "vendor" / "vendored.json"
"""What comes with the sources, and so with every image."""


def bill(image: str) -> dict[str, Any]:
    """The bill of materials of one image."""
    lock = (HERE / LOCK_OF[image]).read_text(encoding="utf-8")
    dockerfile = (HERE / "Dockerfile").read_text(encoding="utf-8")
    name, _, tag = re.findall(r"^ARG BASE=(\S+)$", dockerfile, re.MULTILINE)[0].partition(":")
    version = re.findall(r'image\.version="([^"]+)"', dockerfile)[0]
    packages = re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock, re.MULTILINE)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, image + tag + lock)}",
        "version": 1,
        "metadata": {"component": {"type": "container", "name": f"shinsei/{image}", "version": version}},
        "components": [
            {"type": "container", "name": name, "version": tag},
            *(package(*one) for one in packages),
            *(vendored(one) for one in json.loads(VENDORED.read_text(encoding="utf-8"))),
        ],
    }


def package(name: str, version: str) -> dict[str, Any]:
    """One package of a lock."""
    return {
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name}@{version}",
        "licenses": licences(name),
    }


def vendored(one: dict[str, Any]) -> dict[str, Any]:
    """One package of npm's registry."""
    name, version = one["name"], one["version"]
    purl, licence = f"pkg:npm/{name}@{version}", [{"expression": one["licence"]}]
    return {"type": "library", "name": name, "version": version, "purl": purl, "licenses": licence}


def licences(name: str) -> list[dict[str, Any]]:
    """As the package states them: an SPDX expression, else its classifiers, else its own words."""
    stated = metadata(name)
    for expression in stated.get_all("License-Expression") or []:
        return [{"expression": expression}]
    classifiers = [line for line in stated.get_all("Classifier") or [] if line.startswith("License ::")]
    names = [line.rpartition(" :: ")[2] for line in classifiers] or [stated["License"]]
    return [{"license": {"name": one}} for one in names]


def main() -> int:
    """Write them all; returns an exit code."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and its argument
        sys.stderr.write("usage: python deploy/docker/sbom.py FOLDER\n")
        return 2
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for image in LOCK_OF:
        text = json.dumps(bill(image), indent=2, ensure_ascii=False) + "\n"
        (folder / f"{image}.cdx.json").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
