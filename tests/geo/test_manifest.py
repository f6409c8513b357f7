"""A scenario's file: read back without loss, every fault told at once, other cities told apart."""

from __future__ import annotations

import dataclasses
import json
import shutil
from datetime import datetime

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from geo import build, manifest, study, workspace
from geo.capacity import Crowd
from geo.cli import main
from geo.errors import InputError, ScenarioOutdated
from geo.manifest import Base, Question, Scenario
from geo.model import PROFILES, Budget, Need, Position
from geo.printable import printable
from geo.scenario import changes
from geo.scenario.changes import AddServices, CloseStation, Enlarge, MoveStation, OpenSite, SetHours
from tests.geo import small_city

WALK = PROFILES["walk"]
CHANGES = (
    CloseStation("s2"),
    OpenSite("n1", Position(116.309, 39.9009), "=新站", ("water",), "24/7", 12, "centre"),
    AddServices("s3", ("water", "rest")),
    SetHours("s1", ""),
    Enlarge("n1", -2),
    MoveStation("s3", Position(116.3025, 39.901)),
)
MADE = Scenario(
    "北岸 A/B",
    Base("small", "小城", "0123456789abcdef", {"streets:a.pbf": "ff"}),
    Question(
        PROFILES["ebike"],
        Budget(distance_m=1000),
        Need(("water", "rest"), datetime(2026, 11, 20, 22, 30)),
        Crowd(12.5, 8),
    ),
    CHANGES,
    "第一行\n第二行",
    {"yizhan": "0.1.0"},
)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return small_city.write_all(tmp_path_factory.mktemp("files"))


def create(home, files, slug="small", **other):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(home))
        build.create(
            build.Request(
                slug,
                "小城",
                (files["streets"],),
                areas=other.get("areas", files["areas"]),
                stations=str(other.get("stations", files["stations"])),
                demand=files["demand"],
            )
        )
    return home


@pytest.fixture(scope="module")
def home(files, tmp_path_factory):
    return create(tmp_path_factory.mktemp("homes") / "cities", files)


@pytest.fixture
def small(home, monkeypatch):
    monkeypatch.setenv("YIZHAN_HOME", str(home))
    return "small"


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_a_scenario_comes_back_as_it_was(tmp_path):
    path = manifest.write(MADE, tmp_path / "new" / "a.json")
    assert manifest.read(path) == MADE
    assert manifest.parsed(manifest.to_json(MADE)) == MADE
    assert path.read_bytes() == manifest.write(MADE, tmp_path / "b.json").read_bytes()
    assert "北岸" in path.read_text(encoding="utf-8")


def test_of_very_many_faults_the_first_are_printed_and_the_others_counted(tmp_path):
    content = manifest.to_json(MADE) | {"changes": [{"kind": "fly", "to": "x" * 99}] * 3_000}
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    told = run("scenario", "check", path)
    assert told.exit_code == 2
    lines = told.output.splitlines()
    assert "3000 faults in the input:" in lines[0]
    assert len(lines) == 1 + 50 + 1 and lines[-1].strip() == "… 2,950 more"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")))


@given(
    name=TEXTS.filter(lambda text: 0 < len(printable(text).strip()) <= 100),
    note=st.text(st.characters(codec="utf-8"), max_size=200),
    minutes=st.floats(0.5, 120),
    closed=st.lists(TEXTS.filter(bool), max_size=4),
)
def test_any_scenario_comes_back(name, note, minutes, closed):
    question = Question(WALK, Budget(minutes=minutes))
    rows = tuple(CloseStation(key) for key in closed)
    made = manifest.parsed(manifest.to_json(Scenario(name, MADE.base, question, rows, note)))
    assert (made.note, made.question, made.changes) == (note, question, rows)
    assert manifest.parsed(json.loads(json.dumps(manifest.to_json(made)))) == made


def test_every_fault_is_told_at_once():
    content = manifest.to_json(MADE) | {"name": " ", "note": 5, "colour": "red"}
    content["question"] = content["question"] | {"profile": "car", "at": 7, "default_seats": 1.5}
    content["city"] = {"slug": "small", "version": "x", "inputs": {"a": 1}}
    content["changes"] = [{"kind": "burn"}, {"kind": "close"}, 3]
    with pytest.raises(InputError) as caught:
        manifest.parsed(content, "a.json")
    told = "\n".join(str(fault) for fault in caught.value.faults)
    for part in (
        "a.json: 'colour' → leave it out",
        "a.json: name: no text",
        "a.json: note: 5",
        "a.json: question.profile: unknown profile 'car'",
        "a.json: question.at: 7",
        "a.json: question.default_seats: 1.5",
        "a.json: city.inputs:",
        "a.json: changes: change 1: kind 'burn'",
        "a.json: changes: change 2: no station",
        "a.json: changes: change 3: 3",
    ):
        assert part in told
    assert len(caught.value.faults) == 10


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "yizhan-scenario/2"}, "this version reads yizhan-scenario/1"),
        ({"format": None}, "give the file of a scenario"),
        ({"changes": None}, "give a list of changes"),
        ({"question": None}, "give an object"),
        ({"city": []}, "give an object"),
        ({"note": "x" * 5000}, "5,000 characters"),
        ({"note": "\ud800"}, "half of a letter"),
        ({"name": "x" * 121}, "121 characters"),
        ({"changes": [{"kind": "close", "station": "a"}] * 10_001}, "10,001 changes"),
    ],
)
def test_a_file_of_another_kind_is_told_apart(change, message):
    with pytest.raises(InputError, match=message):
        manifest.parsed(manifest.to_json(MADE) | change)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("minutes", 5, "either minutes or"),
        ("distance_m", float("inf"), "positive number"),
        ("distance_m", True, "give a number or null"),
        ("distance_m", 10**400, "question.minutes"),
        ("services", ["gold"], "unknown service 'gold'"),
        ("services", "water", "give a list of texts"),
        ("at", "", "at is empty"),
        ("at", "noon", "no instant"),
        ("users_per_1000", -1, "no rate"),
        ("default_seats", -1, "seats"),
        ("speed", 1, "leave it out"),
    ],
)
def test_a_question_that_cannot_be_asked_is_told(field, value, message):
    content = manifest.to_json(MADE)
    content["question"][field] = value
    with pytest.raises(InputError, match=message):
        manifest.parsed(content)


@pytest.mark.parametrize(
    "text", ["", "[1,", "[" * 100_000, '{"a": NaN}', "\x00", "[]", '"x"', "1" * 5000]
)
def test_what_is_no_scenario_is_refused_in_words(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.json"):
        manifest.read(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        manifest.read(path)
    with pytest.raises(InputError, match="no such file"):
        manifest.read(tmp_path)


def test_the_same_files_are_the_same_base_wherever_they_lie(small, files, home, tmp_path):
    made = manifest.of("small", "x", Question(WALK, Budget(minutes=5)))
    copies = {name: shutil.copy(path, tmp_path) for name, path in files.items()}
    other = create(tmp_path / "cities", {name: type(home)(p) for name, p in copies.items()})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(other))
        assert manifest.base_of("small") == made.base
        assert manifest.differences(made, "small") == ()
        manifest.check_base(made, "small")


def test_a_city_of_other_inputs_is_told_apart(small, files, tmp_path):
    made = manifest.of("small", "x", Question(WALK, Budget(minutes=5)), [CloseStation("s2")])
    stations = small_city.write_stations(tmp_path / "stations.csv", rows=small_city.STATIONS[:2])
    other = create(tmp_path / "cities", files, stations=stations)
    path = manifest.write(made, tmp_path / "a.json")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(other))
        assert manifest.differences(made, "small") == ("stations:stations.csv",)
        with pytest.raises(ScenarioOutdated, match=r"stations:stations\.csv.*--anyway"):
            manifest.city(made, "small")
        refused = run("study", "small", "--scenario", path)
        assert refused.exit_code == 2 and "--anyway" in refused.output
        told = run("study", "small", "--scenario", path, "--anyway")
        assert told.exit_code == 0 and "imported anew since: stations:stations.csv" in told.output
        ran = run("scenario", "run", path, "--out", tmp_path / "out", "--anyway")
        assert ran.exit_code == 0
    about = (tmp_path / "out" / "about.csv").read_text(encoding="utf-8-sig")
    assert "scenario.other_inputs" in about


def test_other_versions_of_the_software_are_told(small, tmp_path):
    made = manifest.of("small", "x", Question(WALK, Budget(minutes=5)))
    assert manifest.told(made, "small")["other_software"] == []
    older = dataclasses.replace(made, software=made.software | {"shapely": "1.8", "gone": "1"})
    path = manifest.write(older, tmp_path / "a.json")
    told = run("study", "small", "--scenario", path)
    assert told.exit_code == 0 and "other versions of the software: shapely" in told.output


def test_other_options_of_an_import_are_another_base(small, tmp_path):
    made = manifest.of("small", "x", Question(WALK, Budget(minutes=5)))
    shutil.copytree(workspace.home(), tmp_path / "cities")
    path = tmp_path / "cities" / "small" / workspace.MANIFEST
    content = json.loads(path.read_text(encoding="utf-8"))
    content["options"]["cells_m"] = 200
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(tmp_path / "cities"))
        assert manifest.differences(made, "small") == ("options",)


def test_a_hostile_name_steers_no_terminal(small, tmp_path):
    path, name = tmp_path / "a.json", "a\u202eb\x1b[31mc\n"
    at = list(small_city.at(1, 2))
    opened = {"kind": "open", "station": "n1", "position": at, "name": name}
    words = ("small", "--name", name, "--change", json.dumps(opened), "--out", path)
    assert run("scenario", "new", *words).exit_code == 0
    told = run("scenario", "check", path)
    assert told.exit_code == 0 and "n1" in told.output
    assert not {"\u202e", "\x1b"} & set(told.output)


def test_the_command_line_makes_checks_and_runs_a_scenario(small, tmp_path):
    path = tmp_path / "a.json"
    listed = tmp_path / "more.json"
    listed.write_text(json.dumps([changes.plain(CHANGES[2])]), encoding="utf-8")
    one = '{"kind": "close", "station": "s2"}'
    words = ("small", "--name", "关 s2", "--change", one, "--changes", listed, "--minutes", "5")
    made = run("scenario", "new", *words, "--out", path)
    assert made.exit_code == 0, made.output
    checked = run("scenario", "check", path)
    assert checked.exit_code == 0 and '"station": "s2"' in checked.output
    assert "walk · 5min" in checked.output
    ran = run("scenario", "run", path, "--out", tmp_path / "out", "--json")
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    # Of the four groups 50 people lived at s2; s1 and s3 are left with 100 and 20.
    assert told["people"]["covered"] == 120 and told["scenario"]["name"] == "关 s2"
    assert told["scenario"]["changes"][1]["station"] == "s2"
    # The scenario's own question is asked where the options say nothing.
    again = json.loads(run("study", "small", "--scenario", path, "--json").stdout)
    assert again == told
    longer = json.loads(
        run("study", "small", "--scenario", path, "--minutes", "10", "--json").stdout
    )
    assert (longer["minutes"], longer["stations"]) == (10, 2)
    plain = json.loads(run("study", "small", "--minutes", "5", "--json").stdout)
    assert plain["people"]["covered"] == 170 and "scenario" not in plain


@pytest.mark.parametrize(
    "words",
    [
        ("week",),
        ("impact",),
        ("equity", "--no-certainty"),
        ("propose", "--sites", "1"),
        ("why", *small_city.at(8, 8)),
        ("nearest", *small_city.at(8, 8)),
        ("audit-circle", "--requirements", "union-double-15"),
    ],
)
def test_every_command_answers_from_the_changed_city(small, tmp_path, words):
    made = manifest.of("small", "关 s2", Question(WALK, Budget(minutes=5)), CHANGES[:1])
    path = manifest.write(made, tmp_path / "a.json")
    command, *rest = words
    plain = run(command, "small", *rest, "--minutes", "5", "--json")
    if plain.exit_code:  # these ask no budget
        plain = run(command, "small", *rest, "--json")
    told = run(command, "small", *rest, "--scenario", path, "--json")
    assert told.exit_code == 0, told.output
    answer = json.loads(told.stdout)
    assert answer.pop("scenario")["name"] == "关 s2"
    assert answer != json.loads(plain.stdout)
    assert "方案 scenario: 关 s2" in run(command, "small", *rest, "--scenario", path).output


@pytest.mark.parametrize("content", [b"\xb9\xd8", b"{}", b"3", b"[{}]", b"[" * 100_000])
def test_a_list_of_changes_that_is_none_is_refused_in_words(small, tmp_path, content):
    (tmp_path / "changes.json").write_bytes(content)
    words = ("small", "--name", "x", "--changes", tmp_path / "changes.json")
    refused = run("scenario", "new", *words, "--out", tmp_path / "a.json")
    assert refused.exit_code == 2 and "changes.json" in refused.output
    assert not (tmp_path / "a.json").exists()


def test_a_scenario_is_a_study_of_the_changed_city(small, tmp_path):
    made = manifest.of("small", "x", Question(WALK, Budget(minutes=5)), CHANGES[:1])
    data = manifest.city(made)
    told = study.run(data, WALK, Budget(minutes=5)).to_json()
    path = manifest.write(made, tmp_path / "a.json")
    out = tmp_path / "out.xlsx"
    done = run("export", "small", "--format", "xlsx", "--out", out, "--scenario", path)
    assert done.exit_code == 0 and out.is_file() and "方案 scenario: x" in done.output
    assert told["people"]["covered"] == 120


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["scenario", "check", "nothing.json"], "no such file"),
        (["scenario", "new", "small", "--name", "", "--out", "x.json"], "no text"),
        (["scenario", "new", "small", "--name", "x", "--out", "x", "--change", "close"], "JSON"),
        (
            ["scenario", "new", "small", "--name", "x", "--out", "x.json",
             "--change", '{"kind":"close","station":"s9"}'],
            "no station 's9'",
        ),
        (["scenario", "new", "small", "--name", "x", "--out", "x", "--changes", "no"], "no such"),
        (["scenario", "new", "nowhere", "--name", "x", "--out", "x.json"], "no city 'nowhere'"),
        (["export", "small", "--format", "csv", "--out", "x.xlsx.csv"], "holds one table"),
    ],
)  # fmt: skip
def test_wrong_words_end_in_one_clear_sentence(small, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    result = run(*words)
    assert result.exit_code == 2 and message in result.output
    assert "Traceback" not in result.output and not list(tmp_path.iterdir())
