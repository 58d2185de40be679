"""`hookswitch state`."""

from __future__ import annotations

import json

import pytest

from tests.tools.conftest import Hookswitch


@pytest.mark.usefixtures("jobs")
def test_set_list_get_remove(hookswitch: Hookswitch) -> None:
    dnd = '{"calls":"both"}'
    assert hookswitch("state", "set", "dnd.101", dnd, "--lang", "en") == (
        0,
        "dnd.101 is saved.\n",
        "",
    )
    assert hookswitch("state", "get", "dnd.101") == (0, dnd + "\n", "")
    page = json.loads(hookswitch("state", "list", "--kind", "dnd", "--json")[1])
    assert page == {"entries": [{"revision": 1, "key": "dnd.101", "value": dnd}], "more": False}
    code, out, _ = hookswitch("state", "list", "--lang", "zh")
    assert (code, out.splitlines()[1].split()) == (0, ["dnd.101", dnd, "1"])
    assert hookswitch("state", "remove", "dnd.101")[0] == 0
    code, out, err = hookswitch("state", "get", "dnd.101", "--lang", "en")
    assert (code, out) == (1, "")
    assert "Nothing is set for dnd.101" in err


@pytest.mark.usefixtures("jobs")
def test_a_value_that_may_not_be_is_refused_in_words(hookswitch: Hookswitch) -> None:
    code, out, err = hookswitch("state", "set", "dnd.101", "always", "--lang", "zh")
    assert (code, out) == (1, "")
    assert "取值不允许" in err
