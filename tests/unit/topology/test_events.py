from textnlp.topology.events import EVENT_ROUTES, EVENT_SCHEMA, EVENT_TYPES


def test_events_are_cloud_events() -> None:
    assert EVENT_SCHEMA == "CloudEventSchemaV1_0"


def test_a_completed_generation_goes_to_validation_and_to_the_topic() -> None:
    destinations = {route.destination for route in EVENT_ROUTES if "TextGeneration.Completed" in route.event_types}
    assert destinations == {"validation-queue", "generation-events"}


def test_the_status_that_filters_look_at_is_the_last_word_of_the_type() -> None:
    for event in EVENT_TYPES:
        if event.status is not None:
            assert event.name.endswith(f".{event.status}")


def test_only_files_under_the_batch_prefix_start_a_batch() -> None:
    (route,) = [route for route in EVENT_ROUTES if route.destination == "functions"]
    assert route.subject_prefix == "prompts/batch"
    assert route.event_types == ("Microsoft.Storage.BlobCreated",)
