import pytest

from tests.support.stand import Stand, sample_order


@pytest.mark.parametrize('chosen_stand',['cached','replaying'],indirect=True)
async def test_the_robot_brings_three_goods_from_the_first_minute_to_paid(stand: Stand) -> None:
    deal = await stand.open(sample_order())
    view = await deal.robot()
    assert view["stage"] == "PAID"
    assert view["totals"]["outstanding"] == "0.00"
