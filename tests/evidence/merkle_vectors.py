"""Check the proofs of transparency-dev/merkle, which are not part of this project.

Leaves out its proofs about subtrees that do not begin at 0, of which passaudit makes none.
`python -m tests.evidence.merkle_vectors FOLDER`, where FOLDER is its `testdata`.
"""

import base64
import json
import sys
from pathlib import Path

from activity.evidence.merkle import proves_consistency, proves_inclusion


def main(folder: Path) -> None:
    number = wrong = 0
    for path in sorted(folder.rglob("*.json")):
        case = json.loads(path.read_text())
        if "start" in case:
            continue
        proof = [base64.b64decode(text) for text in case["proof"] or []]
        is_good = (_inclusion if "leafIdx" in case else _consistency)(case, proof)
        number += 1
        if is_good is case["wantErr"]:
            wrong += 1
            sys.stdout.write(f"WRONG {path}\n")
    sys.stdout.write(f"{number} cases, {wrong} wrong\n")
    sys.exit(bool(wrong) or not number)


def _inclusion(case: dict, proof: list[bytes]) -> bool:
    leaf, root = (base64.b64decode(case[name] or "") for name in ("leafHash", "root"))
    return proves_inclusion(leaf, case["leafIdx"], case["treeSize"], proof, root)


def _consistency(case: dict, proof: list[bytes]) -> bool:
    old, new = (base64.b64decode(case[name] or "") for name in ("root1", "root2"))
    return proves_consistency(case["size1"], case["size2"], old, new, proof)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
