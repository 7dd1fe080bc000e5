"""Puts the changes of documents into steps, each after those it depends on.

The tasks of one document are written together as far as their order allows: of two blueprints that relate to each
other, one is created without its relation and gets it in a step of its own.
"""

from quaymaster_builder.model.references import SELF
from quaymaster_builder.model.refs import Documents, Ref
from quaymaster_builder.planning.steps import Step, Verb
from quaymaster_builder.planning.tasks import Task, TaskGraph

__all__ = ["order_steps"]


def order_steps(before: Documents, after: Documents) -> list[Step]:
    """Returns the writes that lead from one state to the other.

    Documents come in the order in which the states name them, unless one depends on another.
    """
    return _Ordering(TaskGraph(before, after)).steps()


class _Ordering:
    def __init__(self, graph: TaskGraph) -> None:
        self._graph = graph
        self._done: set[Task] = set()
        self._pending: dict[Ref, list[Task]] = {}
        for task in graph.edits:
            self._pending.setdefault(task.ref, []).append(task)

    def steps(self) -> list[Step]:
        steps: list[Step] = []
        while self._pending:
            found = self._whole_documents() or self._part_of_a_document()
            steps.extend(found)
        return steps

    def _whole_documents(self) -> list[Step]:
        """Returns a step for every document of which all that is left can be written."""
        steps = []
        for ref, tasks in list(self._pending.items()):
            if len(self._ready(ref)) == len(tasks):
                steps.append(self._emit(ref, tasks))
        return steps

    def _part_of_a_document(self) -> list[Step]:
        """Returns a step for the first document of which something can be written that others wait for."""
        for ref in self._pending:
            ready = self._ready(ref)
            if Task(ref, SELF, sets=False) in self._pending[ref]:
                awaited = {it for tasks in self._others(ref) for task in tasks for it in self._graph.waits[task]}
                ready = [task for task in ready if task in awaited]
            if ready:
                return [self._emit(ref, ready)]
        raise AssertionError(f"tasks that wait for one another: {', '.join(map(str, self._pending))}")

    def _others(self, ref: Ref) -> list[list[Task]]:
        return [tasks for other, tasks in self._pending.items() if other != ref]

    def _ready(self, ref: Ref) -> list[Task]:
        """Returns the largest set of a document's tasks that one write can do now."""
        ready = self._pending[ref]
        while True:
            chosen = set(ready)
            kept = [task for task in ready if self._is_ready(task, chosen)]
            if len(kept) == len(ready):
                return ready
            ready = kept

    def _is_ready(self, task: Task, together: set[Task]) -> bool:
        waits = self._graph.waits.get(task, {})
        return all(it in self._done or (it in together and not earlier) for it, earlier in waits.items())

    def _emit(self, ref: Ref, tasks: list[Task]) -> Step:
        verb: Verb = "update"
        if Task(ref, SELF, sets=True) in tasks:
            verb = "create"
        elif Task(ref, SELF, sets=False) in tasks:
            verb = "delete"
        edits = tuple(self._graph.edits[task] for task in tasks if task.part != SELF)
        self._done.update(tasks)
        left = [task for task in self._pending.pop(ref) if task not in self._done]
        if left:
            self._pending[ref] = left
        return Step(verb, ref, edits)
