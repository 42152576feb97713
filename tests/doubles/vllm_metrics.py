"""The page of metrics of a vLLM server, as its public documentation shows it."""

from tests.doubles.openai_answers import head

_PAGE = """\
# HELP python_gc_objects_collected_total Objects collected during gc
# TYPE python_gc_objects_collected_total counter
python_gc_objects_collected_total{{generation="0"}} 10.0
# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{{engine="0",model_name="stub {{a}} model"}} {running}
# HELP vllm:num_requests_waiting Number of requests waiting to be processed.
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{{engine="0",model_name="stub {{a}} model"}} {waiting}
# HELP vllm:num_requests_waiting_by_reason Number of waiting requests by reason.
# TYPE vllm:num_requests_waiting_by_reason gauge
vllm:num_requests_waiting_by_reason{{engine="0",model_name="stub",reason="capacity"}} 1000.0
# HELP vllm:kv_cache_usage_perc KV-cache usage. 1 means 100 percent usage.
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{{engine="0",model_name="stub {{a}} model"}} {cache_use}
# HELP vllm:e2e_request_latency_seconds Histogram of e2e request latency in seconds.
# TYPE vllm:e2e_request_latency_seconds histogram
vllm:e2e_request_latency_seconds_bucket{{engine="0",le="0.3",model_name="stub"}} 4.0
"""
_TYPE = {"content-type": "text/plain; version=0.0.4; charset=utf-8"}


def metrics_page(*, running: int, waiting: int, cache_use: float) -> str:
    """Write the page; model names may hold blanks and braces."""
    return _PAGE.format(running=float(running), waiting=float(waiting), cache_use=cache_use)


def vllm_metrics(in_flight: int, *, begins: int) -> bytes:
    """Answer with the page of a server that begins so many requests and lets the others wait."""
    running = min(in_flight, begins)
    body = metrics_page(running=running, waiting=in_flight - running, cache_use=running / begins).encode()
    return head(200, len(body), _TYPE) + body
