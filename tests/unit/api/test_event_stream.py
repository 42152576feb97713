from textnlp.api.event_stream import encode_event


def test_an_event_has_its_name_and_number_before_its_data() -> None:
    assert encode_event(b"{}", name="progress", event_id="3") == b"id: 3\nevent: progress\ndata: {}\n\n"


def test_every_line_of_the_data_is_marked_as_such() -> None:
    assert encode_event(b"<p>\none</p>\n") == b"data: <p>\ndata: one</p>\ndata: \n\n"
