"""What a registration certificate is, and what the register of goods knows of each good."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from activities.files import BadFile
from activities.goods import check_goods, load_goods
from domain.goods.certificates import certificate_number, number_problem
from domain.order.order import Order, read_order
from domain.order.problems import BadOrder
from domain.playbook.book import StaffedPlaybook
from tests.support.orders import a_good, an_order

TODAY = date(2026, 11, 23)
HEAD = "sku,name,device,certificate,certified_on,certified_until,vat,okpd2,tracking,warranty_months\n"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("РЗН 2023/12345", "РЗН 2023/12345"),
        ("рзн № 2023 / 12345", "РЗН 2023/12345"),
        ("P3H 2023/12345", "РЗН 2023/12345"),  # in Latin letters, with a digit
        ("ФСЗ 2010/07326", "ФСЗ 2010/07326"),
        ("ФСР 2011/10111", "ФСР 2011/10111"),
        ("Реестровая запись № 123456", "реестровая запись 123456"),
        ("registry entry 77", "реестровая запись 77"),
    ],
)
def test_the_forms_of_a_certificate(typed: str, kept: str) -> None:
    assert certificate_number(typed) == kept
    assert number_problem(typed, TODAY) is None


@pytest.mark.parametrize(
    "typed",
    ["нет", "no", "-", "—", "н/д", "РЗН", "РЗН 2023/0", "РЗН 0000/12345", "РЗН 23/12345", "ФСЗ 2010/732", "ФСТ 2010/07326", "2023/12345", "реестровая запись 0", "РЗН 2027/1"],
)  # fmt: skip
def test_no_certificate(typed: str) -> None:
    problem = number_problem(typed, TODAY)
    assert problem
    assert problem.ru != problem.en


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    (folder / "goods.csv").write_bytes(text.encode(encoding))
    return folder / "default.yaml"


ROW = "US-900,УЗИ-сканер,yes,РЗН 2023/12345,2023-06-15,,exempt,26.60.12.132,serial,12\n"


def test_a_line_is_completed_from_the_register(tmp_path: Path, playbook: StaffedPlaybook) -> None:
    goods = load_goods(write(tmp_path, HEAD + ROW, "utf-8-sig"))
    line = a_good(sku=" us-900 ", quantity=1)
    del line["name"], line["vat"]
    [read] = read_order(an_order(line), playbook, TODAY, goods=goods).lines or ()
    assert (read.name, read.vat, read.registration_certificate) == ("УЗИ-сканер", "exempt", "РЗН 2023/12345")
    assert (read.okpd2, read.tracking, read.warranty_months) == ("26.60.12.132", "serial", 12)
    assert (read.certified_on, read.certified_until) == (date(2023, 6, 15), None)
    assert read.is_medical_device
    again = Order.model_validate_json(Order(lines=(read,)).model_dump_json())
    assert again.lines == (read,)


def test_a_goods_unit_of_measure_comes_from_the_register_too(
    tmp_path: Path, playbook: StaffedPlaybook
) -> None:
    goods = check_goods(write(tmp_path, "sku,name,unit\nGEL-5,Гель,л\nGLV-1,Перчатки,\n"), playbook)

    def read(sku: str, **said: Any) -> tuple[Any, str]:
        [line] = read_order(an_order(a_good(sku=sku, **said)), playbook, TODAY, goods=goods).lines or ()
        return line.quantity, line.unit

    assert read("GEL-5", quantity="2,5") == (Decimal("2.5"), "112")
    assert read("GEL-5", quantity=2, unit="упак") == (2, "778"), "a good may be sold otherwise"
    assert read("GLV-1", quantity=2) == (2, "796")
    with pytest.raises(BadFile, match="unit: no unit of measure “дюйм”"):
        check_goods(write(tmp_path, "sku,name,unit\nGEL-5,Гель,дюйм\n"), playbook)


def test_a_line_that_says_otherwise_is_told(tmp_path: Path, playbook: StaffedPlaybook) -> None:
    goods = load_goods(write(tmp_path, HEAD + ROW))
    line = a_good(sku="US-900", vat="22", name="Сканер", registration_certificate="РЗН 2024/1")
    with pytest.raises(BadOrder) as caught:
        read_order(an_order(line), playbook, TODAY, goods=goods)
    found = {problem.place: problem for problem in caught.value.problems}
    assert list(found) == ["lines[0].registration_certificate", "lines[0].vat"]
    assert "the register of goods has “exempt” for “US-900”" in found["lines[0].vat"].to("en")
    assert "в справочнике товаров у «US-900» стоит «exempt»" in found["lines[0].vat"].to("ru")


def test_an_expired_certificate_is_not_ordered_with(tmp_path: Path, playbook: StaffedPlaybook) -> None:
    goods = load_goods(write(tmp_path, HEAD + ROW.replace(",,exempt", ",22.11.2026,exempt")))
    line = a_good(sku="US-900", vat="exempt")
    with pytest.raises(BadOrder) as caught:
        read_order(an_order(line), playbook, TODAY, goods=goods)
    assert [problem.code for problem in caught.value.problems] == ["certificate_expired"]
    assert read_order(an_order(line), playbook, date(2026, 11, 22), goods=goods).lines


def test_a_playbook_without_a_register_knows_of_no_good(tmp_path: Path) -> None:
    assert len(load_goods(tmp_path / "default.yaml")) == 0


@pytest.mark.parametrize(
    ("rows", "place", "words"),
    [
        ("US-900,Сканер,yes,нет,,,22,,,\n", "line 2", "certificate: no number of a registration certificate"),
        (ROW + "us-900,Сканер,no,,,,22,,,\n", "line 3", "stands in line 2 already"),
        (ROW + "\nX,Y,maybe,,,,22,,,\n", "line 4", "device: "),
        ("X,Y,no,,,,18,,,\n", "line 2", "no VAT code “18”"),
        ("X,Y,no,,,,22,,piece,\n", "line 2", "tracking: "),
        ("X,,no,,,,22,,,\n", "line 2", "name: "),
        ("X,Y,no,РЗН 2023/1,,,22,,,\n", "line 2", "device: no, and there is a certificate"),
        ("X,Y,yes,,01.02.2020,,22,,,\n", "line 2", "certified_on: there is no certificate"),
        ("X,Y,yes,РЗН 2023/1,2023-02-01,2023-01-01,22,,,\n", "line 2", "is before certified_on"),
        ("X,Y,yes,РЗН 2023/1,31.02.2023,,22,,,\n", "line 2", "certified_on: "),
        ("X,Гель,no,,,,22,,,,5 л\n", "line 2", "more values than columns"),
    ],
)
def test_what_is_wrong_with_a_register_is_told_by_its_line(
    tmp_path: Path, playbook: StaffedPlaybook, rows: str, place: str, words: str
) -> None:
    with pytest.raises(BadFile) as caught:
        check_goods(write(tmp_path, HEAD + rows), playbook)
    told = [problem.to("en") for problem in caught.value.problems if problem.place == place]
    assert any(words in one for one in told), caught.value.to("en")
    assert "строка" in caught.value.to("ru")


def test_a_register_that_is_no_table_is_told(tmp_path: Path, playbook: StaffedPlaybook) -> None:
    for text, words in (("sku;nmae\n", "no column “nmae”: did you mean name?"), ("name\n", "column sku")):
        with pytest.raises(BadFile) as caught:
            check_goods(write(tmp_path, text), playbook)
        assert words in caught.value.to("en")
    with pytest.raises(BadFile, match="not UTF-8"):
        check_goods(write(tmp_path, "sku,name\nA,Б\n", "cp1251"), playbook)


def test_the_register_that_comes_along_is_in_order(playbook: StaffedPlaybook) -> None:
    goods: Any = check_goods(Path("playbooks/default.yaml"), playbook)
    assert goods.find("us-900").certificate == "РЗН 2023/12345"
