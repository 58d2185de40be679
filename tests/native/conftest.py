"""Every test in this folder runs in a process of its own.

pjsua can be started once per process, and a crash of the engine must be one failed test, not the
end of the run.  The child is a fork, in which the engine is started; the parent only imports it.
It tells its failure through a pipe and is killed after a minute, whatever it waits for.
"""

from __future__ import annotations

import os
import signal
import traceback

import pytest

LIMIT_S = 60


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool:
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        run(pyfuncitem, arguments, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode(errors="replace")
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code < 0:
        said += f"\nkilled by {signal.Signals(-code).name}"
    if code:
        pytest.fail(said, pytrace=False)
    return True


def run(item: pytest.Function, arguments: dict[str, object], writer: int) -> None:
    signal.alarm(LIMIT_S)
    code = 1
    try:
        item.obj(**arguments)
        code = 0
    except BaseException:
        os.write(writer, traceback.format_exc().encode())
    finally:
        os._exit(code)
