"""A deal driven by nothing but `deal …` commands, on `deal up`."""

from pathlib import Path

from starter.errors import Exit
from starter.rooms import ROOT
from tests.support.command import PATIENCE, ByCommand, Command
from tests.support.robot import Robot

THREE_GOODS = str(ROOT / "playbooks" / "orders" / "three-goods.yaml")
STOCK_ONLY = str(ROOT / "playbooks" / "orders" / "stock-only.yaml")


async def test_commands_alone_bring_three_goods_to_paid_though_the_desk_is_stopped_in_between(
    tmp_path: Path,
) -> None:
    command = Command(tmp_path)
    desk = ByCommand(command)
    async with command.up("--pace", "1d=5m"):
        number = (await command.ok("start", THREE_GOODS)).out.strip()
        robot = Robot(desk, number, seconds=PATIENCE, until=lambda view: view["stage"] == "PREPAYMENT")
        before = await robot.run()
        assert before["stage"] == "PREPAYMENT"

    stopped = await command.run("show", number)
    assert stopped.code == Exit.UNREACHABLE
    assert "deal up" in stopped.err

    async with command.up():
        after = (await command.ok("show", number, "-o", "json")).json
        assert after["paced"], "a running deal keeps the playbook it started with"
        assert after["contract_version"] == before["contract_version"]
        robot = Robot(desk, number, seconds=PATIENCE)
        view = await robot.run()
        assert (view["stage"], view["totals"]["outstanding"], view["totals"]["advance"]) == (
            "PAID",
            "0.00",
            "0.00",
        )
        assert robot.refusals == []

        facts = (await command.ok("log", number, "-o", "json")).json
        assert [fact["seq"] for fact in facts] == list(range(1, len(facts) + 1))
        assert facts[-1]["kind"] == "deal.paid"
        listed = (await command.ok("list", "--stage", "PAID", "-o", "json")).json
        assert [deal["number"] for deal in listed] == [number]


async def test_two_desks_run_side_by_side_and_each_command_speaks_to_its_own(tmp_path: Path) -> None:
    one, two = Command(tmp_path / "one"), Command(tmp_path / "two")
    async with one.up(), two.up():
        first = (await one.ok("start", STOCK_ONLY)).out.strip()
        assert (await one.ok("show", first, "-o", "json")).json["number"] == first
        assert (await two.run("show", first)).code == Exit.NOT_FOUND
        second = (await two.ok("start", STOCK_ONLY)).out.strip()
        assert second == first, "each home counts its own deals"
