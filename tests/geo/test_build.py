"""From files to a folder and back: whole or not at all, whatever happens on the way."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

from geo import answers, build, cli, crs, ground, locator, study, workspace
from geo.errors import CityBroken, CityExists, CityNotFound, InputError
from geo.model import PROFILES, Budget, Position
from tests.geo import small_city
from tests.geo.small_city import as_pbf


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """Return an empty folder of cities."""
    monkeypatch.setenv("YIZHAN_HOME", str(tmp_path / "cities"))
    return tmp_path / "cities"


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    """Return the files of the small city."""
    return small_city.write_all(tmp_path_factory.mktemp("files"))


def arguments(files: dict[str, Path], slug: str = "small", **changes) -> list[str]:
    """Return the words of ``city create``; a change to ``None`` leaves an option out."""
    chosen = {**files, **changes}
    words = ["city", "create", slug, "--name", "小城"]
    for role, path in chosen.items():
        if path is not None:
            words += [f"--{role.replace('_', '-')}", str(path)]
    return words


def run(*words: str, **options):
    return CliRunner().invoke(cli.main, [str(word) for word in words], **options)


def made_of(home: Path) -> list[str]:
    return sorted(path.name for path in home.iterdir()) if home.is_dir() else []


@pytest.fixture(scope="module")
def small(tmp_path_factory, files):
    """Return a home with the small city in it, built once through the command line."""
    home = tmp_path_factory.mktemp("homes") / "cities"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(home))
        result = run(*arguments(files))
        assert result.exit_code == 0, result.output
        yield home


def test_a_city_from_four_files_answers_truly(small):
    result = run("study", "small", "--minutes", "5", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    # Three of the four groups live at a station; 30 people at (8, 1) have 7 blocks to walk:
    # 700 m at 1.25 m/s are 560 s.
    assert found["people"]["total"] == 200 and found["people"]["covered"] == 170
    assert found["stations"] == 3
    assert found["uncovered"]["beyond_reach"]["people"] == 30
    assert {level: row["cells"] for level, row in found["levels"].items()} == {"1": 2, "2": 4}
    longer = json.loads(run("study", "small", "--minutes", "10", "--json").output)
    assert longer["people"]["covered"] == 200
    assert set(found) >= {
        "city",
        "profile",
        "minutes",
        "stations",
        "people",
        "area_m2",
        "ring",
        "levels",
        "uncovered",
        "barriers_known",
        "provenance",
    }
    assert [entry["role"] for entry in found["provenance"]["inputs"]] == [
        "streets",
        "areas",
        "demand",
        "stations",
    ]


def test_the_printed_study_and_list_read_well(small):
    shown = run("study", "small").output
    assert "15 min = 1,125 m" in shown and "200" in shown and "barriers unknown" in shown
    assert "小城" in run("city", "list").output
    checked = run("city", "check", "small")
    assert checked.exit_code == 0 and "whole" in checked.output


def test_a_distance_budget_is_metres(small):
    found = json.loads(run("study", "small", "--distance-m", "700", "--json").output)
    assert (found["minutes"], found["distance_m"], found["radius_m"]) == (None, 700, 700)
    # (8, 1) is 7 blocks from two stations; the lattice of degrees is not exactly 100 m.
    wider = json.loads(run("study", "small", "--distance-m", "720", "--json").output)
    assert wider["people"]["covered"] == 200


def test_nearest_counts_the_blocks(small):
    lon, lat = small_city.at(3, 1)
    noon = ("--at", "2026-11-20T12:00")
    told = json.loads(run("nearest", "small", lon, lat, "--json", "-k", "2", *noon).output)
    found = told["stations"]
    # 2 blocks west to s1; 5 east and 7 north to s2, open on a Friday: 16 minutes. s3 is 12 minutes
    # away, 2 west and 7 north, but its hours are unknown: it counts as ten minutes farther.
    assert [(row["id"], row["state"]) for row in found] == [("s1", "open"), ("s2", "open")]
    assert found[0]["metres"] == pytest.approx(200, rel=0.01)
    assert found[1]["metres"] == pytest.approx(1200, rel=0.01)
    assert found[0]["seconds"] == pytest.approx(200 / 1.25, rel=0.01)
    assert (told["at"], told["by"], told["reason"]) == ("2026-11-20T12:00", "street", None)
    words = run("nearest", "small", lon, lat, "--way", *noon).output
    assert "北京路驿站" in words and "2026-11-20 12:00" in words
    assert "到达：驿站" in words and "arrive" in words


def test_a_place_without_a_way_is_told_why(small):
    # 400 m east of the last street: within judgement, but no street within 250 m.
    lon, lat = small_city.at(9 + 4, 4)
    told = run("nearest", "small", lon, lat).output
    assert "250 m" in told and "straight line" in told and "驿站" in told
    far = run("nearest", "small", "121.5", "31.2", "--json")
    assert far.exit_code == 0
    assert json.loads(far.output)["reason"] == "outside"


def test_what_hinders_a_rider_is_said(small):
    asked = ("--services", "battery_swap", "--always", "--at", "2026-11-20T12:00")
    told = run("nearest", "small", *small_city.at(3, 1), *asked)
    assert told.exit_code == 0
    assert "没有驿站符合全部条件" in told.output and "no station passes" in told.output
    assert "24 hours" in told.output and "battery swap" in told.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["study", "nowhere"], "no city 'nowhere'"),
        (["study", "small", "--profile", "car"], "walk, slow, wheelchair, ebike"),
        (["study", "small", "--minutes", "0"], "positive"),
        (["study", "small", "--minutes", "5", "--distance-m", "5"], "either minutes or"),
        (["nearest", "small", "39.9", "116.3"], "swapped"),
        (["why", "small", "121.5", "31.2"], "outside"),
        (["nearest", "small", "116.3", "39.9", "--services", "sauna"], "unknown service"),
        (["nearest", "small", "nan", "31.2"], "finite"),
        (["city", "check", "../small"], "no city"),
        (["city", "create", "API!", "--name", "x", "--streets", "x.pbf"], "a–z"),
    ],
)
def test_wrong_words_end_in_one_clear_sentence(small, words, message):
    result = run(*words)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


def test_the_layers_open_in_other_programs(small, tmp_path):
    result = run("study", "small", "--minutes", "5", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    (path,) = (tmp_path / "out").iterdir()
    layers = {name: gpd.read_file(path, layer=name) for name, _ in pyogrio.list_layers(path)}
    told = {"about", "figures", "uncovered", "changes", "columns"}
    assert set(layers) == {"cells", "circles", "rings", "gaps", "stations"} | told
    assert layers["cells"]["covered"].sum() == 170 * 2  # each of the two levels holds everybody
    assert set(layers["circles"]["budget"]) == {"5min", "10min", "15min"}
    assert layers["gaps"]["rank"].min() == 1
    assert layers["gaps"].iloc[0]["people"] == 30
    assert layers["cells"].crs.to_epsg() == 4326
    assert len(layers["rings"]) == 3
    assert set(layers["rings"]["radius_m"]) == {375.0}  # 5 min at 1.25 m/s
    metric = layers["circles"].to_crs(layers["circles"].estimate_utm_crs()).area
    assert np.allclose(layers["circles"]["area_m2"], metric, rtol=2e-3)


def test_what_has_a_name_is_found(small):
    """Each of the lattice's streets, the four communities, and the names of the demand (院0…3)."""
    found = json.loads(run("search", "small", "sq", "--json").output)["found"]
    assert {one["name"] for one in found} == {"a1社区", "a2社区", "b1社区", "b2社区"}
    compounds = json.loads(run("search", "small", "yuan", "--json").output)["found"]
    assert {(one["kind"], one["name"]) for one in compounds} == {
        ("compound", f"院{number}") for number in range(4)
    }
    result = run("search", "small", "7jie", "--near", "116.3", "39.9")
    assert result.exit_code == 0, result.output
    assert "道路 · street  第7街" in result.output and "直线" in result.output
    assert "nothing found" in run("search", "small", "qqqq").output


def test_loaded_again_the_city_gives_the_same_figures(small):
    data = workspace.load("small")
    fresh = study.run(data, PROFILES["walk"], Budget(minutes=5)).to_json()
    stored = answers.stored(data, PROFILES["walk"], Budget(minutes=5))
    kept = {key: value for key, value in stored.summary.items() if key != "provenance"}
    assert json.loads(json.dumps(fresh)) == {**kept, "provenance": {}}
    again = answers.stored(workspace.load("small"), PROFILES["walk"], Budget(minutes=5))
    assert again.summary == stored.summary
    assert again.cells.equals(stored.cells)
    for name in answers.DRAWN:
        assert json.loads(again.layer(name))["type"] == "FeatureCollection"


def test_a_hostile_name_stays_data(small):
    data = workspace.load("small")
    place, noon = Position(*small_city.at(8, 7)), datetime(2026, 11, 20, 12)
    found = locator.ranked(data, PROFILES["walk"], place, noon, 1)
    assert data.stations["name"].iat[found.answers[0].station] == "<b>人民</b>驿站"


def test_a_name_is_taken_only_once(small, files):
    before = workspace.version("small")
    result = run(*arguments(files))
    assert result.exit_code == 2 and "exists already" in result.output
    assert workspace.version("small") == before


def test_names_with_brackets_are_printed_as_they_are(home, files, tmp_path):
    # Brackets are mark-up to the library that prints tables: [/x] alone made it stop.
    lon, lat = small_city.at(9 + 4, 4)  # far from every street, so it is listed by name
    stations = tmp_path / "站[red].csv"
    stations.write_text(f"id,name,lon,lat\ns[1,站[/b] :smile:,{lon},{lat}\n", encoding="utf-8")
    words = arguments(files, stations=stations, demand=None, areas=None)
    words[words.index("小城")] = "城[/x]市[red]"
    made = run(*words)
    assert made.exit_code == 0, made.output
    assert "城[/x]市[red]" in made.output and "站[/b] :smile:" in made.output
    for shown in (run("city", "list"), run("study", "small")):
        assert shown.exit_code == 0 and "城[/x]市[red]" in shown.output


def test_a_disk_that_refuses_is_told_in_one_sentence(home, files, small, tmp_path, monkeypatch):
    taken = tmp_path / "taken"
    taken.write_text("a file where a folder should be", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(small))
        told = run("study", "small", "--out", taken)
    assert told.exit_code == 2 and "taken" in told.output and "can be written" in told.output
    monkeypatch.setenv("YIZHAN_HOME", str(taken))
    told = run(*arguments(files))
    assert told.exit_code == 2 and "taken" in told.output and "can be written" in told.output


@pytest.mark.parametrize("stop", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_import_stopped_at_its_studies_leaves_nothing(home, files, monkeypatch, stop):
    def full(*_):
        raise stop

    monkeypatch.setattr(answers, "_fill", full)
    told = run(*arguments(files, demand=None, areas=None))
    assert told.exit_code == (2 if isinstance(stop, OSError) else 1)
    assert made_of(home) == []


def test_a_folder_that_cannot_be_written_still_answers(small, monkeypatch):
    kept = json.loads(run("study", "small", "--minutes", "11", "--json").output)

    def refuse(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(answers, "stored", refuse)
    assert json.loads(run("study", "small", "--minutes", "11", "--json").output) == kept


def test_budgets_that_differ_a_little_are_kept_apart(small):
    # Six digits would call both 1234.57 m.
    asked = ["1234.567", "1234.573"]
    found = [
        json.loads(run("study", "small", "--distance-m", each, "--json").output)["distance_m"]
        for each in asked
    ]
    assert found == [1234.567, 1234.573]


def test_a_wrong_name_and_missing_files_are_told_together(home):
    told = run("city", "create", "API!", "--name", " ", "--streets", "x.pbf", "--cells", "square:1")
    assert told.exit_code == 2 and "4 faults" in told.output
    for word in ("SLUG", "--name", "--streets", "--cells"):
        assert word in told.output
    assert made_of(home) == []


def test_remove_asks_first(home, files):
    assert run(*arguments(files, demand=None, areas=None)).exit_code == 0
    assert run("city", "remove", "small", input="n\n").exit_code == 1
    assert made_of(home) == ["small"]
    assert run("city", "remove", "small", "--yes").exit_code == 0
    assert made_of(home) == []


def test_one_street_file_alone_is_enough(home, files):
    words = arguments({"streets": files["streets"]}, cells="square:300")
    result = run(*words)
    assert result.exit_code == 0, result.output
    found = json.loads(run("study", "small", "--json").output)
    assert found["people"]["reason"] and found["stations"] == 0
    assert found["levels"]["1"]["cells"] > 9
    data = workspace.load("small")
    # Every leaf is a square of 300 m or a part of one.
    assert data.cells.area.max() <= 300**2 + 1


# ------------------------------------------------------------------ bad input leaves nothing


def broken(tmp_path: Path, role: str) -> Path:
    """Return a file with a fault in the given role."""
    if role == "streets":
        path = tmp_path / "streets.osm.pbf"
        path.write_bytes(b"\x00\x00\x00\x0d\x0a\x09OSMHeader" + b"\x18" * 40)
        return path
    if role == "areas":
        frame = small_city.area_frame()
        bow = [small_city.at(*spot) for spot in [(0, 0), (4, 4), (4, 0), (0, 4)]]
        frame.geometry = [shapely.Polygon(bow), *frame.geometry[1:]]
        path = tmp_path / "areas.gpkg"
        frame.to_file(path)
        return path
    if role == "stations":
        rows = [("s1", "甲", 1, 1, "站", "", ""), ("s1", "乙", 2, 2, "站", "", "")]
        path = small_city.write_stations(tmp_path / "stations.csv", rows=rows)
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        lines.append("s3,丙,39.9,116.3,站,,")
        lines.append("s4,丁,nan,39.9,站,,")
        path.write_text("\n".join(lines), encoding="utf-8")
        return path
    path = tmp_path / "people.csv"
    path.write_text("name,lon,lat\n院,116.3,39.9\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("role", ["streets", "areas", "stations", "demand"])
def test_a_faulty_file_is_refused_and_nothing_is_left(home, files, tmp_path, role):
    result = run(*arguments(files, **{role: broken(tmp_path, role)}))
    assert result.exit_code == 2, result.output
    assert "fault" in result.output and "→" in result.output
    assert made_of(home) == []


def test_all_faults_of_all_files_are_told_at_once(home, files, tmp_path):
    words = arguments(
        files,
        areas=broken(tmp_path, "areas"),
        stations=broken(tmp_path, "stations"),
        demand=broken(tmp_path, "demand"),
    )
    told = run(*words).output
    # The bow tie is feature 1; id s1 twice; row 3 swapped, row 4 without a number; no people.
    for part in ("areas.gpkg:", "stations.csv:", "s1", "people.csv"):
        assert part in told
    assert made_of(home) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"streets": "missing.pbf"}, "is no file"),
        ({"cells": "hexagon:5"}, "square:250"),
        ({"cells": "square:1"}, "50 to 5000"),
        ({"area_fields": "name"}, "field=column"),
        ({"stations_datum": "mars"}, "gcj02"),
    ],
)
def test_wrong_options_say_what_is_right(home, files, changes, message):
    result = run(*arguments(files, **changes))
    assert result.exit_code == 2 and message in result.output
    assert made_of(home) == []


def test_an_empty_file_is_named(home, files, tmp_path):
    empty = tmp_path / "nothing.csv"
    empty.touch()
    result = run(*arguments(files, stations=empty))
    assert result.exit_code == 2 and "is empty (0 bytes)" in result.output


def test_areas_far_from_the_streets_are_refused(home, files, tmp_path):
    far = small_city.area_frame()
    far.geometry = far.geometry.translate(1, 0)
    far.to_file(tmp_path / "far.gpkg")
    result = run(*arguments(files, areas=tmp_path / "far.gpkg", demand=None))
    assert result.exit_code == 2 and "far.gpkg" in result.output
    assert made_of(home) == []


# ------------------------------------------------------------------ crashes leave nothing broken


def test_an_import_that_fails_late_leaves_no_folder(home):
    def fail_late() -> None:
        with workspace.making("small") as folder:
            (folder / "half").write_text("half", encoding="utf-8")
            raise RuntimeError("late")

    with pytest.raises(RuntimeError, match="late"):
        fail_late()
    assert made_of(home) == []


def test_of_two_imports_of_one_name_the_second_loses(home):
    def lose() -> None:
        with workspace.making("small") as folder:
            (folder / workspace.MANIFEST).write_text("{}", encoding="utf-8")
            (home / "small").mkdir()

    with pytest.raises(CityExists, match="meanwhile"):
        lose()
    assert made_of(home) == ["small"]


# The driver forks, so that each killed import has everything loaded and is killed at its work:
# every second one at a step, the others by the kernel's timer of their own work (an import takes a
# third of a second of it, on a busy machine, too) at any moment, without tidying up.
_KILLER = """
import os, random, signal, sys
from pathlib import Path
from geo import build, checkup, reach, workspace
reach.compile()
streets, areas, stations, people, kills = sys.argv[1:]
request = build.Request("small", "小城", (Path(streets),), areas=Path(areas), stations=stations,
                        demand=Path(people))
chance = random.Random(20)
outcomes = []
for turn in range(int(kills)):
    step, delay = chance.randrange(24), chance.uniform(0.01, 0.6)
    child = os.fork()
    if child == 0:
        steps = iter(range(10**6))
        def tell(label, done, total):
            if turn % 2 and next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)
        if turn % 2 == 0:
            signal.setitimer(signal.ITIMER_PROF, delay)
        build.create(request, tell)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    whole = workspace.slugs()
    assert whole in ([], ["small"]), whole
    if whole:
        assert checkup.check("small").faults == ()
        workspace.remove("small")
    outcomes.append((os.WIFSIGNALED(status), bool(whole)))
killed = sum(k for k, _ in outcomes)
print(f"{killed} of {kills} killed; {sum(w for _, w in outcomes)} imports were whole")
assert killed > int(kills) // 3
"""


@pytest.mark.parametrize("kills", ["20", pytest.param("200", marks=pytest.mark.soak)])
def test_a_killed_import_leaves_no_broken_city(home, files, kills):
    words = [str(files[role]) for role in ("streets", "areas", "stations", "demand")]
    done = subprocess.run(
        [sys.executable, "-c", _KILLER, *words, kills],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(build.__file__).parents[1])},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    print(done.stdout.strip())
    # What the kills left behind is out of sight and swept away by the next import.
    with workspace.making("other") as folder:
        (folder / workspace.MANIFEST).write_text("{}", encoding="utf-8")
    assert made_of(home) == ["other"]


def test_a_folder_that_is_not_whole_says_so(home, files):
    assert run(*arguments(files, demand=None)).exit_code == 0
    path = home / "small" / workspace.MANIFEST
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, "schema": 0}), encoding="utf-8")
    with pytest.raises(CityBroken, match="another version"):
        workspace.load("small")
    assert "another version" in run("city", "list").output.replace("\n", " ")
    path.write_text("{", encoding="utf-8")
    with pytest.raises(CityBroken, match="cannot be read"):
        workspace.manifest("small")
    path.unlink()
    with pytest.raises(CityNotFound):
        workspace.folder("small")


@pytest.mark.parametrize("damage", ["no layers", "layers cut", "no array", "array cut", "no tiles"])
def test_a_damaged_folder_ends_in_one_sentence(small, tmp_path, monkeypatch, damage):
    monkeypatch.setenv("YIZHAN_HOME", str(tmp_path))
    path = tmp_path / "small"
    shutil.copytree(small / "small", path)
    shutil.rmtree(path / "studies")
    target = path / ("city.gpkg" if "layers" in damage else "arrays/network.edge_u.npy")
    if damage == "no tiles":
        shutil.rmtree(path / "tiles")
    elif damage.startswith("no"):
        target.unlink()
    else:
        target.write_bytes(target.read_bytes()[:90])
    told = [run("city", "check", "small")]
    if damage != "no tiles":  # figures need no tiles
        told += [run("study", "small"), run("nearest", "small", *small_city.at(3, 1))]
    for each in told:
        assert each.exit_code == 2, each.output
        assert "anew" in each.output and "Traceback" not in each.output
    assert run("city", "remove", "small", "--yes").exit_code == 0


def test_a_manifest_of_something_else_is_refused(home):
    (home / "odd").mkdir(parents=True)
    (home / "odd" / workspace.MANIFEST).write_text('{"schema": 2}', encoding="utf-8")
    assert run("city", "check", "odd").exit_code == 2
    assert run("city", "list").exit_code == 0


def test_the_zone_around_a_street_is_its_buffer():
    street = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (2000, 700)])], crs=32650)
    zone = ground.zone(street, 500.0, "EPSG:32650")
    true = street.geometry.iloc[0].buffer(500, quad_segs=64)
    # Traced on a 25 m raster from samples every 10 m: under one part in a thousand.
    assert zone.symmetric_difference(true).area < 1e-3 * true.area


def test_the_demonstration_is_built_once_and_again_when_its_files_change(
    home, files, tmp_path, monkeypatch
):
    inputs = tmp_path / "out"
    inputs.mkdir()
    for role, name in (
        ("areas", "areas.gpkg"),
        ("stations", "stations.csv"),
        ("demand", "demand.gpkg"),
    ):
        (inputs / name).write_bytes(files[role].read_bytes())
    as_pbf(inputs)
    (inputs / "meta.json").write_text('{"name": "小城（示例）"}', encoding="utf-8")
    monkeypatch.setattr(build, "demo_inputs", lambda: inputs)
    assert build.ensure_demo().counts["stations"] == 3
    assert workspace.load("demo").city.synthetic
    assert "OpenStreetMap data" in workspace.load("demo").city.attribution
    assert build.ensure_demo() is None
    first, (number, _, *rest), _ = small_city.STATIONS
    small_city.write_stations(inputs / "stations.csv", rows=[first, (number, "", *rest)])

    # Whatever ends the making, Ctrl-C or a full disk, leaves the old one, whole.
    for end in (KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")):

        def stop(label, done, total, end=end):
            if label == "切地图瓦片":
                raise end

        with pytest.raises(type(end)):
            build.ensure_demo(stop)
        assert made_of(home) == ["demo"] and len(workspace.load("demo").stations) == 3
    # Another process is at it: this one goes on with the old one.
    (home / f".making-demo-{os.getppid()}").mkdir()
    assert build.ensure_demo() is None
    (home / f".making-demo-{os.getppid()}").rmdir()

    def overtake(label, done, total):
        if label == "切地图瓦片" and done == 0:  # another process has put its own in place
            shutil.copytree(home / "demo", tmp_path / "quicker")
            (home / "demo").rename(tmp_path / "before")
            (tmp_path / "quicker").rename(home / "demo")

    assert build.ensure_demo(overtake) is None and made_of(home) == ["demo"]
    assert build.ensure_demo().counts["stations"] == 2 and made_of(home) == ["demo"]
    # Without a name it is called by a street, 街8 or 街18, at whose crossing it stands.
    told = workspace.load("demo").stations.iloc[1]
    assert told["name"] in ("未命名驿站（街8）", "未命名驿站（街18）")
    assert told["name_en"] in ("Unnamed station (街8)", "Unnamed station (街18)")
    # A city of somebody's own under that name, or any other city, is left alone.
    workspace.remove("demo")
    assert run(*arguments(files, slug="demo")).exit_code == 0
    before = workspace.version("demo")
    assert build.ensure_demo() is None and workspace.version("demo") == before
    (home / "demo").rename(home / "mine")
    assert build.ensure_demo() is None


def test_a_list_in_another_datum_is_brought_home(home, files, tmp_path):
    shifted = [
        (row[0], row[1], *moved, *row[4:])
        for row, moved in zip(small_city.STATIONS, _shifted(small_city.STATIONS), strict=True)
    ]
    path = small_city.write_stations(tmp_path / "amap.csv", rows=shifted)
    words = arguments(files, stations=path, stations_datum="gcj02", demand=None, areas=None)
    assert run(*words).exit_code == 0
    found = json.loads(run("nearest", "small", *small_city.at(3, 1), "--json", "-k", "1").output)
    # Read as WGS84 the list would lie some 500 m off; brought home it is the 200 m of before.
    assert found["stations"][0]["metres"] == pytest.approx(200, rel=0.02)


def _shifted(rows):
    """Return the stations' places in the lattice's units as a map in GCJ-02 would have them."""
    for _, _, x, y, *_ in rows:
        lon, lat = crs.gcj02_from_wgs84(*(np.array([v]) for v in small_city.at(x, y)))
        yield (
            (lon[0] - small_city.WEST) / small_city.EAST_100M,
            (lat[0] - small_city.SOUTH) / small_city.NORTH_100M,
        )


def test_shapes_are_cut_at_the_zone_and_nowhere_else():
    zone = shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60))
    inside, across, hole, away = shapes = np.array(
        [
            shapely.box(0, 0, 10, 10),
            shapely.box(90, 0, 110, 10),
            shapely.box(45, 45, 55, 55),
            shapely.box(200, 0, 210, 10),
        ],
        dtype=object,
    )
    cut = ground.within(shapes, zone)
    assert [shape.area for shape in cut] == [100, 100, 0, 0]
    assert cut[0] is inside and across.area == 200 and hole.area == away.area == 100


def test_a_road_out_of_town_does_not_widen_the_first_look():
    town = [shapely.LineString([(x, 0), (x, 1000)]) for x in range(0, 1001, 50)]
    road = shapely.LineString([(1000, 500), (1400, 500)])  # 400 m of 21.4 km: under two percent
    edges = gpd.GeoDataFrame(geometry=[*town, road], crs=32650)
    west, south, east, north = ground.where_streets_are(edges)
    # 1000 m of town, an eighth and 100 m beyond; the road's end at 1400 m is left out.
    assert (west, south, north) == (-100, -100, 1100)
    assert 1000 < east <= 1000 + 125 + 100


def test_the_demonstration_is_asked_for_in_words(monkeypatch, tmp_path):
    monkeypatch.setattr(build, "__file__", str(tmp_path / "geo" / "build.py"))
    with pytest.raises(InputError, match="make_demo"):
        build.demo_inputs()


def test_a_study_that_an_older_version_kept_is_made_anew(small, tmp_path, monkeypatch):
    monkeypatch.setenv("YIZHAN_HOME", str(tmp_path))
    shutil.copytree(small / "small", tmp_path / "small")
    kept = tmp_path / "small" / "studies"
    shutil.rmtree(kept)
    older = kept / "walk-15min"  # where, and in fewer words than now, they used to lie
    older.mkdir(parents=True)
    (older / "summary.json").write_text('{"people": {"covered": -1}}', encoding="utf-8")
    told = run("study", "small")
    assert told.exit_code == 0, told.output
    assert "居民 people" in told.output and not older.exists()
