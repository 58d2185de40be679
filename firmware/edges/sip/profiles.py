"""How each far end is spoken with: the profile of every extension and trunk, by name."""

from __future__ import annotations

from firmware.core.site import SipProfile, Site, Srtp, Trunk
from firmware.edges.sip.accounts import SRTP_MODES

PLAIN = SipProfile()


class Profiles:
    def __init__(self) -> None:
        self._extensions: dict[str, SipProfile] = {}
        self.trunks: dict[str, Trunk] = {}
        self._coded: dict[str, str] = {}  # for the engine, which takes no Chinese and no blanks

    def configure(self, site: Site) -> None:
        self._extensions = {
            number: extension.profile
            for number, extension in site.extensions.items()
            if extension.sip and extension.profile != PLAIN
        }
        self.trunks = site.trunks
        self._coded = {f"t{rank}": name for rank, name in enumerate(site.trunks)}

    def of_extension(self, number: str) -> SipProfile:
        return self._extensions.get(number, PLAIN)

    def coded(self) -> dict[str, str]:
        """Names of trunks by what the engine calls them."""
        return self._coded

    def of_trunk(self, name: str) -> SipProfile:
        return self.trunks[name].profile if name in self.trunks else PLAIN

    def srtp_modes(self) -> set[Srtp]:
        return {profile.srtp for _, profile in self._all()}

    def speech(self) -> list[tuple[str, str, bool, int]]:
        """For the engine: codecs, whether keys are events, and the SRTP mode, by far end."""
        return [
            (
                name,
                " ".join(profile.codecs),
                profile.dtmf == "rfc4733",
                SRTP_MODES.index(profile.srtp),
            )
            for name, profile in self._all()
        ]

    def _all(self) -> list[tuple[str, SipProfile]]:
        """A trunk is known to the engine by a name that no extension can have."""
        trunks = [
            (f"trunk {code}", self.trunks[name].profile) for code, name in self._coded.items()
        ]
        return [*self._extensions.items(), *trunks]

    def speech_name(self, trunk: str) -> str:
        code = next((code for code, name in self._coded.items() if name == trunk), "")
        return f"trunk {code}"
