"""Corrections that wait for a branch to decide: in the branch of the demo accounts, and in a few others."""

from __future__ import annotations

from collections.abc import Iterator

from zhibu.demo.names import Register
from zhibu.demo.world import Being, Node, World
from zhibu.people.enums import StageKind

Request = tuple[Being, str, str, str, int]


def askers(node: Node, world: World) -> list[Being]:
    """Full members without a post, whose own file is complete."""
    led = {office.being for office in node.holders(world.today)}
    return [
        tie.being
        for tie in node.roll()
        if tie.end is None and tie.being.stage is StageKind.FULL and tie.being not in led
        and not tie.being.columns.get("is_lost") and tie.being.columns["phone"] and tie.being.columns["address"]
    ]  # fmt: skip


def requests(world: World) -> Iterator[Request]:
    """(person, field, new value, reason, days ago)."""
    rng = world.rng("requests")
    register = Register(rng)
    shown = [node for node in world.living_branches if node.flaws.get("showcase")]
    others = [node for node in world.living_branches if not node.flaws]
    for node in [*shown, *others[:: max(1, len(others) // 6)][: world.count(6)]]:
        for turn, being in enumerate(askers(node, world)[: 3 if node in shown else 1]):
            field, new, reason = (
                ("phone", register.phone(), "更换手机号码"),
                ("address", register.address(), "搬家"),
                ("education", "14", "取得硕士学历"),
            )[turn % 3]
            yield being, field, new, reason, 2 + turn * 4
