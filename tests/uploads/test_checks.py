"""Settings of uploads."""

import pytest

from activity.uploads.checks import check_settings


@pytest.mark.parametrize(
    ("limit", "found"), [(1, []), (0, ["uploads.E001"]), (-1, ["uploads.E001"])]
)
def test_it_refuses_a_limit_below_one(settings, limit, found):
    settings.UPLOAD_MAX_MIB = limit
    assert [error.id for error in check_settings()] == found


def test_it_refuses_an_unusable_folder(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.UPLOADS_DIR = tmp_path / "file" / "uploads"
    assert [error.id for error in check_settings()] == ["uploads.E002"]
    settings.UPLOADS_DIR = tmp_path / "not" / "yet"
    assert check_settings() == []
