"""Brings a deal to PAID: python docs/how-to/robot.py NUMBER [ORDER_FILE]. It reads `deal show -o json`, and nothing else."""

import json
import subprocess
import sys
import time


def deal(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["deal", *args], capture_output=True, text=True)


def look(number: str) -> dict:
    shown = deal("show", number, "-o", "json")
    return json.loads(shown.stdout) if shown.returncode == 0 else sys.exit(shown.stderr)


def acts(view: dict, order_file: str):
    """A command for everything that somebody could do now."""
    number, currency = view["number"], view["totals"]["currency"]
    for task in view["assignments"]:
        fields = [f"--field={name}={value}" for name, value in answered(task["form"]).items()]
        act = ["complete", number, task["id"], *fields]
        if task["kind"] == "order":
            act = ["order", number, order_file]
        yield [*act, "--as", task["assignee"]]
    for vote in view["approvals"]:
        yes = ["decide", number, vote["id"], "--approve", "--version", str(vote["version"])]
        yield from ([*yes, "--as", asked["person"]] for asked in vote["awaiting"])
    for paper in view["documents"]:
        for asked in paper["signers"]:
            if paper["can_sign"] and not asked["signed_on"]:
                yield ["sign", number, paper["id"], "--side", asked["side"], "--as", asked["person"]]
    for due in view["milestones"]:
        if due["due_at"]:
            money = ["--amount", due["outstanding"], "--currency", currency]
            yield ["pay", number, *money, "--line", str(due["line"]), "--id", due["id"], "--as", "accountant"]


def answered(form: list[dict]) -> dict[str, str]:
    """What is required, and what that makes required, by the examples of the form."""
    answers: dict[str, str] = {}
    for field in form:
        if field["required"] and field["required_when"].items() <= answers.items():
            answers[field["name"]] = field["example"]
    return answers


def main(number: str, order_file: str = "playbooks/orders/three-goods.yaml") -> None:
    while not (view := look(number))["closed"]:
        for command in acts(view, order_file):
            done = deal(*command)
            print("deal", *command, "" if done.returncode == 0 else f"→ {done.stderr.strip()}", flush=True)
        time.sleep(0.5)
    print(f"deal {number}: {view['stage_label']}")


if __name__ == "__main__":
    main(*sys.argv[1:])
