"""The contract: client and director answer one offer together. A rejection asks the manager for the next one; a new offer takes the
place of the one that is asked about."""

from domain.deal.state import Drafted
from domain.deal.tasks import Approval
from domain.facts import ContractAgreed
from domain.playbook.book import Trigger
from domain.words import Stage
from workflows.deal_case import DealCase


async def agree(deal: DealCase) -> None:
    if Trigger.CONTRACT in deal.state.moments:
        return
    deal.move_to(Stage.CONTRACT_APPROVAL)

    def put_to_approval(round: int) -> Approval:
        offer = deal.make_offer(round)
        return deal.put_to_approval(
            "contract",
            by=deal.state.drafted.by or deal.put_by(None),
            round=round,
            digest=offer.digest,
            amount=offer.amount,
            currency=offer.currency,
        )

    async def revise(asked: Approval, round: int) -> None:
        if not asked.rejected:
            return
        revision = deal.open("contract-revision", round=round, comment=asked.votes[-1].comment)
        await deal.until(lambda: revision.closed, f"version {round + 1} of the contract")
        deal.state.drafted = Drafted(by=revision.closed_by, comment=revision.answers.get("changes", ""))

    contract = await deal.in_rounds("contract", put_to_approval, lambda asked: asked.approved, revise)
    deal.record(ContractAgreed(version=contract.version))
    deal.happened(Trigger.CONTRACT)
