"""What `check --deploy` says of a deployment."""

import pytest

from passaudit.checks import check_env_file


@pytest.mark.parametrize(("mode", "found"), [(0o600, []), (0o640, []), (0o644, ["passaudit.W001"])])
def test_it_warns_when_everybody_can_read_the_secrets(settings, tmp_path, mode, found):
    settings.BASE_DIR = tmp_path
    (tmp_path / ".env").write_text("SECRET_KEY=k")
    (tmp_path / ".env").chmod(mode)
    assert [warning.id for warning in check_env_file()] == found


def test_it_does_not_need_the_file(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    assert check_env_file() == []
