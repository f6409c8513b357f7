"""The built wheel carries everything and stands on its own, without a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from webmap import vendor


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the wheel would put into site-packages."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_it_carries_all_that_git_ignores(installed: Path) -> None:
    assert vendor.faults(installed / "webmap/static/vendor", vendor.read_table()) == []
    web = installed / "webmap/static"
    for bundle in vendor.BUNDLES:
        assert vendor.bundle_faults(web / "bundle" / bundle.name, web / "js") == []
    inputs = ROOT / "data/demo/out"
    wanted = {path.relative_to(inputs): path.read_bytes() for path in inputs.rglob("*.*")}
    found = installed / "geo/demo"
    assert {name: (found / name).read_bytes() for name in wanted} == wanted
    sources = ROOT.glob("webmap/translations/*/LC_MESSAGES/*.po")
    for source in sources:
        assert (installed / source.relative_to(ROOT)).with_suffix(".mo").is_file()


def test_it_carries_every_tracked_file_of_the_packages(installed: Path) -> None:
    names = subprocess.run(
        ["git", "ls-files", "geo", "webmap"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    # a file deleted but not yet committed is no fault of the wheel
    assert [n for n in names if (ROOT / n).is_file() and not (installed / n).is_file()] == []


def test_it_names_the_command_and_the_licence(installed: Path) -> None:
    (info,) = installed.glob("yizhan-*.dist-info")
    assert "yizhan = webmap.launch:main" in (info / "entry_points.txt").read_text(encoding="utf-8")
    assert (info / "licenses" / "LICENSE").is_file()


def test_without_a_checkout_cities_live_in_the_users_data_folder(
    installed: Path, tmp_path: Path
) -> None:
    code = "from geo import build, workspace; print(build.demo_inputs()); print(workspace.home())"
    clean = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**clean, "HOME": str(tmp_path), "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    inputs, home = map(Path, done.stdout.split("\n")[:2])
    assert inputs == installed / "geo" / "demo"
    assert tmp_path in home.parents
    assert installed not in home.parents
