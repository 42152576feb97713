from textnlp.console.template_values import split_values


def test_values_are_read_as_json_where_they_are_and_as_text_elsewhere() -> None:
    fields = {
        "variable:product": "kettle",
        "variable:stars": "4",
        "variable:tags": '["a", "b"]',
        "variable:quoted": '"4"',
        "prompt": "Hi",
    }
    values, others = split_values(fields)
    assert values == {"product": "kettle", "stars": 4, "tags": ["a", "b"], "quoted": "4"}
    assert others == {"prompt": "Hi"}
