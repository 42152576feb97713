from textnlp.domain.admission.slots import Slot, SlotBook


def slot_since(began_at: float) -> Slot:
    return Slot(began_at=began_at, estimated_tokens=0)


def book_with_usual_latency(seconds: float, *, most_stragglers: int = 2) -> SlotBook:
    book = SlotBook(most_stragglers=most_stragglers)
    slot = slot_since(0.0)
    book.open(slot)
    book.note_latency(slot, now=seconds)
    book.close(slot)
    return book


def test_a_call_ten_times_slower_than_usual_stops_taking_room() -> None:
    book = book_with_usual_latency(0.1)
    book.open(slot_since(10.0))
    book.excuse_stragglers(10.9)
    assert book.counting == 1
    book.excuse_stragglers(11.1)
    assert (book.counting, len(book)) == (0, 1)


def test_nothing_straggles_before_half_a_second_however_fast_the_rest_is() -> None:
    book = book_with_usual_latency(0.001)
    book.open(slot_since(10.0))
    book.excuse_stragglers(10.4)
    assert book.counting == 1


def test_no_more_than_the_allowed_number_is_excused() -> None:
    book = book_with_usual_latency(0.1, most_stragglers=2)
    for _ in range(5):
        book.open(slot_since(10.0))
    book.excuse_stragglers(20.0)
    assert (book.counting, book.stragglers) == (3, 2)


def test_a_straggler_that_ends_gives_its_excuse_back() -> None:
    book = book_with_usual_latency(0.1)
    slot = slot_since(10.0)
    book.open(slot)
    book.excuse_stragglers(20.0)
    book.close(slot)
    assert (book.counting, book.stragglers, len(book)) == (0, 0, 0)


def test_nobody_is_excused_before_a_usual_time_is_known() -> None:
    book = SlotBook(most_stragglers=2)
    book.open(slot_since(0.0))
    book.excuse_stragglers(1000.0)
    assert book.stragglers == 0
