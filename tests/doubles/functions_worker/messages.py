"""Messages between the host of Azure Functions and its Python worker, as far as functions of this platform meet them.

Names and types are those of the protocol's `FunctionRpc`; numbers of fields are our own, since nobody else reads the
bytes. Messages are real ones of protobuf, so that a value of a wrong type is refused as it is on Azure.
"""

from types import SimpleNamespace
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, duration_pb2, message_factory

_PACKAGE = "AzureFunctionsRpcMessages"
_SCALARS = ("string", "bytes", "bool", "int32", "sint64", "double")
_ENUMS = {
    "StatusResult.Status": ("Failure", "Success", "Cancelled"),
    "BindingInfo.Direction": ("in", "out", "inout"),
    "BindingInfo.DataType": ("undefined", "string", "binary", "stream"),
    "RpcRetryOptions.RetryStrategy": ("exponential_backoff", "fixed_delay"),
}
_MESSAGES = {
    "RpcException": "string source, string stack_trace, string message",
    "StatusResult": "StatusResult.Status status, string result, RpcException exception",
    "WorkerInitRequest": "string host_version, map:string capabilities, string function_app_directory",
    "WorkerMetadata": "string runtime_name, string runtime_version, string worker_version, string worker_bitness, "
    "map:string custom_properties",
    "WorkerInitResponse": "map:string capabilities, StatusResult result, WorkerMetadata worker_metadata",
    "BindingInfo": "string type, BindingInfo.Direction direction, BindingInfo.DataType data_type",
    "RpcRetryOptions": "int32 max_retry_count, Duration delay_interval, Duration minimum_interval, "
    "Duration maximum_interval, RpcRetryOptions.RetryStrategy retry_strategy",
    "RpcFunctionMetadata": "string name, string directory, string script_file, string entry_point, "
    "map:BindingInfo bindings, bool is_proxy, string language, repeated:string raw_bindings, string function_id, "
    "bool managed_dependency_enabled, RpcRetryOptions retry_options, map:string properties",
    "FunctionsMetadataRequest": "string function_app_directory",
    "FunctionMetadataResponse": "repeated:RpcFunctionMetadata function_metadata_results, StatusResult result, "
    "bool use_default_metadata_indexing",
    "FunctionLoadRequest": "string function_id, RpcFunctionMetadata metadata",
    "FunctionLoadResponse": "string function_id, StatusResult result",
    "TypedData": "one:string string, one:string json, one:bytes bytes, one:sint64 int, one:double double",
    "ParameterBinding": "string name, one:TypedData data",
    "RpcTraceContext": "string trace_parent, string trace_state, map:string attributes",
    "RetryContext": "int32 retry_count, int32 max_retry_count, RpcException exception",
    "InvocationRequest": "string invocation_id, string function_id, repeated:ParameterBinding input_data, "
    "map:TypedData trigger_metadata, RpcTraceContext trace_context, RetryContext retry_context",
    "InvocationResponse": "string invocation_id, repeated:ParameterBinding output_data, TypedData return_value, "
    "StatusResult result",
    "StreamingMessage": "string request_id, one:WorkerInitRequest worker_init_request, "
    "one:FunctionsMetadataRequest functions_metadata_request, "
    "one:FunctionLoadRequest function_load_request, one:InvocationRequest invocation_request",
}
_ONE_OF = {"TypedData": "data", "ParameterBinding": "rpc_data", "StreamingMessage": "content"}
"""What the group is called that the fields marked `one` are, at most one of them at a time."""

_Field = descriptor_pb2.FieldDescriptorProto


def build_messages() -> SimpleNamespace:
    """Return the classes of the messages by their names, as a worker is handed the protocol."""
    file = descriptor_pb2.FileDescriptorProto(
        name="textnlp_functions_worker.proto",
        package=_PACKAGE,
        syntax="proto3",
        dependency=[duration_pb2.DESCRIPTOR.name],
    )
    for name, fields in _MESSAGES.items():
        _describe(file.message_type.add(name=name), fields)
    pool = descriptor_pool.Default()
    pool.Add(file)  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]
    return SimpleNamespace(
        **{
            name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
            for name in _MESSAGES
        }
    )


def _describe(message: descriptor_pb2.DescriptorProto, fields: str) -> None:
    for name, values in _ENUMS.items():
        owner, _, enum = name.partition(".")
        if owner == message.name:
            described = message.enum_type.add(name=enum)
            for number, value in enumerate(values):
                described.value.add(name=value, number=number)
    for number, field in enumerate(fields.split(", "), start=1):
        kind, name = field.split(" ")
        _add_field(message, message.field.add(name=name, number=number), kind)


def _add_field(message: descriptor_pb2.DescriptorProto, field: Any, kind: str) -> None:
    shape, _, of = kind.partition(":")
    field.label = _Field.LABEL_REPEATED if shape in {"repeated", "map"} else _Field.LABEL_OPTIONAL
    if shape == "one":
        if not message.oneof_decl:
            message.oneof_decl.add(name=_ONE_OF[message.name])
        field.oneof_index = 0
    _set_type(field, _add_entry(message, field.name, of) if shape == "map" else of or shape)


def _add_entry(message: descriptor_pb2.DescriptorProto, name: str, value: str) -> str:
    """Add the message that entries of a map are, and return its name."""
    entry = message.nested_type.add(name=f"{name.title().replace('_', '')}Entry")
    entry.options.map_entry = True
    for number, (key, kind) in enumerate((("key", "string"), ("value", value)), start=1):
        _set_type(entry.field.add(name=key, number=number, label=_Field.LABEL_OPTIONAL), kind)
    return f"{message.name}.{entry.name}"


def _set_type(field: Any, kind: str) -> None:
    if kind in _SCALARS:
        field.type = getattr(_Field, f"TYPE_{kind.upper()}")
    elif kind == "Duration":
        field.type, field.type_name = _Field.TYPE_MESSAGE, ".google.protobuf.Duration"
    else:
        field.type = _Field.TYPE_ENUM if kind in _ENUMS else _Field.TYPE_MESSAGE
        field.type_name = f".{_PACKAGE}.{kind}"
