"""The witness policy that `SCHAKEL_WITNESS_POLICY` names: a C2SP tlog-policy with an address for each witness."""

from pathlib import Path

from audit.policy import Policy, PolicyError, read_policy
from audit.signing import VerifierKey
from schemas.whole_file import whole


def load_policy(path: Path, *, origin: str) -> Policy:
    """Return the policy in the file at `path`, by which the log called `origin` asks its witnesses.

    Raises:
        PolicyError: it cannot be read or used; the message names file and line.
    """
    try:
        policy = read_policy(whole(path))
    except OSError as error:
        raise PolicyError(f"cannot read {path}: {error.strerror}") from None
    except PolicyError as error:
        raise PolicyError(f"{path}: {error}") from None
    if policy.quorum is None:
        raise PolicyError(f"{path}: `quorum none` asks for no witness; name a quorum, or leave this setting out")
    if policy.logs and origin not in {each.name for each in policy.logs}:
        raise PolicyError(f"{path}: no `log` line is about `{origin}`, which is this gateway's log; add or correct it")
    for each in policy.witnesses:
        if not _is_address(each.url):
            raise PolicyError(f"{path}: witness `{each.name}` has no address; write its https URL behind its key")
    return policy


def witness_keys(path: Path | None, *, origin: str) -> list[VerifierKey]:
    """Return the keys of the witnesses of the policy at `path`; none where there is no policy.

    Raises:
        PolicyError: as `load_policy`.
    """
    return [] if path is None else load_policy(path, origin=origin).keys


def _is_address(url: str | None) -> bool:
    # It comes with the HTTP client, and not every gateway has witnesses.
    from yarl import URL  # noqa: PLC0415

    try:
        address = URL(url or "")
    except ValueError:
        return False
    bare = not (address.query_string or address.fragment or address.user)
    return address.scheme in {"http", "https"} and bool(address.host) and bare
