"""The parts that change between two states, and which has to come before which."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from quaymaster_builder.model.changes import is_redirected, is_retyped
from quaymaster_builder.model.parts import Edit, Part, diff, split
from quaymaster_builder.model.references import SELF, Node, needs
from quaymaster_builder.model.refs import ABSENT, Documents, Ref

__all__ = ["Task", "TaskGraph"]

_REQUIRED = ("schema", "required")
_PATHS = frozenset({"mirrorProperties", "aggregationProperties", "ownership", "teamInheritance"})
"""The parts of a blueprint that lead along relations; Port refuses to change a relation under them (reference 5.4)."""


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
        """Gives a part that Port does not let change in place one write in which it goes and one in which it comes."""
        for task, edit in list(self.edits.items()):
            if is_retyped(edit):
                self._replace(Node(task.ref, task.part))
                if task.part[-1] in _required(self._before, task.ref) & _required(self._after, task.ref):
                    self._replace(Node(task.ref, _REQUIRED))
        for task, edit in list(self.edits.items()):
            if is_redirected(edit):
                self._clear_the_way(task)

    def _clear_the_way(self, relation: Task) -> None:
        """Takes the paths that lead over a relation away while it changes."""
        node = Node(relation.ref, relation.part)
        old, new = _paths_over(node, self._before), _paths_over(node, self._after)
        for path in new & old:
            goes, comes = self._replace(path)
            self.waits[relation][goes] = True
            self.waits[comes][relation] = True
        for path in new - old:
            self.waits[Task(*path, sets=True)][relation] = True

    def _replace(self, node: Node) -> tuple[Task, Task]:
        """Returns the task in which a part goes and the later one in which it comes, whatever it was to do before."""
        ref, part = node
        old, new = split(ref.kind, self._before[ref])[part], split(ref.kind, self._after[ref])[part]
        goes, comes = self._add(ref, Edit(part, old)), self._add(ref, Edit(part, new=new))
        self.waits[comes][goes] = True
        return goes, comes

    def _wait_for_what_it_needs(self, task: Task, edit: Edit) -> None:
        if task.sets:
            for needed in needs(task.ref, task.part, edit.new, self._after):
                for other in self._tasks_of(needed, sets=True):
                    self.waits[task].setdefault(other, False)
        if edit.old is not ABSENT or not task.sets:
            for needed in needs(task.ref, task.part, edit.old, self._before):
                for other in self._tasks_of(needed, sets=False):
                    self.waits[other].setdefault(task, False)

    def _tasks_of(self, node: Node, *, sets: bool) -> Iterator[Task]:
        return (it for it in {Task(*node, sets=sets), Task(node.ref, SELF, sets=sets)} if it in self.edits)


def _required(documents: Documents, ref: Ref) -> set[str]:
    return set(documents[ref].get("schema", {}).get("required") or ())


def _paths_over(relation: Node, documents: Documents) -> set[Node]:
    holders: set[Node] = set()
    for ref, document in documents.items():
        if ref.kind != "blueprint":
            continue
        for part, value in split(ref.kind, document).items():
            if part[0] in _PATHS and relation in needs(ref, part, value, documents):
                holders.add(Node(ref, part))
    return holders
