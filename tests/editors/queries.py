"""Runs the queries of the Helix and Zed packages by the tree-sitter grammar that they are for, on the examples.

Needs `tree-sitter` and `tree-sitter-kdl` from PyPI, which queries.sh installs into a folder of its own.
"""

import pathlib
import sys
import time

import tree_sitter
import tree_sitter_kdl

ROOT = pathlib.Path(__file__).resolve().parents[2]
LANGUAGE = tree_sitter.Language(tree_sitter_kdl.language())
# Seconds, on a machine that has other things to do.
SLOW = 5
SAMPLE = """\
campaign "one" template="weekday" {
    pace "1/s" // as fast as the clinic can take
    record #true trim-left="0s"
    /- trunk "own-sip"
    cidType "x"
    redial { busy after="20m" times=3 }
}
aliases { channel sales="48a77bd7-8762-4e0f-a277-4ef77e36c41b" }
"""
# What each piece of the sample is shown as: by Helix, by Zed.
WANTED = {
    "campaign": ("keyword", "keyword"),
    "pace": ("function.builtin", "function"),
    "record": ("function.builtin", "function"),
    "busy": ("function.builtin", "function"),
    "channel": ("type.builtin", "type"),
    "cidType": ("variable", "tag"),
    "trim-left": ("attribute", "attribute"),
    "#true": ("constant.builtin.boolean", "boolean"),
    '"1/s"': ("string", "string"),
    "20m": ("string", "string"),
    "// as fast as the clinic can take": ("comment", "comment"),
}


def matches_in_order(query, root):
    """Every capture in the order of the patterns."""
    cursor = tree_sitter.QueryCursor(query)
    in_order = sorted(cursor.matches(root), key=lambda match: match[0])
    for _, captures in in_order:
        for name, nodes in captures.items():
            for node in nodes:
                yield node.start_byte, node.end_byte, name


def main() -> int:
    failed = 0
    parser = tree_sitter.Parser(LANGUAGE)
    files = sorted((ROOT / "examples").glob("**/*.kdl"))
    assert files
    for path in files:
        # The broken example is legal KDL but for a keyword without its #.
        if "broken" not in path.parts and parser.parse(path.read_bytes()).root_node.has_error:
            print(f"the grammar cannot read {path.relative_to(ROOT)}")
            failed += 1
    source = SAMPLE.encode()
    root = parser.parse(source).root_node
    for editor, folder in enumerate(["editors/helix/queries/dialform", "editors/zed/languages/dialform"]):
        for path in sorted((ROOT / folder).glob("*.scm")):
            began = time.monotonic()
            try:
                query = tree_sitter.Query(LANGUAGE, path.read_text(encoding="utf-8"))
            except tree_sitter.QueryError as error:
                print(f"{path.relative_to(ROOT)}: {error}")
                failed += 1
                continue
            # Some queries that look simple keep this grammar's analysis busy for minutes, and an editor with it.
            if time.monotonic() - began > SLOW:
                print(f"{path.relative_to(ROOT)} takes too long to compile")
                failed += 1
            found = list(matches_in_order(query, root))
            if not found and path.name != "brackets.scm":
                print(f"{path.relative_to(ROOT)} finds nothing")
                failed += 1
            if path.name != "highlights.scm":
                continue
            for piece, names in WANTED.items():
                start = source.index(piece.encode())
                end = start + len(piece.encode())
                # The innermost piece counts, and of two for one piece the later.
                around = [hit for hit in found if hit[0] <= start and hit[1] >= end]
                smallest = min((hit[1] - hit[0] for hit in around), default=0)
                last = [hit[2] for hit in around if hit[1] - hit[0] == smallest][-1:]
                if last != [names[editor]]:
                    print(f"{path.relative_to(ROOT)}: {piece} is shown as {last}, not {names[editor]}")
                    failed += 1
    print(f"queries: {failed} failed" if failed else "queries: all is as it should be")
    return min(failed, 1)


sys.exit(main())
