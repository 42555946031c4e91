"""Writes a history of a program in git, by chance and with known truth: which function is which at every commit."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from made_repository import MadeRepository

_NOUNS = ["cart", "order", "price", "parcel", "stock", "review", "voucher", "invoice", "address", "payment", "label"]
_VERBS = ["load", "check", "count", "send", "merge", "filter", "render", "apply", "store", "find", "settle", "print"]
_LOCALS = ["result", "value", "item", "total", "found", "row", "entry", "amount"]


@dataclass
class Function:
    """One function through its life. Its statements use `{0}`, `{1}` for local names."""

    uid: int
    name: str
    statements: list[str]
    locals: list[str]
    owner: str = ""
    """The class it stands in."""

    def text(self, loose: bool) -> str:
        """Its source, tightly or loosely formatted; both mean the same."""
        pad = "    " if self.owner else ""
        arguments = (["self"] if self.owner else []) + [self.locals[0]]
        lines = [f"{pad}def {self.name}({', '.join(arguments)}):"]
        if loose:
            lines = [f"{pad}def {self.name}(", *(f"{pad}    {each}," for each in arguments), f"{pad}):"]
            lines += [f'{pad}    """About {self.name}."""', ""]
        for statement in self.statements:
            line = statement.format(*self.locals)
            if loose and line.startswith("return "):
                line = f"return (\n{pad}        {line.removeprefix('return ')}\n{pad}    )"
            lines += [f"{pad}    # step", f"{pad}    " + line.replace("'", '"')] if loose else [f"{pad}    {line}"]
        return "\n".join(lines) + "\n"


@dataclass
class Module:
    """One file."""

    path: str
    functions: list[Function] = field(default_factory=list)
    is_loose: bool = False

    def text(self) -> str:
        """Functions first, then classes with their methods."""
        parts = [each.text(self.is_loose) for each in self.functions if not each.owner]
        for owner in dict.fromkeys(each.owner for each in self.functions if each.owner):
            methods = [each.text(self.is_loose) for each in self.functions if each.owner == owner]
            parts.append(f"class {owner}:\n" + "\n".join(methods))
        return "import shop\n\n\n" + "\n\n".join(parts)


class MadeHistory:
    """A repository whose every commit does one to three things; `truth` has keys by function for each commit."""

    def __init__(self, made: MadeRepository, seed: int) -> None:
        self.made, self.chance = made, random.Random(seed)
        self.modules: list[Module] = []
        self.commits: list[str] = []
        self.truth: list[dict[int, str]] = []
        self.did: list[list[str]] = []
        self._files: list[tuple[str, dict[str, str]]] = []
        self._uids, self._names = 0, set[str]()
        for number in range(6):
            module = Module(f"shop/{('web/', 'stock/', '')[number % 3]}{_NOUNS[number]}.py")
            self.modules.append(module)
            for _ in range(8):
                module.functions.append(self._function(self.chance.choice(["", f"{_NOUNS[number].title()}Desk"])))
        self._commit(["start"])

    def write(self, commits: int) -> None:
        """Goes on for so many commits, and writes them all to git."""
        actions: list[Callable[[], None]] = [
            *(self.edit, self.add, self.move, self.rename, self.move, self.rename, self.move_and_rename),
            *(self.move_and_edit, self.move_and_rename_locals, self.rename_locals, self.rename_file, self.rename_class),
            *(self.split_function, self.split_module, self.move_class, self.reformat, self.reformat, self.reformat),
            *(self.delete, self.copy, self.look_alike_instead, self.namesake_instead, self.look_alike_beside),
        ]
        for _ in range(commits):
            chosen = [self.chance.choice(actions) for _ in range(self.chance.choice([1, 1, 2, 3]))]
            for action in chosen:
                action()
            self._commit([action.__name__ for action in chosen])
        self.commits = self.made.write_all(self._files)

    # What somebody does to a program.

    def edit(self) -> None:
        function = self._any()[1]
        place = self.chance.randrange(len(function.statements) - 1) + 1
        function.statements[place] = self._statement() if place < len(function.statements) - 1 else "return {1}"

    def add(self) -> None:
        module = self.chance.choice(self.modules)
        module.functions.append(self._function(""))

    def delete(self) -> None:
        module, function = self._any()
        if sum(len(each.functions) for each in self.modules) > 40:
            module.functions.remove(function)

    def move(self) -> None:
        module, function = self._free()
        other = self.chance.choice([each for each in self.modules if each is not module])
        module.functions.remove(function)
        other.functions.insert(self.chance.randrange(len(other.functions) + 1), function)

    def rename(self) -> None:
        function = self._any()[1]
        function.name = self._name()

    def move_and_rename(self) -> None:
        module, function = self._free()
        other = self.chance.choice([each for each in self.modules if each is not module])
        module.functions.remove(function)
        other.functions.append(function)
        function.name = self._name()

    def move_and_edit(self) -> None:
        module, function = self._free()
        other = self.chance.choice([each for each in self.modules if each is not module])
        module.functions.remove(function)
        other.functions.append(function)
        function.statements.insert(1, self._statement())

    def rename_locals(self) -> None:
        function = self._any()[1]
        function.locals = self.chance.sample(_LOCALS, 3)

    def move_and_rename_locals(self) -> None:
        module, function = self._free()
        other = self.chance.choice([each for each in self.modules if each is not module])
        module.functions.remove(function)
        other.functions.append(function)
        function.locals = self.chance.sample(_LOCALS, 3)

    def rename_file(self) -> None:
        module = self.chance.choice(self.modules)
        module.path = f"shop/{self.chance.choice(['', 'web/', 'stock/'])}{self._name()}.py"

    def rename_class(self) -> None:
        module, function = self._any(is_method=True)
        new = self._name().title().replace("_", "")
        for each in [each for each in module.functions if each.owner == function.owner and each is not function]:
            each.owner = new
        function.owner = new

    def move_class(self) -> None:
        module, function = self._any(is_method=True)
        other = self.chance.choice([each for each in self.modules if each is not module])
        if any(each.owner == function.owner for each in other.functions):
            return
        moved = [each for each in module.functions if each.owner == function.owner]
        module.functions = [each for each in module.functions if each not in moved]
        other.functions += moved

    def split_function(self) -> None:
        """The second half goes into a new function."""
        module, function = self._free()
        half = len(function.statements) // 2
        helper = self._function("")
        helper.statements, helper.locals = ["{1} = {2} = {0}", *function.statements[half:]], list(function.locals)
        function.statements = [*function.statements[:half], f"return {helper.name}({{0}})"]
        module.functions.append(helper)

    def split_module(self) -> None:
        module = max(self.modules, key=lambda each: len(each.functions))
        free = [each for each in module.functions if not each.owner]
        if len(free) > 6:
            moved = free[len(free) // 2 :]
            module.functions = [each for each in module.functions if each not in moved]
            self.modules.append(Module(f"shop/web/{self._name()}.py", moved))

    def reformat(self) -> None:
        module = self.chance.choice(self.modules)
        module.is_loose = not module.is_loose

    # What looks like the same function and is another one.

    def copy(self) -> None:
        function = self._free()[1]
        twin = Function(self._uid(), self._name(), list(function.statements), list(function.locals))
        self.chance.choice(self.modules).functions.append(twin)

    def look_alike_beside(self) -> None:
        function = self._free()[1]
        self.chance.choice(self.modules).functions.append(self._alike(function, self._name()))

    def look_alike_instead(self) -> None:
        """One goes, and another one comes that differs in what it works on."""
        module, function = self._free()
        module.functions.remove(function)
        self.chance.choice(self.modules).functions.append(self._alike(function, self._name()))

    def namesake_instead(self) -> None:
        """One goes, and one of the same name that does something else comes in another module."""
        module, function = self._free()
        other = self.chance.choice([each for each in self.modules if each is not module])
        module.functions.remove(function)
        namesake = self._function("")
        namesake.name = function.name
        other.functions.append(namesake)

    def _alike(self, function: Function, name: str) -> Function:
        old, new = self.chance.sample(_NOUNS, 2)
        statements = [each.replace(f"shop.{old}", f"shop.{new}") for each in function.statements]
        place = self.chance.randrange(len(statements) - 1)
        statements[place] = self._statement()
        return Function(self._uid(), name, statements, list(function.locals))

    # Making and writing.

    def _any(self, is_method: bool | None = None) -> tuple[Module, Function]:
        every = [(module, each) for module in self.modules for each in module.functions]
        fitting = [pair for pair in every if is_method is None or bool(pair[1].owner) == is_method]
        return self.chance.choice(fitting or every)

    def _free(self) -> tuple[Module, Function]:
        return self._any(is_method=False)

    def _uid(self) -> int:
        self._uids += 1
        return self._uids

    def _name(self) -> str:
        while True:
            name = "_".join((self.chance.choice(_VERBS), self.chance.choice(_NOUNS), str(self.chance.randrange(1000))))
            if name not in self._names:
                self._names.add(name)
                return name

    def _function(self, owner: str) -> Function:
        statements = ["{1} = {2} = {0}", *(self._statement() for _ in range(self.chance.randint(4, 9)))]
        return Function(self._uid(), self._name(), [*statements, "return {1}"], self.chance.sample(_LOCALS, 3), owner)

    def _statement(self) -> str:
        noun, verb, number = self.chance.choice(_NOUNS), self.chance.choice(_VERBS), self.chance.randrange(100)
        return self.chance.choice(
            [
                f"{{1}} = shop.{noun}.{verb}({{0}}, {number})",
                f"{{2}} = [each.{noun} for each in {{0}} if each.{verb} > {number}]",
                f"shop.{noun}.{verb}('{noun} {number}', key={{1}})",
                f"{{1}} = {{2}} + shop.{noun}[{number}]",
                f"{{2}} = len({{0}}.{noun}) * {number}",
            ]
        )

    def _commit(self, did: list[str]) -> None:
        packages = dict.fromkeys((f"{each}/__init__.py" for each in ("shop", "shop/web", "shop/stock")), "")
        self._files.append((", ".join(did), packages | {each.path: each.text() for each in self.modules}))
        self.did.append(did)
        self.truth.append(
            {
                each.uid: f"python:{module.path[:-3].replace('/', '.')}:"
                f"{f'{each.owner}.' if each.owner else ''}{each.name}"
                for module in self.modules
                for each in module.functions
            }
        )
