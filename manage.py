#!/usr/bin/env python
"""Run passaudit's management commands."""

import sys


def main() -> None:
    try:
        from django.core.management import execute_from_command_line  # noqa: PLC0415
    except ImportError as error:
        message = "Django is not installed here. Run `make install`, then use .venv/bin/python."
        raise SystemExit(message) from error
    from passaudit.starting import load_settings, told_failures  # noqa: PLC0415

    load_settings()
    with told_failures():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
