"""The configuration text: what is taken, what is refused and in which words, and the way back."""

from __future__ import annotations

import tomllib
from typing import Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.core.plans import Clash
from firmware.core.site import Extension, OutboundRoute, OutsideLine, Site
from firmware.store.checks import Ground
from firmware.store.form import KEPT
from firmware.store.mistakes import SENTENCES, Mistake, say
from firmware.store.secret_forms import may_be_password
from firmware.store.settings import Config, sealed
from firmware.store.site_build import build
from firmware.store.site_text import read, read_old
from firmware.store.site_writer import write
from tests.store.any_config import configs, kept_by
from tests.store.samples import GROUND, SMALL


def mistakes(text: str, ground: Ground = GROUND) -> list[Mistake]:
    found = read(text, ground)
    assert isinstance(found, list), "it was taken"
    return found


def config(text: str, ground: Ground = GROUND) -> Config:
    found = read(text, ground)
    assert isinstance(found, Config), [say(mistake) for mistake in found]
    return found


# -- what is taken ---------------------------------------------------------------------------------
def test_the_factory_text_of_the_simulated_box() -> None:
    site = build(config(SMALL), 1, 2026)
    assert site.extensions == {
        "101": Extension("101", "Reception", 1),
        "102": Extension("102", "Workshop", 2),
        "201": Extension("201", "Office"),
        "202": Extension("202", "Mobile"),
    }
    assert site.lines == {5: OutsideLine(5, "Line 1", "83587106")}
    assert site.routes == (OutboundRoute("Outside", "9", (5,)),)
    assert site.attendant == "101"
    assert site.zone[0] == (0, 8 * 3600)


def test_every_board_has_a_factory_text_that_is_taken() -> None:
    from firmware.sysd.process import factory_text  # noqa: PLC0415
    from hal.board import load_board, names  # noqa: PLC0415

    for name in names():
        config(factory_text(name), Ground(load_board(name).kinds()))


def test_an_empty_text_is_an_empty_house() -> None:
    site = build(config(""), 3, 2026)
    assert (site.version, site.extensions, site.lines, site.attendant) == (3, {}, {}, "")


def test_seconds_become_milliseconds() -> None:
    site = build(config("[timing]\nring = 12.5\nnext_digit = 4\n"), 1, 2026)
    assert (site.timing.ring, site.timing.next_digit) == (12_500, 4_000)


def test_the_order_of_the_text_does_not_matter_except_for_routes() -> None:
    entries = ['[[extension]]\nnumber="102"\nport=2\n', '[[extension]]\nnumber="101"\nport=1\n']
    assert config("".join(entries)) == config("".join(reversed(entries)))
    lines = "[[line]]\nport=5\n"
    routes = [
        f'[[route]]\nname="{name}"\nprefix="{name}"\nlines=[5]\n'.replace('"x', '"1')
        for name in ("x8", "x9")
    ]
    assert config(lines + "".join(routes)) != config(lines + "".join(reversed(routes)))


def test_a_typed_password_is_taken_out() -> None:
    typed = '[[extension]]\nnumber = "201"\nsip = true\npassword = "open-Sesame7"\n'
    clean, passwords = sealed(config(typed), {})
    assert passwords == {("extension", "201", "password"): "open-Sesame7"}
    assert clean.secrets == {("extension", "201", "password"): KEPT}
    assert "Sesame" not in write(clean)


# -- what is refused: text, line, and what the sentence must name ----------------------------------
SIP = '[[extension]]\nnumber = "201"\nsip = true\n'
LINE = "[[line]]\nport = 5\n"
TRUNK = "[[trunk]]\nname = 'Tel'\nkind = 'register'\nhost = 'sip.example.net'\n"


def clashes(site: Site) -> list[Clash]:
    """The house called "clash" has two codes that are."""
    weight: Literal["refused", "warning"] = "refused" if site.name == "clash" else "warning"
    return [Clash(weight, "*1", "FC-01", "FC-02", "they are in each other's way", "互相冲突")]


PICKY = Ground(GROUND.ports, GROUND.kept, clashes)
FAIL: list[tuple[str, str, int, tuple[str, ...]]] = [
    ("name = ", "syntax", 1, ("TOML",)),
    ("[site]\nname = 'a'\nname = 'b'\n", "syntax", 3, ("TOML",)),
    ("[sites]\n", "unknown-table", 1, ("sites", "[site]", "[[extension]]")),
    ("rubbish = 1\n", "unknown-table", 1, ("rubbish",)),
    ("[[site]]\n", "table-form", 1, ("[site]",)),
    ("[extension]\n", "table-form", 1, ("[[extension]]",)),
    ("[site]\nnmae = 'a'\n", "unknown-key", 2, ("nmae", "name", "country")),
    ("[[extension]]\nsip = true\n", "missing-key", 1, ("number", "3 to 6 digits")),
    ("[[extension]]\nnumber = 201\nsip = true\n", "bad-value", 2, ("number", "digits", "201")),
    ("[[extension]]\nnumber = '12'\nsip = true\n", "bad-value", 2, ("3 to 6 digits",)),
    ("[[extension]]\nnumber = '1234567'\nsip = true\n", "bad-value", 2, ("3 to 6 digits",)),
    ("[[extension]]\nnumber = '12a'\nsip = true\n", "bad-value", 2, ("3 to 6 digits",)),
    ("[[extension]]\nnumber = '201\\n'\nsip = true\n".replace("'", '"'), "bad-value", 2, ()),
    ("[[extension]]\nnumber = '１２３'\nsip = true\n", "bad-value", 2, ("3 to 6 digits",)),
    ("[[extension]]\nnumber = '201'\nsip = 1\n", "bad-value", 3, ("true or a table",)),
    ("[[extension]]\nnumber = '201'\nport = 0\n", "bad-value", 3, ("from 1 to 400",)),
    ("[[extension]]\nnumber = '201'\nport = true\n", "bad-value", 3, ("from 1 to 400",)),
    (SIP + 'name = "a\\u0007b"\n', "bad-value", 4, ("60 characters",)),
    (SIP + f'name = "{"x" * 61}"\n', "bad-item", 4, ("60 characters",)),
    ("[site]\ncountry = 'CN'\n", "bad-value", 2, ("two small letters",)),
    ("[site]\ncountry = 'zz'\n", "no-country", 2, ("zz", "cn", "us")),
    ("[site]\nzone = 'Asia/Nowhere'\n", "no-zone", 2, ("Asia/Nowhere",)),
    ("[site]\nzone = '../../etc/passwd'\n", "bad-value", 2, ("time zone",)),
    ("[site]\nemergency = []\n", "bad-item", 2, ("at least 1",)),
    ("[timing]\nring = 0\n", "bad-value", 2, ("0.5 to 600",)),
    ("[timing]\nnext_digit = 11\n", "bad-value", 2, ("1 to 10",)),
    ("[timing]\nline_release = 6\n", "bad-value", 2, ("0.5 to 5",)),
    ("[timing]\ncharge_delay = 100\n", "bad-value", 2, ("1 to 99",)),
    ("[timing]\nring = nan\n", "bad-value", 2, ("0.5 to 600",)),
    ("[timing]\nring = inf\n", "bad-value", 2, ("0.5 to 600",)),
    ("[timing]\nring = '3'\n", "bad-value", 2, ("0.5 to 600",)),
    (SIP + SIP, "twice", 5, ("201", "[[extension]] 1")),
    (LINE + LINE, "twice", 4, ("port", "5")),
    (
        LINE + '[[route]]\nname="a"\nprefix="9"\nlines=[5]\n[[route]]\nname="b"\nprefix="9"\n'
        "lines=[5]\n",
        "twice",
        9,
        ("prefix", "9"),
    ),
    (SIP.replace("201", "110"), "emergency", 2, ("110", "emergency")),
    (
        SIP.replace("201", "9110") + LINE + '[[route]]\nname="a"\nprefix="9"\nlines=[5]\n',
        "emergency-prefix",
        2,
        ("9110", "110", "9"),
    ),
    ("[[extension]]\nnumber = '201'\nport = 9\n", "no-such-port", 3, ("9", "1, 2, 3")),
    ("[[extension]]\nnumber = '201'\nport = 5\n", "wrong-port", 3, ("FXO", "FXS", "1, 2, 3, 4")),
    ("[[line]]\nport = 1\n", "wrong-port", 2, ("FXS", "FXO", "5, 6, 7, 8")),
    (
        "[[extension]]\nnumber='101'\nport=1\n[[extension]]\nnumber='102'\nport=1\n",
        "twice",
        6,
        ("port", "1"),
    ),
    ("[site]\nattendant = '999'\n" + SIP, "not-there", 2, ("999", "201")),
    (LINE + '[[route]]\nname="a"\nprefix="9"\nlines=[6]\n', "not-there", 6, ("6", "5")),
    (LINE + '[[route]]\nname="a"\nprefix="9"\nlines=[]\n', "bad-item", 6, ("lines",)),
    (LINE + '[[route]]\nname="a.b"\nprefix="9"\nlines=[5]\n', "bad-value", 4, ("a.b",)),
    (
        "[[extension]]\nnumber = '101'\nport = 1\nsip.srtp = 'required'\n",
        "sip-on-a-port",
        4,
        ("SIP", "analog"),
    ),
    (SIP.replace("sip = true", "sip.srtp = 'yes'"), "bad-value", 3, ('"off"', '"required"')),
    (SIP.replace("sip = true", "sip.codecs = ['MP3']"), "bad-value", 3, ("PCMA", "MP3")),
    (SIP + "day_class = 'kings'\n", "no-class", 4, ("kings", "international")),
    (SIP + "count = 0\n", "bad-value", 4, ("count", "1 to 2000")),
    (SIP + "[[department]]\nname = 'a'\nmembers = ['202']\n", "not-there", 6, ("202", "201")),
    ("[[department]]\nname = 'a'\nparent = 'b'\n", "not-there", 3, ("department b",)),
    ("[[department]]\nname = 'a'\nparent = 'a'\n", "own-parent", 3, ("itself",)),
    (SIP + "[[department]]\nname = 'a'\nnumber = '201'\n", "twice", 6, ("extension 201",)),
    (
        SIP + "[[department]]\nname = 'a'\nmembers = ['201']\n[[department]]\nname = 'b'\n"
        "members = ['201']\n",
        "two-departments",
        9,
        ("201", "department a"),
    ),
    ("[[group]]\nnumber = 13\n", "bad-value", 2, ("1 to 12",)),
    (
        "[[site.hours]]\nweekdays = ['mon']\nsince = '8:30'\nuntil = '18:00'\n",
        "bad-value",
        3,
        ("08:30",),
    ),
    (TRUNK + "password = '(new)'\n", "cannot-make", 5, ("password",)),
    ("[site]\nplan = 'Mine'\n", "bad-value", 2, ("CooVox", "Exchange")),
    ("[site]\nplan = 'CC'\nname = 'clash'\n", "clash", 2, ("in each other's way",)),
    (SIP + "password = 'short1'\n", "bad-secret", 4, ("8 to 64",)),
    (SIP + "password = 'with blank 1'\n", "bad-secret", 4, ("8 to 64",)),
    (SIP + "password = 'onlyletters'\n", "weak-password", 4, ("digits",)),
    (SIP + "password = 'ab-201-x'\n", "weak-password", 4, ("number",)),
    (SIP + f"password = '{KEPT}'\n", "nothing-kept", 4, ("201",)),
    (
        "[[extension]]\nnumber = '101'\nport = 1\npassword = 'abcd1234'\n",
        "password-without-sip",
        4,
        (),
    ),
]


@pytest.mark.parametrize(("text", "code", "line", "named"), FAIL)
def test_fail__text(text: str, code: str, line: int, named: tuple[str, ...]) -> None:
    found = mistakes(text, PICKY)
    assert [(mistake.code, mistake.line) for mistake in found] == [(code, line)]
    sentence = say(found[0])
    assert sentence.startswith(f"line {line}")
    for word in named:
        assert word in sentence
    assert say(found[0], "zh").startswith(f"第 {line} 行")


def test_every_sentence_is_reached_by_a_text() -> None:
    assert {code for _, code, _, _ in FAIL} == SENTENCES.keys()


@pytest.mark.req("FCX-12")
@pytest.mark.parametrize("number", ["110", "112", "119", "120", "122"])
def test_emergency_numbers_are_no_extensions(number: str) -> None:
    assert [mistake.code for mistake in mistakes(SIP.replace("201", number))] == ["emergency"]


def test_all_mistakes_are_found_in_one_go() -> None:
    text = "[site]\nattendant = '1'\ncolor = 'red'\n[[extension]]\nnumber = 'x'\n[[line]]\n"
    found = [(mistake.line, mistake.code) for mistake in mistakes(text)]
    assert found == [(2, "bad-value"), (3, "unknown-key"), (5, "bad-value"), (6, "missing-key")]


def test_a_wrong_password_is_not_repeated() -> None:
    for mistake in mistakes(SIP + "password = 'sëcret-word-1'\n"):
        assert "cret" not in say(mistake)


@pytest.mark.parametrize("text", ["a = " + "9" * 5000, "a = " + "[" * 100_000, "a = 1979-13-01"])
def test_texts_beyond_reason_are_refused(text: str) -> None:
    assert [mistake.code for mistake in mistakes(text)] == ["syntax"]


@given(st.text(max_size=300))
def test_any_text_is_taken_or_refused_in_words(text: str) -> None:
    found = read(text, GROUND)
    if isinstance(found, list):
        assert found
        assert all(say(mistake) and say(mistake, "zh") for mistake in found)


values = st.recursive(
    st.integers() | st.text(max_size=8) | st.booleans() | st.floats() | st.just("201"),
    lambda inner: st.lists(inner, max_size=3),
)
keys = st.sampled_from(
    ["name", "number", "port", "sip", "password", "lines", "prefix", "attendant", "country"]
)
tables = st.sampled_from(["[site]", "[timing]", "[[extension]]", "[[line]]", "[[route]]"])
entries = st.tuples(tables, st.dictionaries(keys, values, max_size=4))


@given(st.lists(entries, max_size=5))
def test_any_toml_is_taken_or_refused_in_words(given: list[tuple[str, dict[str, object]]]) -> None:
    text = "".join(
        f"{table}\n" + "".join(f"{key} = {toml(value)}\n" for key, value in entry.items())
        for table, entry in given
    )
    found = read(text, GROUND)
    if isinstance(found, list):
        assert all(say(mistake) and say(mistake, "zh") for mistake in found)
    else:
        build(found, 1, 2026)


def toml(value: object) -> str:
    if isinstance(value, bool | float):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return msgspec.json.encode(value).decode() if isinstance(value, str) else str(value)


# -- and back --------------------------------------------------------------------------------------
@settings(max_examples=200)
@given(configs, st.sampled_from(["en", "zh"]))
def test_what_is_written_reads_the_same(before: Config, lang: str) -> None:
    text = write(before, lang)  # type: ignore[arg-type]
    after = config(text, kept_by(before))
    assert after == before
    assert write(after, lang) == text  # type: ignore[arg-type]
    assert build(after, 7, 2026) == build(before, 7, 2026)


@given(configs)
def test_an_old_text_reads_without_its_ground(before: Config) -> None:
    assert read_old(write(before)) == before


def test_the_written_text_explains_every_section() -> None:
    text = write(config(SMALL))
    lines = text.splitlines()
    for head in ("[site]", "[[extension]]", "[[line]]", "[[route]]", "[timing]"):
        above = lines[lines.index(head) - 1]
        assert above.startswith("#: ")
    assert tomllib.loads(text)["timing"]["ring"] == 30


@pytest.mark.req("EXT-09")
@pytest.mark.parametrize("symbol", "-_$+!@#%.*")
def test_ok__password(symbol: str) -> None:
    assert may_be_password(f"abcd{symbol}1234", "201")
    config(SIP + f'password = "abcd{symbol}1234"\n')


@pytest.mark.req("EXT-09")
@pytest.mark.parametrize("symbol", " \"'&/\\:;,<>()=?^~|`[]{}é密\t")
def test_fail__password(symbol: str) -> None:
    assert not may_be_password(f"abcd{symbol}1234", "201")


def test_kept_is_not_a_password() -> None:
    assert not may_be_password(KEPT, "201")
