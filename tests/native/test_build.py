"""The recipe: built once, complete or not there, from the machine's own mirror."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

NATIVE = Path(__file__).parents[2] / "firmware/native"
sys.path.insert(0, str(NATIVE))

import build  # type: ignore[import-not-found]  # noqa: E402
import extension  # type: ignore[import-not-found]  # noqa: E402
import patches  # type: ignore[import-not-found]  # noqa: E402
import pjproject  # type: ignore[import-not-found]  # noqa: E402
import source  # type: ignore[import-not-found]  # noqa: E402

sys.path.remove(str(NATIVE))

PYTHON = {"suffix": ".so", "include": "/usr/include", "tags": "cp311-cp311-linux", "site": "/"}


def test_failed_build_leaves_nothing(tmp_path: Path) -> None:
    def fail(work: Path, out: Path) -> None:
        (work / "a").touch()
        (out / "b").touch()
        raise SystemExit("no compiler")

    with pytest.raises(SystemExit):
        build.cached(tmp_path / "wheel-1", fail)
    assert list(tmp_path.iterdir()) == []


def test_good_build_is_done_once(tmp_path: Path) -> None:
    done: list[Path] = []
    for _ in range(2):
        build.cached(tmp_path / "wheel-1", lambda _work, out: done.append(out))
    assert len(done) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["wheel-1"]


def test_our_c_changes_the_wheel_but_not_the_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in NATIVE.glob("*.[chp]*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(pjproject, "HERE", tmp_path)
    monkeypatch.setattr(extension, "HERE", tmp_path)

    def keys() -> tuple[str, str]:
        base = pjproject.key("sha", PYTHON)
        return base, extension.key(base)

    first = keys()
    (tmp_path / "tones.c").write_text("changed")
    second = keys()
    (tmp_path / "config_site.h").write_text("changed")
    third = keys()
    assert (first[0] == second[0], first[1] == second[1]) == (True, False)
    assert (second[0] == third[0], second[1] == third[1]) == (False, False)


@pytest.mark.parametrize(
    ("uri", "good"),
    [
        ("http://mirror.test/debian", True),
        ("https://mirror.test/debian/", True),
        ("http://mirror.test/debian-security", False),
        ("http://mirror.test/ubuntu", False),
    ],
)
def test_only_the_main_archive_is_asked(uri: str, good: bool) -> None:
    assert source.is_archive(uri) == good


def test_private_apt_touches_nothing_of_the_machine(tmp_path: Path) -> None:
    options = source.private_apt("sid", [("http://mirror.test/debian", "/key.gpg")], tmp_path)
    folders = [word.split("=", 1)[1] for word in options if "Dir::" in word]
    assert all(folder.startswith(str(tmp_path)) for folder in folders)
    listed = (tmp_path / "sources.list").read_text()
    assert listed == "deb-src [signed-by=/key.gpg] http://mirror.test/debian sid main\n"


def test_packages_are_listed_one_a_line() -> None:
    lines = (NATIVE / "packages.txt").read_text().splitlines()
    names = [line for line in lines if not line.startswith("#")]
    assert names == sorted(set(names))
    assert {"swig", "patchelf", "libspandsp-dev", "python3-dev"} <= set(names)


def test_patches_are_applied_all_or_none(tmp_path: Path) -> None:
    for change in patches.CHANGES:
        path = tmp_path / change.path
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as source_file:
            source_file.write("before\n" + change.old * change.times + "after\n")
    assert patches.apply(tmp_path) == []
    once = {change.path: (tmp_path / change.path).read_text() for change in patches.CHANGES}
    assert all(change.new in once[change.path] for change in patches.CHANGES)
    assert patches.apply(tmp_path)  # a source that looks different is left as it is
    assert once == {path: (tmp_path / path).read_text() for path in once}
