"""Rewriting a syntax tree from its leaves to its root, so that what stands inside a replaced node is rewritten too."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp


def rewritten(tree: exp.Expr, rule: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """The tree, changed in place: `rule` is asked once for each node, children first, and gives it or another one.

    sqlglot's own `transform` does not look into a node that it has replaced.
    """
    for node in reversed(list(tree.bfs())):
        new = rule(node)
        if new is node:
            continue
        if node is tree:
            tree = new
        else:
            node.replace(new)
    return tree
