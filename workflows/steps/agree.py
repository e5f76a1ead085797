"""The contract: client and director answer one offer together. A rejection asks the manager for the next one; a new offer takes the
place of the one that is asked about."""

from domain.deal.state import Drafted
from domain.deal.tasks import Approval
from domain.words import Stage, Trigger
from workflows.deal_case import DealCase


async def agree(deal: DealCase) -> None:
    if Trigger.CONTRACT in deal.state.moments:
        return
    deal.move_to(Stage.CONTRACT_APPROVAL)

    async def revise(asked: Approval, round: int) -> None:
        if not asked.rejected:
            return
        revision = deal.open("contract-revision", round=round, comment=asked.votes[-1].comment)
        await deal.until(lambda: revision.closed, f"version {round + 1} of the contract")
        deal.state.drafted = Drafted(by=revision.closed_by, comment=revision.answers.get("changes", ""))

    contract = await deal.in_rounds("contract", deal.put_contract, lambda asked: asked.approved, revise)
    deal.agreed(contract.version)
    deal.happened(Trigger.CONTRACT)
