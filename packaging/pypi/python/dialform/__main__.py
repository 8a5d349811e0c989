"""`python -m dialform`: the binary takes this process's place, or its exit code is handed on where that cannot be (Windows)."""

import os
import subprocess
import sys

from dialform._find import find_dialform


def main() -> int:
    try:
        program = find_dialform()
    except FileNotFoundError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    arguments = [program, *sys.argv[1:]]
    if os.name == "nt":
        return subprocess.run(arguments).returncode
    os.execv(program, arguments)


if __name__ == "__main__":
    sys.exit(main())
