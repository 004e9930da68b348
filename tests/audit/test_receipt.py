import pytest

from audit.receipt import Receipt, ReceiptError, check_receipt, receipt_message
from audit.signing import SigningKey
from tests.audit import make

LEAF_HASH = bytes(range(32))
AT = "2026-03-02T12:00:00.123Z"
KEYS = [make.LOG_KEY.verifier]


def _receipt(key: SigningKey = make.LOG_KEY) -> dict[str, str]:
    return Receipt("event-1", LEAF_HASH, AT, key).document()


def test_a_receipt_is_signed_over_what_the_contract_says() -> None:
    assert receipt_message(LEAF_HASH, AT) == b"schakel-receipt-v1\x00" + LEAF_HASH + AT.encode()
    assert check_receipt(_receipt(), KEYS) == LEAF_HASH


def test_a_receipt_names_its_key_and_not_more() -> None:
    assert _receipt()["key"] == f"{make.ORIGIN}+{make.LOG_KEY.verifier.key_id.hex()}"


@pytest.mark.parametrize(
    "document",
    [
        {},
        _receipt() | {"more": "x"},
        {name: value for name, value in _receipt().items() if name != "event"},
        _receipt() | {"at": "2026-03-02T12:00:00.124Z"},
        _receipt() | {"at": 1},
        _receipt() | {"leaf_hash": "AAAA"},
        _receipt() | {"signature": "AAAA"},
        _receipt() | {"signature": "?"},
        _receipt() | {"key": "nobody+00000000"},
        _receipt() | {"key": None},
        _receipt(SigningKey.from_seed(make.ORIGIN, bytes(32))),
    ],
)
def test_another_receipt_is_not_accepted(document: dict[str, object]) -> None:
    with pytest.raises(ReceiptError):
        check_receipt(document, KEYS)


def test_a_witness_gives_no_receipts() -> None:
    with pytest.raises(ReceiptError):
        check_receipt(_receipt(make.WITNESS), [make.WITNESS.verifier])
