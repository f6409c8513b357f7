"""Scenarios leave as files and come back from them."""

from __future__ import annotations

from geo import manifest
from tests.webmap.kept import CITY, CLOSE, LIST, OPEN, problem
from webmap.api.scenarios import Manifest


def test_a_file_leads_back_to_the_same_scenario(client, app, make):
    first = make("甲", CLOSE, OPEN, note="说明")
    query = "minutes=5&services=rest&at=2026-11-20T22:30"
    answer = client.get(f"{LIST}/{first.id}/manifest?{query}")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert Manifest.model_validate(answer.json).model_dump() == answer.json
    read = manifest.parsed(answer.json)
    assert (read.name, read.note, read.question.need.key) == (
        "甲", "说明", "rest@2026-11-20T22:30",
    )  # fmt: skip
    back = client.post(f"{LIST}/import", json=answer.json)
    make.remember(back)
    assert back.status_code == 201
    assert (back.json["name"], back.json["changes"]) == ("甲 (2)", [CLOSE, OPEN])
    assert back.json["outdated"] is False


def test_a_file_of_another_import_waits_for_its_rebase(client, make):
    first = make("甲", CLOSE)
    file = client.get(f"{LIST}/{first.id}/manifest").json
    file["city"]["version"] = "another"
    back = client.post(f"{LIST}/import", json=file)
    make.remember(back)
    assert (back.json["outdated"], back.json["base_date"]) == (True, "")
    answer = client.get(f"{CITY}/coverage?scenario={back.json['id']}")
    assert answer.json["type"] == "urn:yizhan:problem:scenario-outdated"


def test_a_wrong_file_is_refused_with_all_its_faults(client, make):
    file = client.get(f"{LIST}/{make().id}/manifest").json
    wrong = file | {"changes": [{"kind": "fly"}, 7], "question": {"profile": "broom"}}
    answer = client.post(f"{LIST}/import", json=wrong)
    assert len(problem(answer, 422, "input", "faults", "faults_left_out")["faults"]) >= 3
    assert client.post(f"{LIST}/import", json={"format": "other"}).status_code == 422
