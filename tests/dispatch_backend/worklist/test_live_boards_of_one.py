"""One person cannot hold the whole live board: their oldest window gives way to their newest, and nobody else's does."""

import queue

import pytest

from dispatch_backend.worklist.live import GIVEN_WAY, MOST_BOARDS, MOST_BOARDS_OF_ONE, ChangeBroadcast
from foundation.errors import Busy


@pytest.fixture
def broadcast(monkeypatch):
    made = ChangeBroadcast("postgresql://center_web:x@127.0.0.1:1/nothing")
    monkeypatch.setattr(made, "_listen", lambda: None)
    made._listening.set()
    yield made
    made.close()


def heard(board):
    with pytest.raises(queue.Empty):
        while True:
            last = board.get_nowait()
    return last


def test_the_oldest_of_one_person_gives_way_and_no_other(broadcast):
    others = broadcast.subscribe("another")
    boards = [broadcast.subscribe("one") for _ in range(MOST_BOARDS_OF_ONE + 2)]
    broadcast._publish("7")

    assert [heard(each) for each in boards[:2]] == [GIVEN_WAY, GIVEN_WAY]
    assert {heard(each) for each in (*boards[2:], others)} == {"7"}


def test_a_board_that_lies_behind_hears_that_it_gave_way(broadcast):
    first = broadcast.subscribe("one")
    for number in range(100):
        broadcast._publish(str(number))
    for _ in range(MOST_BOARDS_OF_ONE):
        broadcast.subscribe("one")

    assert heard(first) == GIVEN_WAY


def test_one_person_with_many_windows_leaves_room_for_others(broadcast):
    for _ in range(2 * MOST_BOARDS):
        broadcast.subscribe("one")

    for number in range(MOST_BOARDS - MOST_BOARDS_OF_ONE):
        broadcast.subscribe(number)
    with pytest.raises(Busy):
        broadcast.subscribe("one too many")


def test_a_board_that_gave_way_may_leave_afterwards(broadcast):
    first = broadcast.subscribe("one")
    for _ in range(MOST_BOARDS_OF_ONE):
        broadcast.subscribe("one")

    broadcast.unsubscribe(first)
