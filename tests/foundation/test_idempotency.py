"""Same key, same answer, one effect."""

import threading

import pytest

from foundation.errors import BadInput
from foundation.idempotency import once
from foundation.identifiers import new_id


class Counter:
    def __init__(self) -> None:
        self.made = []

    def act(self):
        self.made.append(new_id())
        return self.made[-1]


def test_the_same_key_gives_the_first_answer_again(as_actor, people, key):
    person, counter = people.patient().actor, Counter()
    answers = []
    for _ in range(2):
        with as_actor(person) as session:
            answers.append(once(session, key=key, body={"a": 1}, act=counter.act))

    assert answers[0] == answers[1]
    assert len(counter.made) == 1


def test_the_same_key_with_other_words_is_refused(as_actor, people, key):
    person, counter = people.patient().actor, Counter()
    with as_actor(person) as session:
        once(session, key=key, body={"a": 1}, act=counter.act)

    with pytest.raises(BadInput), as_actor(person) as session:
        once(session, key=key, body={"a": 2}, act=counter.act)


def test_a_key_belongs_to_the_one_who_sent_it(as_actor, people, key):
    counter = Counter()
    for person in (people.patient().actor, people.patient().actor):
        with as_actor(person) as session:
            once(session, key=key, body={}, act=counter.act)

    assert len(counter.made) == 2


def test_requests_at_the_same_moment_have_one_effect(as_actor, people, key):
    person, counter, answers = people.patient().actor, Counter(), []
    gate = threading.Barrier(4)

    def send() -> None:
        gate.wait()
        with as_actor(person) as session:
            answers.append(once(session, key=key, body={}, act=counter.act))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(counter.made) == 1
    assert len(set(answers)) == 1 and len(answers) == 4


def test_a_refused_act_leaves_the_key_free(as_actor, people, key):
    person, counter = people.patient().actor, Counter()

    def refuse():
        raise BadInput("No.")

    with pytest.raises(BadInput), as_actor(person) as session:
        once(session, key=key, body={}, act=refuse)
    with as_actor(person) as session:
        once(session, key=key, body={}, act=counter.act)

    assert len(counter.made) == 1


def test_a_form_without_a_key_is_refused(as_actor, people):
    with pytest.raises(BadInput), as_actor(people.patient().actor) as session:
        once(session, key="", body={}, act=new_id)
