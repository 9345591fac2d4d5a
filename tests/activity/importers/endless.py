"""Files that are too large for the memory of a test."""

import io
from collections.abc import Sequence


class Endless(io.RawIOBase):
    """A file of `pieces`, in order. None stands for `size` bytes of padding."""

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
