"""What the post promises: each notice once, digests whole, and nothing lost with whoever took it."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from domain.effects import Notice
from records.post import WaitingPost

NOON = datetime(2026, 3, 2, 9, tzinfo=UTC)
LEASE = timedelta(minutes=2)


@pytest.fixture
def post(url: str) -> Iterator[WaitingPost]:
    post = WaitingPost(url)
    yield post
    post.close()


def a_notice(n: int = 1, **changes: object) -> Notice:
    return Notice.model_validate(
        {
            "key": f"deal-7:{n}:petrov", "deal": "7", "kind": "status_check", "person": "petrov", "digest": True,
            "to_name": "Пётр\x00", "to_email": "petrov@x.example", "language": "ru", "data": {"title_ru": "Аванс"},
        }
        | changes
    )  # fmt: skip


def claimed(post: WaitingPost, after: timedelta = timedelta()) -> list[str]:
    return [notice.key for notice in post.claim(NOON + after, LEASE)]


def test_a_notice_comes_out_as_it_went_in(post: WaitingPost) -> None:
    post.put(a_notice(), NOON)
    assert post.claim(NOON - timedelta(seconds=1), LEASE) == []
    assert post.claim(NOON, LEASE) == [a_notice()]


def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(post: WaitingPost) -> None:
    post.put(a_notice(), NOON)
    assert claimed(post) == ["deal-7:1:petrov"]
    assert claimed(post, LEASE - timedelta(seconds=1)) == []
    assert claimed(post, LEASE) == ["deal-7:1:petrov"]


def test_what_went_out_stays_known_by_its_key_alone(post: WaitingPost) -> None:
    post.put(a_notice(), NOON)
    post.settle(["deal-7:1:petrov"], NOON, "<id@x>")
    post.put(a_notice(), NOON)
    post.put_off(["deal-7:1:petrov"], NOON, "too late to say")
    assert claimed(post) == []
    assert post.sent_in("<id@x>") == ["deal-7:1:petrov"]
    with post._engine.begin() as connection:
        [row] = connection.exec_driver_sql("SELECT notice, outcome FROM post").all()
    assert tuple(row) == ("", "<id@x>")


def test_what_was_refused_stays_whole_and_can_be_put_again(post: WaitingPost) -> None:
    post.put(a_notice(), NOON)
    post.refuse(["deal-7:1:petrov"], NOON, "no such user")
    assert claimed(post) == []
    with post._engine.begin() as connection:
        [row] = connection.exec_driver_sql("SELECT notice, outcome FROM post").all()
    assert ("Аванс" in row.notice, row.outcome) == (True, "refused: no such user")
    mended = a_notice(to_email="new@x.example")
    post.put(mended, NOON)
    assert post.claim(NOON, LEASE) == [mended]


def test_a_digest_is_one_claim_and_stays_one_when_put_off(post: WaitingPost) -> None:
    for n in (1, 2, 3):
        post.put(a_notice(n), NOON)
    post.put(a_notice(4, digest=False), NOON + timedelta(seconds=1))
    whole = ["deal-7:1:petrov", "deal-7:2:petrov", "deal-7:3:petrov"]
    assert claimed(post, timedelta(seconds=1)) == whole
    post.put_off(whole, NOON + LEASE, "down")
    assert claimed(post, timedelta(seconds=1)) == ["deal-7:4:petrov"]
    post.put(a_notice(5), NOON)
    assert claimed(post, LEASE) == ["deal-7:5:petrov"]
    assert claimed(post, LEASE) == whole


def test_a_digest_has_an_end(post: WaitingPost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("records.post.IN_ONE_DIGEST", 20)
    for n in range(21):
        post.put(a_notice(n), NOON)
    assert [len(claimed(post)) for _ in range(3)] == [20, 1, 0]


def test_the_overdue_are_counted(post: WaitingPost) -> None:
    for n in (1, 2):
        post.put(a_notice(n), NOON)
    assert [post.overdue(NOON + timedelta(seconds=s)) for s in (0, 1)] == [0, 2]


def test_many_rounds_at_once_share_no_notice(url: str, post: WaitingPost) -> None:
    for n in range(60):
        post.put(a_notice(n, to_email=f"p{n % 20}@x.example", digest=n < 40), NOON)

    def work(_: int) -> list[str]:
        mine, other = WaitingPost(url), list[str]()
        idle = 0
        while idle < 3:  # on PostgreSQL whoever waited for another's claim may find nothing once
            keys = claimed(mine)
            other += keys
            idle = 0 if keys else idle + 1
        mine.close()
        return other

    with ThreadPoolExecutor(4) as rounds:
        taken = Counter(key for keys in rounds.map(work, range(4)) for key in keys)
    assert len(taken) == 60
    assert set(taken.values()) == {1}
