"""Types of command line arguments. argparse reports what they raise."""

import argparse
from collections.abc import Callable

from django.utils.translation import gettext as _


def whole_number(minimum: int, maximum: int) -> Callable[[str], int]:
    """A type for numbers from `minimum` to `maximum`."""

    def parse(text: str) -> int:
        if text.isascii() and text.isdigit() and len(text) < 20 and minimum <= int(text) <= maximum:
            return int(text)
        limits = {"minimum": f"{minimum:,}", "maximum": f"{maximum:,}"}
        message = _("give a whole number from %(minimum)s to %(maximum)s") % limits
        raise argparse.ArgumentTypeError(message)

    return parse
