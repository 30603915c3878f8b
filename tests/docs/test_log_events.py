"""`docs/observability.md` lists what is logged: every event with its fields, and nothing that is not."""

import ast
from collections.abc import Iterator

from tests.docs.documents import SOURCE, in_code_style, list_rows, read

_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}


def _list_loggers(tree: ast.Module) -> set[str]:
    """The module's names for what `structlog.…get_logger` and `logging.getLogger` returned."""
    names: set[str] = set()
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Attribute(attr=function)))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=ast.Attribute(attr=function)))
            ) if function in {"get_logger", "getLogger"}:
                names.add(name)
            case _:
                pass
    return names


def _list_calls() -> Iterator[tuple[str, set[str]]]:
    """What each log call names as event, and its fields; `%s` becomes an ellipsis."""
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        loggers = _list_loggers(tree)
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr=method), args=args, keywords=keywords
                ) if name in loggers and method in _METHODS:
                    assert args, f"{path}:{node.lineno} logs without an event"
                    event = args[0]
                    assert isinstance(event, ast.Constant), f"{path}:{node.lineno}: an event's name is a constant"
                    yield str(event.value).replace("%s", "…"), {word.arg for word in keywords if word.arg}
                case _:
                    pass


def list_documented() -> dict[str, list[str]]:
    return {in_code_style(row[0])[0]: row for row in list_rows(read("docs/observability.md"), "Event")}


def test_every_event_is_documented_and_no_other() -> None:
    assert {event for event, _ in _list_calls()} == set(list_documented())


def test_every_field_of_an_event_is_documented() -> None:
    documented = list_documented()
    for event, fields in _list_calls():
        assert fields <= set(in_code_style(documented[event][-1])), event
