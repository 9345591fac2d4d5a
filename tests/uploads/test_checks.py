"""Settings of uploads."""

from activity.uploads.checks import check_settings


def test_it_refuses_an_unusable_folder(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.UPLOADS_DIR = tmp_path / "file" / "uploads"
    assert [error.id for error in check_settings()] == ["uploads.E002"]
    settings.UPLOADS_DIR = tmp_path / "not" / "yet"
    assert check_settings() == []
