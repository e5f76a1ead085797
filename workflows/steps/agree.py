"""The contract: client and director answer one offer together; a rejection asks the manager for the next one."""

from domain.deal.tasks import Approval, Assignment
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
            by=deal.put_by(made_by(round)),
            round=round,
            digest=offer.digest,
            amount=offer.amount,
            currency=offer.currency,
        )

    def made_by(round: int) -> Assignment | None:
        """What has made this version of the contract."""
        asked = ("contract-revision", round - 1) if round > 1 else ("order", 1)
        return deal.state.assignments.get(deal.state.subject.id(*asked))

    async def revise(rejected: Approval, round: int) -> None:
        revision = deal.open("contract-revision", round=round, comment=rejected.votes[-1].comment)
        await deal.until(lambda: revision.closed, f"version {round + 1} of the contract")

    contract = await deal.in_rounds("contract", put_to_approval, lambda asked: asked.approved, revise)
    deal.record(ContractAgreed(version=contract.version))
    deal.happened(Trigger.CONTRACT)
