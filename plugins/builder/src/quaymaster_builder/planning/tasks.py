"""The parts that change between two states, and which has to come before which."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from quaymaster_builder.model.changes import is_redirected, is_retyped
from quaymaster_builder.model.parts import Edit, Part, diff, get_part
from quaymaster_builder.model.references import SELF, Node, find_dependents, needs
from quaymaster_builder.model.refs import ABSENT, Documents, Ref

__all__ = ["Task", "TaskGraph"]

_CHECKED = frozenset({"mirrorProperties", "aggregationProperties", "ownership", "teamInheritance", "schema"})
"""The parts of a blueprint whose references Port checks: paths, and of the schema the list of what is required."""


class Task(NamedTuple):
    """One part of a document that is set, or goes; the part `SELF` is the document itself."""

    ref: Ref
    part: Part
    sets: bool


class TaskGraph:
    """The tasks that lead from one state to another.

    Attributes:
        edits: What each task does.
        waits: For each task those that it waits for, and whether these have to be in an earlier write. Otherwise the
            same write will do if the document is the same.
    """

    def __init__(self, before: Documents, after: Documents) -> None:
        self.edits: dict[Task, Edit] = {}
        self.waits: defaultdict[Task, dict[Task, bool]] = defaultdict(dict)
        self._before, self._after = before, after
        self._unsettled: set[Node] = set()
        for ref in dict.fromkeys((*before, *after)):
            self._add_document(ref)
        self._split_replacements()
        for task, edit in self.edits.items():
            self._wait_for_what_it_needs(task, edit)

    def _add_document(self, ref: Ref) -> None:
        is_new, goes = ref not in self._before, ref not in self._after
        if self._before.get(ref) is self._after.get(ref):
            return
        if goes and ref.kind.endswith("_permissions"):
            return  # Port deletes them with what they are about
        for edit in diff(ref.kind, self._before.get(ref), self._after.get(ref)):
            task = self._add(ref, edit)
            if is_new:
                self.waits[task][Task(ref, SELF, sets=True)] = False
            if goes:
                self.waits[Task(ref, SELF, sets=False)][task] = False
        if is_new or goes:
            self.edits[Task(ref, SELF, sets=is_new)] = Edit(SELF)

    def _add(self, ref: Ref, edit: Edit) -> Task:
        task = Task(ref, edit.part, sets=not edit.is_removal)
        self.edits[task] = edit
        return task

    def _split_replacements(self) -> None:
        """Gives a part that Port does not let change in place one write in which it goes and one in which it comes.

        The same goes for whatever refers to such a part, directly or not, and would be refused meanwhile.
        """
        retyped = [Node(task.ref, task.part) for task, edit in self.edits.items() if is_retyped(edit)]
        redirected = [task for task, edit in self.edits.items() if is_redirected(edit)]
        if not (retyped or redirected):
            return
        referrers = [find_dependents(self._before), find_dependents(self._after)]
        waiting = [*retyped, *(Node(task.ref, task.part) for task in redirected)]
        while waiting:
            node = waiting.pop()
            self._unsettled.add(node)
            found = dict.fromkeys(it for known in referrers for it in known.get(node, ()) if _is_checked(it))
            waiting.extend(it for it in found if it not in self._unsettled)
        in_place = {Node(task.ref, task.part) for task in redirected}
        for node in sorted(self._unsettled - in_place):
            self._replace(node)
        for relation in redirected:
            self._clear_the_way(relation, referrers)

    def _clear_the_way(self, relation: Task, referrers: Sequence[Mapping[Node, Sequence[Node]]]) -> None:
        """Keeps the paths that lead over a relation away while it changes: Port refuses it otherwise."""
        old, new = (filter(_is_checked, known.get(Node(relation.ref, relation.part), ())) for known in referrers)
        for path in old:
            self.waits[relation][Task(*path, sets=False)] = True
        for path in new:
            self.waits[Task(*path, sets=True)][relation] = True

    def _replace(self, node: Node) -> None:
        """Splits the change of a part in two, whatever it was to be; leaves a part alone that only goes or comes."""
        old, new = (get_part(state.get(node.ref), node.part) for state in (self._before, self._after))
        if old is not ABSENT and new is not ABSENT:
            goes, comes = self._add(node.ref, Edit(node.part, old)), self._add(node.ref, Edit(node.part, new=new))
            self.waits[comes][goes] = True

    def _wait_for_what_it_needs(self, task: Task, edit: Edit) -> None:
        if task.sets:
            for needed in needs(task.ref, task.part, edit.new, self._after):
                for other in self._tasks_of(needed, sets=True):
                    self.waits[task].setdefault(other, False)
        if edit.old is not ABSENT or not task.sets:
            for needed in needs(task.ref, task.part, edit.old, self._before):
                if not (task.sets and needed in self._unsettled):  # what changes in place waits for what comes instead
                    for other in self._tasks_of(needed, sets=False):
                        self.waits[other].setdefault(task, False)

    def _tasks_of(self, node: Node, *, sets: bool) -> Iterator[Task]:
        return (it for it in {Task(*node, sets=sets), Task(node.ref, SELF, sets=sets)} if it in self.edits)


def _is_checked(node: Node) -> bool:
    return node.ref.kind == "blueprint" and node.part[0] in _CHECKED
