"""Files that are larger than what a test should hold in memory."""

import io
from collections.abc import Sequence


class Endless(io.RawIOBase):
    """The `pieces` one after another; None stands for `size` bytes of filling."""

    def __init__(self, pieces: Sequence[bytes | None], size: int, filling: bytes = b"x") -> None:
        self._pieces = [
            (piece or filling, len(piece) if piece is not None else size) for piece in pieces
        ]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while self._pieces and not self._pieces[0][1]:
            self._pieces.pop(0)
        if not self._pieces:
            return 0
        content, left = self._pieces[0]
        count = min(len(buffer), left)
        if len(content) == left:
            buffer[:count], content = content[:count], content[count:]
        else:
            buffer[:count] = content * count
        self._pieces[0] = (content, left - count)
        return count
