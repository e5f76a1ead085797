"""The file of credit limits: how it may be written, and what is refused, each with its line."""

from decimal import Decimal
from pathlib import Path

import pytest

from activities.client_limits import ClientLimits, clients_beside, load_limits
from activities.files import BadFile
from domain.deal.credit import Limit

RUB = {"9900000017": Limit(amount=Decimal("2000000"), currency="RUB")}


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "clients.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "content",
    [
        "number,limit\n9900000017,2000000\n",
        "number;name;limit;currency\n9900000017;ООО «Клиника»;2 000 000,00;RUB\n",
        "\ufeffNumber; Limit\r\n9900000017;2000000.00\r\n;\r\n",
        'country,number,limit\nRU,9900000017,"2 000 000"\n',
    ],
)
def test_it_may_be_written_as_spreadsheets_do(tmp_path: Path, content: str) -> None:
    assert load_limits(written(tmp_path, content)) == RUB


def test_clients_of_other_countries_go_by_their_numbers_there(tmp_path: Path) -> None:
    path = written(tmp_path, "country,number,limit,currency\nBY,190000005,100,BYN\nKZ,990140000007,5,KZT\n")
    assert load_limits(path) == {
        "BY:190000005": Limit(amount=Decimal(100), currency="BYN"),
        "KZ:990140000007": Limit(amount=Decimal(5), currency="KZT"),
    }


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        ("number\n9900000017\n", "line 1", "number, limit are needed"),
        ("number,limit,colour\n9900000017,1,red\n", "line 1", "'colour'"),
        ("number,limit\n9900000018,1\n", "line 2", "not a client's number"),
        ("number,limit\n0000000000,1\n", "line 2", "not a client's number"),
        ("number,limit\n9900000017,много\n", "line 2", "number"),
        ("number,limit\n9900000017,-1\n", "line 2", "0"),
        ("number,limit,currency\n9900000017,1,рубли\n", "line 2", "code is needed, like RUB"),
        ("number,limit\n9900000017,1\n\n9900000017,2\n", "line 4", "one limit"),
        (b"number,limit\n\xff\xfe,1\n", "", "UTF-8"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, content: str | bytes, place: str, words: str
) -> None:
    with pytest.raises(BadFile) as caught:
        load_limits(written(tmp_path, content))
    [problem] = caught.value.problems
    assert problem.place == place
    assert words in problem.text.en
    assert problem.text.ru != problem.text.en


def test_no_file_is_no_limits_and_a_changed_one_is_noticed(tmp_path: Path) -> None:
    limits = ClientLimits(clients_beside(tmp_path / "default.yaml"))
    assert limits.of("9900000017") is None
    written(tmp_path, "number,limit\n9900000017,2000000\n")
    assert limits.of("9900000017") == RUB["9900000017"]
    assert limits.of("9900000024") is None
