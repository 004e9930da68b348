"""Webhooks are signed as Standard Webhooks 1.0.0 says, with a key of each organisation's own."""

import base64
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.keys.files import create_key_file, read_key_file
from gateway.notices.sending import announcement
from gateway.notices.signing import keys_of, public_text, signed_headers
from tests.gateway.notices.receiving import verified

# A vector of the standard's own library (libraries/go/webhook_asymmetric_test.go).
SEED = "VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk="
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=="


def test_the_standards_own_vector_is_signed_to_the_byte() -> None:
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(SEED))
    assert signed_headers([key], MESSAGE, AT, BODY) == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": "1614265330",
        "webhook-signature": SIGNATURE,
    }


def test_the_receiver_of_these_tests_takes_the_vector_and_nothing_that_differs_from_it() -> None:
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(SEED))
    headers, public = signed_headers([key], MESSAGE, AT, BODY), [public_text(key)]
    now = AT.timestamp()
    assert verified(headers, BODY, public, now=now)
    assert not verified(headers, BODY + b" ", public, now=now)
    assert not verified(headers | {"webhook-id": "msg_other"}, BODY, public, now=now)
    assert not verified(headers | {"webhook-timestamp": "1614265331"}, BODY, public, now=now)
    assert not verified(headers, BODY, public, now=now + 301)
    assert not verified(headers, BODY, [public_text(Ed25519PrivateKey.generate())], now=now)


async def test_every_organisation_and_generation_has_a_key_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    create_key_file(file)
    service = read_key_file(file)
    [noord] = await keys_of(service, "team-noord", 1)
    [school] = await keys_of(service, "school-1", 1)
    newest, before = await keys_of(service, "team-noord", 2)
    assert len({public_text(each) for each in (noord, school, newest)}) == 3
    assert public_text(before) == public_text(noord)


def test_a_webhook_says_that_there_is_a_notice_and_no_more() -> None:
    said = announcement("0b6a5a5e-0000-8000-8000-000000000000", AT)
    assert said == (
        b'{"type":"notice.available","timestamp":"2021-02-25T15:02:10.000Z",'
        b'"data":{"id":"0b6a5a5e-0000-8000-8000-000000000000"}}'
    )
