"""What stands in the way of a target that is missed: one sentence or two for each metric."""

OBSTACLES = {
    "latency": (
        "A decision's workflow task carries more than an answer: its facts go out in the same task, and each payload in it "
        "makes the SDK enter the sandbox three times more; one on a line reaches the records by way of its deal, so over "
        "a signal and a second workflow task."
    ),
    "throughput": (
        "Most of it is the server's, on both sides. What the worker adds goes into payloads (the SDK enters the sandbox three "
        "times for each), into what the records are told, and into what the Web UI shows."
    ),
    "history": "Search attributes change with nearly every step, because they name who must act and by when.",
    "memory": (
        "Equal playbooks are one object, and a line forgets its raw start; what is left are five line states held twice, in "
        "the line and in its deal's mirror, with the titles that make each of them readable without the playbook."
    ),
    "replay": (
        "What is above the bare time goes into what the records are told, the Web UI's details and search attributes, "
        "facts, CRM writes and mail, in this order; both sides pay the SDK's sandbox for each payload."
    ),
    "cold": "Typer, rich and pydantic are imported for any command; what reads the records, or the deal, adds its own models.",
}
