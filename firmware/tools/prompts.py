"""Makes the spoken prompts: `prompts.py FOLDER` fills FOLDER/<language>/<key>.wav.

Runs with nothing but Python and the packages of firmware/prompts/packages.txt, before anything of
ours can be imported.  Every clip is made once: it lies in hookswitch/prompts of the user's cache
under the hash of its text, its voice and this recipe, and is linked from there.  A clip whose text
has gone leaves FOLDER, so the folder is the catalogue.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TEXTS = Path(__file__).resolve().parents[1] / "prompts" / "texts.toml"
VOICES = {"zh": ("cmn-latn-pinyin", "pinyin"), "en": ("en-gb", "en")}  # voice, what it reads
RECIPE = "2"  # to be counted up when anything below would make other clips
SPEED = {"zh": "150", "en": "150"}  # syllables or words a minute, as espeak-ng counts them
TRIM = ("silence", "1", "0.01", "0.4%", "reverse", "silence", "1", "0.01", "0.4%", "reverse")


def texts(path: Path = TEXTS) -> dict[str, dict[str, str]]:
    """language -> key -> what the voice reads."""
    catalogue = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        language: {key: entry[reads] for key, entry in catalogue.items() if reads in entry}
        for language, (_, reads) in VOICES.items()
    }


def make(language: str, text: str, clip: Path) -> None:
    """Speak, cut the silence at both ends off, bring to telephone quality and one loudness."""
    voice, _ = VOICES[language]
    with tempfile.TemporaryDirectory(dir=clip.parent) as folder:
        raw, done = Path(folder) / "raw.wav", Path(folder) / "done.wav"
        said = ["espeak-ng", "-b", "1", "-v", voice, "-s", SPEED[language], "-w", str(raw)]
        subprocess.run(said, input=text.encode(), check=True)
        mild = ("gain", "-6", "rate", "8000", *TRIM, "norm", "-3", "pad", "0.02", "0.04")
        subprocess.run(["sox", "-D", str(raw), "-b", "16", "-c", "1", str(done), *mild], check=True)
        done.rename(clip)


def fill(folder: Path, cache: Path) -> int:
    """How many clips had to be made."""
    cache.mkdir(parents=True, exist_ok=True)
    wanted = {
        (language, key): (text, cache / f"{name_of(language, text)}.wav")
        for language, entries in texts().items()
        for key, text in entries.items()
    }
    missing = {
        clip: (language, text)
        for (language, _), (text, clip) in wanted.items()
        if not clip.exists()
    }
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda clip: make(*missing[clip], clip), missing))
    for language in VOICES:
        (folder / language).mkdir(parents=True, exist_ok=True)
    for (language, key), (_, clip) in wanted.items():
        link(clip, folder / language / f"{key}.wav")
    for old in folder.glob("*/*.wav"):
        if (old.parent.name, old.stem) not in wanted:
            old.unlink()
    return len(missing)


def name_of(language: str, text: str) -> str:
    recipe = f"{RECIPE} {VOICES[language][0]} {SPEED[language]} {text}"
    return hashlib.sha256(recipe.encode()).hexdigest()[:32]


def link(clip: Path, place: Path) -> None:
    if place.exists() and place.samefile(clip):
        return
    place.unlink(missing_ok=True)
    try:
        place.hardlink_to(clip)
    except OSError:  # another file system
        shutil.copy(clip, place)


def main() -> int:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hookswitch/prompts"
    made = fill(Path(sys.argv[1]), cache)
    if made:
        print(f"prompts: {made} made")
    return 0


if __name__ == "__main__":
    sys.exit(main())
