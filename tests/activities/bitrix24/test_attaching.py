"""The one request that puts a file on a deal's card."""

import base64

import pytest

from activities.errors import CrmAmbiguous, CrmRefused
from adapters.crm.bitrix24.attaching import attach
from adapters.crm.bitrix24.lookup import Found
from domain.effects import AttachFile
from tests.activities.bitrix24.conftest import Answering

CONTENT = b"%PDF-1.7"
WRITE = AttachFile(
    key="deal-7:3:ab:file", deal="7", text="к [договору]", name="Договор.pdf", size=8, digest="0" * 64
)


async def files(digest: str) -> bytes:
    return CONTENT


async def test_it_carries_the_file_its_words_and_the_mark_and_is_no_part_of_a_batch(
    answering: Answering,
) -> None:
    answering.will({"result": 12})
    answering.will({"result": {"ID": "12", "FILES": {"1": {"id": 1, "name": "Договор.pdf"}}}})
    await attach(answering.portal, files, found := Found(5, "7"), WRITE)
    (method, sent), (looked, shown) = answering.asked
    assert (method, looked, shown) == ("crm.timeline.comment.add", "crm.timeline.comment.get", {"id": 12})
    assert sent["fields"] == {
        "ENTITY_ID": 5,
        "ENTITY_TYPE": "deal",
        "COMMENT": "к ［договору］\n· deal-7:3:ab:file",
        "FILES": [["Договор.pdf", base64.b64encode(CONTENT).decode()]],
    }
    assert found.marks == {WRITE.key}


async def test_a_server_that_takes_no_request_of_that_size_refuses_it_in_words(answering: Answering) -> None:
    answering.will("<html>413 Request Entity Too Large</html>", 413)
    with pytest.raises(CrmRefused, match=r"crm\.timeline\.comment\.add: HTTP 413"):
        await attach(answering.portal, files, Found(5, "7"), WRITE)


async def test_a_lost_answer_leaves_it_open_and_one_to_the_look_after_does_not(answering: Answering) -> None:
    answering.will("<html>502</html>", 502)
    with pytest.raises(CrmAmbiguous):
        await attach(answering.portal, files, Found(5, "7"), WRITE)
    answering.will({"result": 12})
    answering.will("<html>502</html>", 502)
    await attach(answering.portal, files, found := Found(5, "7"), WRITE)
    assert found.marks == {WRITE.key}


@pytest.mark.parametrize("shown", [{}, [], None])
async def test_a_comment_without_its_file_is_told(answering: Answering, shown: object) -> None:
    answering.will({"result": 12})
    answering.will({"result": {"ID": "12", "FILES": shown}})
    with pytest.raises(CrmRefused, match="kept the comment, but not the file"):
        await attach(answering.portal, files, Found(5, "7"), WRITE)
