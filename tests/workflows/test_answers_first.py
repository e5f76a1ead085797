"""What answers a workflow's own commands is played before the messages that came with it: see `workflows.temporal.answers_first`."""

from temporalio.bridge.proto.workflow_activation import (
    DoUpdate,
    FireTimer,
    ResolveActivity,
    SignalWorkflow,
    WorkflowActivation,
    WorkflowActivationJob,
)
from temporalio.bridge.proto.workflow_commands import StartTimer, WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion

from workflows.temporal.answers_first import COMING, AnswersFirst

SIGNAL = WorkflowActivationJob(signal_workflow=SignalWorkflow(signal_name="pay"))
UPDATE = WorkflowActivationJob(do_update=DoUpdate(name="pay"))
TIMER = WorkflowActivationJob(fire_timer=FireTimer(seq=1))
ANSWER = WorkflowActivationJob(resolve_activity=ResolveActivity(seq=2))


class Played:
    """Stands for a workflow: keeps what it was played, and answers each time with one command; or fails, that many times in."""

    def __init__(self, fails_at: int = 0) -> None:
        self.jobs: list[list[str]] = []
        self.coming: list[bool] = []
        self._fails_at = fails_at

    def __call__(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        self.jobs.append([job.WhichOneof("variant") or "" for job in act.jobs])
        self.coming.append(COMING.messages)
        done = WorkflowActivationCompletion(run_id=act.run_id)
        if len(self.jobs) == self._fails_at:
            done.failed.failure.message = "broken"
        else:
            done.successful.commands.append(WorkflowCommand(start_timer=StartTimer(seq=len(self.jobs))))
        return done


def play(workflow: Played, *jobs: WorkflowActivationJob) -> WorkflowActivationCompletion:
    return AnswersFirst(workflow)(WorkflowActivation(run_id="r", history_length=7, jobs=jobs))


def test_answers_come_first_and_the_commands_of_both_parts_stand_in_their_order() -> None:
    workflow = Played()
    done = play(workflow, SIGNAL, UPDATE, TIMER, ANSWER)
    answers, (look, *messages) = workflow.jobs
    assert (answers, messages) == (["fire_timer", "resolve_activity"], ["signal_workflow", "do_update"])
    assert look == "notify_has_patch", "or the SDK looks at no condition where only refused updates came"
    assert workflow.coming == [True, False], "meanwhile the workflow must not end"
    assert [command.start_timer.seq for command in done.successful.commands] == [1, 2]


def test_what_is_all_messages_or_all_answers_is_played_as_it_came() -> None:
    for jobs in ([SIGNAL, UPDATE], [TIMER, ANSWER]):
        workflow = Played()
        play(workflow, *jobs)
        assert workflow.jobs == [[job.WhichOneof("variant") for job in jobs]]
        assert workflow.coming == [False]


def test_what_fails_in_either_part_fails_the_whole() -> None:
    for part in (1, 2):
        done = play(Played(fails_at=part), SIGNAL, ANSWER)
        assert done.HasField("failed")
        assert not done.HasField("successful")
