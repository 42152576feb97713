import pytest

from textnlp.domain.files.attachment import as_attachment


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("batch_1-generations.jsonl", 'attachment; filename="batch_1-generations.jsonl"'),
        ("a b.jsonl", "attachment; filename*=UTF-8''a%20b.jsonl"),
        ('a"; x="\r\nb', "attachment; filename*=UTF-8''a%22%3B%20x%3D%22%0D%0Ab"),
        ("../ä/日", "attachment; filename*=UTF-8''..%2F%C3%A4%2F%E6%97%A5"),
    ],
)
def test_no_name_breaks_out_of_the_header(name: str, header: str) -> None:
    assert as_attachment(name) == header
