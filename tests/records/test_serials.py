"""Serial numbers in the records: what another line had before is told, and known before it is entered."""

from datetime import timedelta

from domain.deal.state import LineState
from domain.words import LineStatus
from records.queries import RecordQueries
from records.store import RecordStore
from tests.factories import IVANOVA, NOW, a_batch, a_deal, a_good, a_line, an_assignment


def accepted(serials: str, minutes: int = 0, number: int = 1, **more: object) -> LineState:
    at = NOW + timedelta(minutes=minutes)
    answers = {"result": "accepted", "serial_numbers": serials}
    asked = an_assignment("acceptance", line=number, closed_at=at, closed_by=IVANOVA, answers=answers)
    return a_line(number, assignments=[asked], **more)


def found(store: RecordStore, deal: str, *lines: LineState) -> list[tuple[str, str, int]]:
    batch = a_batch(a_deal(deal, lines))
    store.apply(batch)
    return [(one.serial, one.deal, one.at_line) for one in store.serials_elsewhere(batch)]


def test_the_later_of_two_is_told_of_the_earlier(store: RecordStore) -> None:
    assert found(store, "1", accepted("SN-1, SN-2")) == []
    assert found(store, "2", accepted("sn 2, SN-3", 5)) == [("sn 2", "1", 1)]
    assert found(store, "3", accepted("sn-2", -5)) == [], "it was accepted before both"


def test_lines_of_one_deal_and_other_goods(store: RecordStore) -> None:
    second = accepted("A1", 5, 2)
    other = accepted("A1", 6, 3, good=a_good(sku="MON-12"))
    assert found(store, "1", accepted("A1"), second, other) == [("A1", "1", 1)]


def test_goods_of_a_cancelled_line_count_no_more(store: RecordStore) -> None:
    found(store, "1", accepted("A1", status=LineStatus.CANCELLED))
    assert found(store, "2", accepted("A1", 5)) == []


def test_a_corrected_number_is_the_one_that_counts(store: RecordStore) -> None:
    found(store, "1", accepted("A1"))
    corrected = accepted("A2", revision=2)
    corrected.updated_at += timedelta(minutes=1)
    found(store, "1", corrected)
    assert found(store, "2", accepted("A1, A2", 5)) == [("A2", "1", 1)]


def test_before_it_is_entered_it_is_known_where_it_stands(store: RecordStore, queries: RecordQueries) -> None:
    found(store, "1", accepted("АВ-0012"))
    [known] = queries.serials_known("us-900", ["ab0012", "X"], "2", 1)
    assert (known.serial, known.there, known.deal, known.status) == (
        *("ab0012", "АВ-0012", "1"),
        LineStatus.AWAITING_RELEASE,
    )
    assert queries.serials_known("us-900", ["ab0012"], "1", 1) == [], "its own"
    assert queries.serials_known("mon-12", ["ab0012"], "2", 1) == []
