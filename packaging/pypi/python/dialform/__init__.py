"""Auto-call campaigns as code. The program is a binary: run `dialform`, or `python -m dialform`."""

from dialform._find import find_dialform

__all__ = ["find_dialform"]
