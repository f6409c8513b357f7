"""Keep the repository fit to be published: what is tracked, and under which licences it stands."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LARGEST = 700_000

# Put together at run time, so that this file does not contain what it forbids.
_HOSTS = [
    "registry" + ".npmjs",
    "files.python" + "hosted",
    "pypi" + ".org",
    "regis" + "try.yarnpkg",
    "arti" + "factory",
    "deb" + ".debian",
    "archive" + ".ubuntu",
    "regis" + "try=http",
]
_PATHS = [r"(?<![\w.~}])/" + name + r"(?=/|\b)" for name in ("wo" + "rk", "ro" + "ot", "ho" + "me")]
_NOTES = [r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bXX" + r"X\b"]

#: Phrases that make a licence permissive, and the weak copyleft that binds only its own files.
PERMISSIVE = (
    "mit",
    "bsd",
    "apache",
    "isc",
    "psf",
    "python software foundation",
    "zlib",
    "cc0",
    "0bsd",
    "unlicense",
    "public domain",
    "mpl",
    "mozilla public license",
    "hpnd",
    "zpl",
)
FORBIDDEN = re.compile(r"\b(AGPL|LGPL|GPL|Affero|SSPL|Commons Clause|BUSL)\b", re.IGNORECASE)
#: Packages whose metadata names several licences for several files, looked into by hand.
JUDGED = {"docutils": "public domain; GPL covers one Emacs file that the wheel does not carry"}


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def tracked(root: Path) -> list[Path]:
    if not (root / ".git").exists():
        pytest.skip("tracked files: this is no git checkout")
    names = _git(root, "ls-files", "-z").split("\0")
    return [root / name for name in names if name and (root / name).is_file()]


@pytest.fixture(scope="module")
def texts(tracked: list[Path]) -> dict[Path, str]:
    found = {}
    for path in tracked:
        content = path.read_bytes()
        if b"\0" not in content:
            found[path] = content.decode("utf-8")
    return found


def _hits(texts: dict[Path, str], patterns: list[str], root: Path) -> list[str]:
    pattern = re.compile("|".join(patterns))
    return [
        f"{path.relative_to(root)}:{number}: {line.strip()[:120]}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_tracked_file_names_a_registry(texts: dict[Path, str], root: Path) -> None:
    assert _hits(texts, [re.escape(host) for host in _HOSTS], root) == []


def test_no_tracked_file_names_a_folder_of_one_machine(texts: dict[Path, str], root: Path) -> None:
    assert _hits(texts, _PATHS, root) == []


def test_nothing_is_left_to_do_in_comments(texts: dict[Path, str], root: Path) -> None:
    assert _hits(texts, _NOTES, root) == []


def test_no_tracked_file_is_large(tracked: list[Path], root: Path) -> None:
    large = {str(p.relative_to(root)): p.stat().st_size for p in tracked}
    assert {name: size for name, size in large.items() if size > LARGEST} == {}


def test_nothing_generated_is_tracked(tracked: list[Path], root: Path) -> None:
    ignored = _git(root, "ls-files", "--cached", "--ignored", "--exclude-standard")
    assert ignored.split() == []


# --- Lock files -------------------------------------------------------------------------------


def _locked(path: Path) -> dict[str, list[str]]:
    """Return the requirement line and its hashes for every package of a lock file."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    rows = [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    return {
        str(canonicalize_name(Requirement(row.split(" --hash")[0]).name)): row.split()
        for row in rows
    }


@pytest.mark.parametrize(
    "name", ["requirements.lock", "requirements-dev.lock", "webmap/frontend/requirements.lock"]
)
def test_every_locked_package_has_one_version_and_hashes_only(root: Path, name: str) -> None:
    for package, words in _locked(root / name).items():
        assert "==" in words[0], package
        options = [word for word in words[1:] if word.startswith("-")]
        assert options, f"{package} has no hash"
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", word) for word in options), package


def test_the_lock_file_fulfils_pyproject(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for file, wanted in (
        ("requirements.lock", project["dependencies"]),
        ("requirements-dev.lock", project["optional-dependencies"]["dev"]),
    ):
        locked = _locked(root / file)
        for requirement in map(Requirement, wanted):
            words = locked.get(str(canonicalize_name(requirement.name)))
            assert words is not None, f"{requirement} is not in {file}; run make lock"
            assert requirement.specifier.contains(words[0].split("==")[1]), f"{requirement}: {file}"


def test_both_lock_files_agree(root: Path) -> None:
    runtime, dev = _locked(root / "requirements.lock"), _locked(root / "requirements-dev.lock")
    assert {name: words[0] for name, words in runtime.items()} == {
        name: dev[name][0] for name in runtime
    }


def test_the_npm_lock_holds_hashes_but_no_address(root: Path) -> None:
    lock = json.loads((root / "webmap/frontend/package-lock.json").read_text(encoding="utf-8"))
    assert lock["lockfileVersion"] == 3
    for name, package in lock["packages"].items():
        if not name:
            continue
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name
        licences = package["license"]
        assert not FORBIDDEN.search(licences), f"{name}: {licences}"


# --- Licences ---------------------------------------------------------------------------------


def _licence(package: str) -> str:
    """Return what the package says of its licence: SPDX, else classifiers, else the first line."""
    data = metadata.metadata(package)
    expression = data.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [
        str(line).split("::")[-1].strip()
        for line in data.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    named = [line for line in classifiers if line != "OSI Approved"]
    first = str(data.get("License") or "").strip().split("\n")[0]
    return "; ".join(named) or first


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-dev.lock"])
def test_every_dependency_is_permissive(root: Path, file: str) -> None:
    installed = {str(canonicalize_name(d.name)) for d in metadata.distributions()}
    wrong = {}
    for package, words in _locked(root / file).items():
        marker = Requirement(" ".join(w for w in words if not w.startswith("--"))).marker
        if marker is not None and not marker.evaluate():
            continue
        assert package in installed, f"{package} of {file} is not installed; run make setup"
        licence = _licence(package)
        bad = FORBIDDEN.search(licence) and package not in JUDGED
        if bad or not any(word in licence.lower() for word in PERMISSIVE):
            wrong[package] = licence
    assert wrong == {}


# --- Declared and used ------------------------------------------------------------------------

#: Declared although no module of ours imports them; the reason.
UNIMPORTED = {
    "build": "makes the wheel",
    "import-linter": "run by make lint and by the tests as a program",
    "ipykernel": "runs the notebooks",
    "mypy": "run by make lint",
    "numba": "imported by name, so that geo works without it, only slower",
    "nbclient": "executes the notebooks",
    "numpydoc": "run by make lint",
    "pip-tools": "run by make lock",
    "pyarrow": "writes GeoParquet for geopandas",
    "pypinyin": "imported when a name is first read: its tables take half a second",
    "pytest-xdist": "spreads the tests over processes",
    "ruff": "run by make lint",
    "soupsieve": "held below 3: later ones refuse the Python 3.11.2 of Debian 12",
}
_OURS = {"geo", "webmap", "tests", "data", "docs"}


@cache
def _distributions() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


def _imports(paths: list[Path]) -> set[str]:
    """Return the distributions that these files import, the standard library left out."""
    packages = _distributions()
    found = set()
    for path in paths:
        # programs put their own folder first on the path, so a package beside them is ours, too
        beside = {entry.stem for folder in list(path.parents)[:2] for entry in folder.iterdir()}
        ours = _OURS | beside | set(sys.stdlib_module_names)
        for top in _tops(path) - ours:
            found.update(str(canonicalize_name(d)) for d in packages.get(top, [top]))
    return found


@cache
def _tops(path: Path) -> frozenset[str]:
    """Return the top-level packages that a file imports."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
    return frozenset(name.split(".")[0] for name in names)


@pytest.fixture(scope="module")
def declared(root: Path) -> tuple[set[str], set[str]]:
    """Return the names of the runtime and of the development requirements."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    def names(rows: list[str]) -> set[str]:
        return {str(canonicalize_name(Requirement(row).name)) for row in rows}

    return names(project["dependencies"]), names(project["optional-dependencies"]["dev"])


def test_the_packages_import_only_what_the_wheel_requires(
    root: Path, declared: tuple[set[str], set[str]]
) -> None:
    used = _imports([*root.glob("geo/**/*.py"), *root.glob("webmap/**/*.py")])
    used |= _imports([*root.glob("data/**/*.py"), *root.glob("docs/*.py")])
    assert used - declared[0] == set()


def test_the_tests_import_only_what_set_up_installs(
    root: Path, declared: tuple[set[str], set[str]]
) -> None:
    # packaging and werkzeug come with the packages that are declared for what they are
    used = _imports(list(root.glob("tests/**/*.py")))
    assert used - declared[0] - declared[1] - {"packaging", "werkzeug"} == set()


def test_every_requirement_is_used(root: Path, declared: tuple[set[str], set[str]]) -> None:
    folders = ("geo", "webmap", "data", "docs", "tests", "notebooks")
    used = _imports([path for folder in folders for path in root.glob(f"{folder}/**/*.py")])
    assert (declared[0] | declared[1]) - used - set(UNIMPORTED) == set()
