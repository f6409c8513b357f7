from __future__ import annotations

import pytest

from geo.errors import OptionError
from webmap.config import Settings, from_environment


def test_defaults():
    assert from_environment({}) == Settings()


def test_the_environment_changes_the_defaults():
    found = from_environment({"YIZHAN_WEB_POLL_S": "2.5", "YIZHAN_WEB_STUDY_CACHE": "3"})
    assert found == Settings(poll_s=2.5, study_cache=3)


@pytest.mark.parametrize("text", ["soon", "-1", "0", "nan", ""])
def test_a_wrong_value_is_refused_by_name(text):
    with pytest.raises(OptionError, match="YIZHAN_WEB_POLL_S"):
        from_environment({"YIZHAN_WEB_POLL_S": text})


def test_the_database_is_named_by_its_own_variable():
    address = "sqlite:////data/yizhan.sqlite"
    assert from_environment({"YIZHAN_DATABASE": address}) == Settings(database=address)
    assert from_environment({"YIZHAN_WEB_DATABASE": "x"}) == Settings()


def test_the_public_is_served_unless_somebody_says_otherwise():
    assert Settings().edition == "public"
    assert from_environment({"YIZHAN_WEB_EDITION": "internal"}).edition == "internal"
    with pytest.raises(OptionError, match="'secret' is no edition; choose internal or public"):
        from_environment({"YIZHAN_WEB_EDITION": "secret"})
