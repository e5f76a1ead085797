"""Where to look in a browser."""

from urllib.parse import quote

from starter.settings import Settings
from starter.stack.home import read_stack
from workflows.names import deal_id

QUERIES = {
    "waiting for the director": "DealAwaiting = 'director' AND ExecutionStatus = 'Running'",
    "overdue": "DealOverdue = true AND ExecutionStatus = 'Running'",
    "at customs": "DealLineStatuses = 'AT_CUSTOMS' AND ExecutionStatus = 'Running'",
}


def links(settings: Settings, number: str) -> dict[str, str]:
    """Of one deal. Empty where no stack of ours runs: another cluster's Web UI has an address of its own."""
    stack = read_stack(settings.home)
    return {"Temporal Web UI": deal_link(stack.ui, stack.namespace, number)} if stack else {}


def deal_link(ui: str, namespace: str, number: str) -> str:
    return f"{ui}/namespaces/{namespace}/workflows/{quote(deal_id(number), safe='')}"


def query_links(ui: str, namespace: str) -> dict[str, str]:
    return {
        name: f"{ui}/namespaces/{namespace}/workflows?query={quote(query)}" for name, query in QUERIES.items()
    }


def web_links(web: str) -> dict[str, str]:
    return {"the lead form": f"{web}/forms/lead", "where events come in": f"{web}/webhooks/…"}
