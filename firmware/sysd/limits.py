"""How often somebody may try a password: pure, time is an argument.

After five wrong passwords an address has to pause, each time twice as long up to a quarter of an
hour.  An account that is attacked from many addresses pauses strangers, and never an address from
which its owner has signed in before: nobody can lock the operator out from elsewhere.
"""

from __future__ import annotations

import msgspec

TRIES = 5
STRANGERS = 30  # wrong tries on one account from anywhere, within HOUR
HOUR = 3600.0
FIRST_PAUSE = 30.0
LONGEST_PAUSE = 900.0
REMEMBERED = 4096  # addresses and accounts


class Tries(msgspec.Struct):
    left: int = TRIES
    pause: float = FIRST_PAUSE
    until: float = 0.0
    last: float = 0.0


class Limits:
    def __init__(self) -> None:
        self._addresses: dict[str, Tries] = {}
        self._accounts: dict[str, Tries] = {}
        self._friends: dict[str, tuple[str, ...]] = {}  # account -> addresses it came in from

    def pause(self, account: str, address: str, now: float) -> float:
        """Seconds until this address may try again; 0: now."""
        known = address in self._friends.get(account, ())
        waits = [self._addresses.get(address)]
        if not known:
            waits.append(self._accounts.get(account))
        return max((tries.until - now for tries in waits if tries), default=0.0)

    def wrong(self, account: str, address: str, now: float) -> int:
        """Counts a wrong password; the tries that are left."""
        of_address = _tries(self._addresses, address, TRIES, now)
        of_account = _tries(self._accounts, account, STRANGERS, now)
        for tries, most in ((of_address, TRIES), (of_account, STRANGERS)):
            tries.left -= 1
            tries.last = now
            if tries.left <= 0:
                tries.until = now + tries.pause
                tries.pause = min(2 * tries.pause, LONGEST_PAUSE)
                tries.left = 1 if most == TRIES else most
        return of_address.left if of_address.until <= now else 0

    def right(self, account: str, address: str) -> None:
        self._addresses.pop(address, None)
        friends = [it for it in self._friends.get(account, ()) if it != address]
        self._friends[account] = (address, *friends[:15])


def _tries(table: dict[str, Tries], key: str, most: int, now: float) -> Tries:
    tries = table.pop(key, None)
    if tries is None or now - tries.last > HOUR:
        tries = Tries(left=most)
    if len(table) >= REMEMBERED:
        del table[next(iter(table))]  # the one that has been quiet longest
    table[key] = tries
    return tries
