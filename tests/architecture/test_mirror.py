from pathlib import Path

from tests.architecture.source_tree import SOURCE, TESTS, SourceFile, planted, python_files, require_none, unneeded

_SMALLEST_TESTED = 30

_UNTESTED: dict[str, str] = {
    "textnlp/adapters/queues/service_bus.py": "contract/test_job_queue.py",
    "textnlp/adapters/queues/service_bus_holds.py": "contract/test_service_bus_faults.py",
    "textnlp/adapters/queues/service_bus_looking.py": "contract/test_job_queue.py",
    "textnlp/adapters/queues/service_bus_receive.py": "contract/test_service_bus_faults.py",
    "textnlp/adapters/queues/service_bus_resend.py": "contract/test_service_bus_faults.py",
    "textnlp/adapters/queues/service_bus_send.py": "contract/test_service_bus_faults.py",
    "textnlp/adapters/dataset_files/verdict_folder.py": "acceptance/test_validate.py",
    "textnlp/adapters/reports/bar.py": "unit/adapters/reports/test_charts.py",
    "textnlp/adapters/reports/page.py": "unit/adapters/reports/test_quality_page.py",
    "textnlp/bootstrap/diff_wiring.py": "unit/cli/commands/test_dataset.py",
    "textnlp/cli/diff_listing.py": "unit/cli/commands/test_dataset.py",
    "textnlp/domain/reports/column_figures.py": "unit/domain/reports/test_column_profile.py",
    "textnlp/domain/reports/dataset_diff.py": "unit/application/test_compare_datasets.py",
    "textnlp/domain/reports/finding_figures.py": "unit/domain/reports/test_builder.py",
    "textnlp/domain/reports/judged_row.py": "unit/domain/reports/test_builder.py",
    "textnlp/domain/reports/overlap_tally.py": "unit/domain/reports/test_builder.py",
    "textnlp/adapters/reviews/kept_review.py": "contract/test_review_store.py",
    "textnlp/api/schemas/review.py": "unit/api/routes/test_reviews.py",
    "textnlp/api/schemas/review_item.py": "unit/api/routes/test_review_items.py",
    "textnlp/api/schemas/review_report.py": "unit/api/routes/test_review_reports.py",
    "textnlp/application/answer_review_item.py": "unit/api/routes/test_review_items.py",
    "textnlp/application/begin_review.py": "unit/api/routes/test_reviews.py",
    "textnlp/application/create_review.py": "unit/api/routes/test_reviews.py",
    "textnlp/application/decide_review_item.py": "unit/api/routes/test_review_items.py",
    "textnlp/application/export_review.py": "unit/api/routes/test_review_reports.py",
    "textnlp/application/lend_review_item.py": "unit/api/routes/test_review_items.py",
    "textnlp/application/measure_review.py": "unit/api/routes/test_review_reports.py",
    "textnlp/application/read_batch_rows.py": "acceptance/test_reviews.py",
    "textnlp/application/review_ports.py": "unit/api/routes/test_review_items.py",
    "textnlp/bootstrap/review_wiring.py": "acceptance/test_reviews.py",
    "textnlp/cli/commands/review.py": "acceptance/test_reviews.py",
    "textnlp/cli/local_reviews.py": "unit/cli/test_review_session.py",
    "textnlp/cli/review_listing.py": "acceptance/test_reviews.py",
    "textnlp/domain/review/exchange/said_row.py": "unit/domain/review/exchange/test_argilla.py",
    "textnlp/domain/review/questions.py": "unit/domain/review/test_document.py",
    "textnlp/adapters/database/memory_provider_batch_journal.py": "contract/test_provider_batch_journal.py",
    "textnlp/adapters/engines/provider_batch/adoption.py": "integration/test_provider_batch_restarts.py",
    "textnlp/adapters/engines/provider_batch/settlement.py": "integration/test_provider_batch_restarts.py",
    "textnlp/adapters/engines/provider_batch/submission.py": "integration/test_provider_batch_restarts.py",
    "textnlp/adapters/engines/provider_batch/collection.py": "integration/test_provider_batch_restarts.py",
    "textnlp/adapters/engines/provider_batch/batch_runs.py": "integration/test_provider_batch_restarts.py",
    "textnlp/adapters/engines/provider_batch/context.py": "integration/test_provider_batch_restarts.py",
    "textnlp/adapters/engines/provider_batch/flights.py": "integration/test_provider_batch_restarts.py",
    "textnlp/adapters/engines/provider_batch/remainder.py": "integration/test_provider_batch_restarts.py",
    "textnlp/adapters/engines/provider_batch/batch_api.py": "integration/test_provider_batch.py",
    "textnlp/adapters/engines/provider_batch/documents.py": "integration/test_provider_batch.py",
    "textnlp/adapters/engines/provider_batch/options.py": "integration/test_provider_batch.py",
    "textnlp/adapters/engines/provider_batch/request_lines.py": "integration/test_provider_batch.py",
    "textnlp/application/cells/cell_asker.py": "unit/application/cells/test_cell_maker.py",
    "textnlp/application/cells/cell_ports.py": "unit/application/cells/test_cell_maker.py",
    "textnlp/application/cells/tallied_engine.py": "unit/application/cells/test_prompt_cells.py",
    "textnlp/application/draw_candidates.py": "unit/application/test_plan_round.py",
    "textnlp/application/finish_dataset.py": "acceptance/test_dataset_run.py",
    "textnlp/application/topic_source.py": "unit/application/test_plan_round.py",
    "textnlp/application/watch_run.py": "unit/application/test_run_dataset.py",
    "textnlp/adapters/dataset_files/hub.py": "acceptance/test_dataset_push.py",
    "textnlp/application/deployment_engine.py": "acceptance/test_dataset_batches.py",
    "textnlp/adapters/database/memory_dataset_store.py": "contract/test_dataset_store.py",
    "textnlp/api/followed.py": "acceptance/test_datasets_over_http.py",
    "textnlp/api/routes/datasets.py": "acceptance/test_datasets_over_http.py",
    "textnlp/api/routes/recipes.py": "acceptance/test_datasets_over_http.py",
    "textnlp/application/count_round.py": "acceptance/test_datasets_over_http.py",
    "textnlp/application/change_run.py": "acceptance/test_datasets_over_http.py",
    "textnlp/application/dataset_ports.py": "acceptance/test_datasets_over_http.py",
    "textnlp/application/make_datasets.py": "acceptance/test_datasets_over_http.py",
    "textnlp/application/submit_dataset.py": "acceptance/test_datasets_over_http.py",
    "textnlp/bootstrap/dataset_hold.py": "acceptance/test_datasets_over_http.py",
    "textnlp/bootstrap/dataset_runs.py": "acceptance/test_datasets_over_http.py",
    "textnlp/bootstrap/model_prices.py": "acceptance/test_dataset_run.py",
    "textnlp/cli/commands/dataset_remote.py": "acceptance/test_remote_dataset_crashes.py",
    "textnlp/cli/download_dataset.py": "acceptance/test_remote_dataset_crashes.py",
    "textnlp/cli/remote_dataset.py": "acceptance/test_remote_dataset_crashes.py",
    "textnlp/bootstrap/executors.py": "acceptance/test_dataset_batches.py",
    "textnlp/bootstrap/provider_batches.py": "acceptance/test_dataset_batches.py",
    "textnlp/bootstrap/recipe_wiring.py": "acceptance/test_dataset_run.py",
    "textnlp/cli/commands/run.py": "acceptance/test_dataset_run.py",
    "textnlp/cli/dataset_folder.py": "acceptance/test_dataset_run.py",
    "textnlp/cli/dataset_progress.py": "acceptance/test_dataset_run.py",
    "textnlp/cli/dataset_result.py": "acceptance/test_dataset_run.py",
    "textnlp/cli/local_dataset.py": "acceptance/test_dataset_run.py",
    "textnlp/cli/open_recipe_run.py": "acceptance/test_dataset_run.py",
    "textnlp/cli/recipe_estimate.py": "acceptance/test_dataset_run.py",
    "textnlp/cli/recipe_preview.py": "acceptance/test_dataset_run.py",
    "textnlp/cli/replay_row.py": "acceptance/test_dataset_run.py",
    "textnlp/domain/datasets/run.py": "unit/application/test_plan_round.py",
    "textnlp/adapters/key_files/private_file.py": "unit/adapters/key_files/test_issuer_key.py",
    "textnlp/domain/validation/column_rules.py": "unit/domain/validation/test_row_checks.py",
    "textnlp/domain/validation/shown_value.py": "unit/domain/validation/test_row_checks.py",
    "textnlp/domain/validation/text_rules.py": "unit/domain/validation/test_row_checks.py",
    "textnlp/domain/validation/value_rules.py": "unit/domain/validation/test_row_checks.py",
    "textnlp/domain/templates/expression_text.py": "unit/domain/templates/test_condition.py",
    "textnlp/domain/templates/json_value.py": "unit/domain/templates/test_condition.py",
    "textnlp/domain/templates/program.py": "unit/domain/templates/test_template.py",
    "textnlp/adapters/recipe_functions/sql_process.py": "unit/adapters/recipe_functions/test_run_sql.py",
    "textnlp/domain/validation/checks.py": "unit/domain/recipes/test_recipe.py",
    "textnlp/domain/recipes/model_columns.py": "unit/domain/recipes/test_recipe.py",
    "textnlp/domain/recipes/output.py": "unit/domain/recipes/test_recipe.py",
    "textnlp/domain/validation/operator.py": "unit/domain/validation/test_row_checks.py",
    "textnlp/domain/matching/word_table.py": "unit/domain/texts/test_repetition.py",
    "textnlp/domain/texts/completeness.py": "unit/domain/validation/test_text_operators.py",
    "textnlp/domain/texts/refusal.py": "unit/domain/validation/test_text_operators.py",
    "textnlp/domain/validation/text_checks.py": "unit/domain/validation/test_text_operators.py",
    "textnlp/adapters/row_checkers/process_pool.py": "acceptance/test_validate.py",
    "textnlp/api/schemas/validation.py": "acceptance/test_validate.py",
    "textnlp/api/routes/validation.py": "acceptance/test_validate.py",
    "textnlp/bootstrap/validation_wiring.py": "acceptance/test_validate.py",
    "textnlp/cli/validation_listing.py": "acceptance/test_validate.py",
    "textnlp/domain/pii/name_detector.py": "unit/domain/pii/test_scanner.py",
    "textnlp/domain/pii/number_detectors.py": "unit/domain/pii/test_scanner.py",
    "textnlp/domain/pii/text_detectors.py": "unit/domain/pii/test_scanner.py",
    "textnlp/domain/validation/pii_checks.py": "unit/domain/validation/test_pii_operator.py",
    "textnlp/domain/validation/operators.py": "unit/domain/validation/test_row_checks.py",
    "textnlp/domain/validation/row_rules.py": "unit/domain/validation/test_row_checks.py",
    "textnlp/adapters/prompt_files/json_records.py": "unit/adapters/prompt_files/test_record_opener.py",
    "textnlp/adapters/prompt_files/table_records.py": "unit/adapters/prompt_files/test_record_opener.py",
    "textnlp/ports/record_source.py": "unit/adapters/prompt_files/test_record_opener.py",
    "textnlp/domain/part.py": "unit/domain/recipes/test_recipe.py",
    "textnlp/domain/recipes/sampler_columns.py": "unit/domain/recipes/test_recipe.py",
    "textnlp/domain/recipes/seeds.py": "unit/domain/recipes/test_recipe.py",
    "textnlp/domain/recipes/step_columns.py": "unit/domain/recipes/test_recipe.py",
    "textnlp/adapters/database/memory_file_catalog.py": "contract/test_file_catalog.py",
    "textnlp/adapters/database/memory_job_store.py": "contract/test_job_store.py",
    "textnlp/api/schemas/openai_batch.py": "integration/test_openai_batches.py",
    "textnlp/api/schemas/openai_file.py": "integration/test_openai_batches.py",
    "textnlp/application/create_job.py": "unit/application/test_advance_job.py",
    "textnlp/application/job_ports.py": "unit/application/test_advance_job.py",
    "textnlp/application/start_job.py": "unit/application/test_advance_job.py",
    "textnlp/application/store_file.py": "unit/application/test_remove_files.py",
    "textnlp/application/write_job_files.py": "unit/application/test_advance_job.py",
    "textnlp/domain/batches/job.py": "unit/domain/batches/test_job_rules.py",
    "textnlp/adapters/database/memory_idempotency_store.py": "contract/test_idempotency_store.py",
    "textnlp/adapters/database/memory_call_cache.py": "contract/test_call_cache.py",
    "textnlp/adapters/database/kept_completions.py": "contract/test_call_cache.py",
    "textnlp/domain/templates/grammar.py": "unit/domain/templates/test_template.py",
    "textnlp/domain/templates/sandbox.py": "unit/domain/templates/test_template.py",
    "textnlp/adapters/engines/openai_compatible/embeddings.py": "contract/test_embedding_engine.py",
    "textnlp/adapters/engines/openai_compatible/endpoint.py": "integration/openai_compatible/test_engine.py",
    "textnlp/adapters/engines/scripted_embeddings.py": "contract/test_embedding_engine.py",
    "textnlp/api/schemas/model_status.py": "unit/api/routes/test_models.py",
    "textnlp/application/call_meter.py": "unit/application/test_metered_engine.py",
    "textnlp/application/govern_calls.py": "unit/application/test_govern_engine.py",
    "textnlp/application/route_calls.py": "unit/application/test_routed_engine.py",
    "textnlp/application/show_models.py": "unit/api/routes/test_models.py",
    "textnlp/bootstrap/deployment_gates.py": "integration/test_engine_wiring.py",
    "textnlp/workers/generation_service.py": "unit/api/test_app.py",
    "textnlp/api/form_fields.py": "unit/api/routes/test_identity.py",
    "textnlp/api/form_token.py": "unit/api/routes/test_sign_in.py",
    "textnlp/api/schemas/oauth.py": "unit/api/routes/test_identity.py",
    "textnlp/api/sign_in_page.py": "unit/api/routes/test_sign_in.py",
    "textnlp/application/make_login_code.py": "unit/application/test_sign_in.py",
    "textnlp/cli/commands/login.py": "acceptance/test_identity.py",
    "textnlp/ports/token_issuer.py": "a protocol",
    "textnlp/adapters/database/memory_webhooks.py": "contract/test_webhook_deliveries.py",
    "textnlp/api/schemas/webhook.py": "unit/api/routes/test_webhooks.py",
    "textnlp/api/schemas/webhook_delivery.py": "unit/api/routes/test_webhook_deliveries.py",
    "textnlp/application/send_test_event.py": "unit/application/test_deliver_webhooks.py",
    "textnlp/application/webhook_ports.py": "unit/application/test_deliver_webhooks.py",
    "textnlp/bootstrap/webhook_wiring.py": "acceptance/test_webhooks.py",
    "textnlp/api/schemas/usage_report.py": "unit/api/routes/test_usage.py",
    "textnlp/api/caller.py": "unit/api/test_doorkeeper.py",
    "textnlp/bootstrap/batch_wiring.py": "acceptance/test_up.py",
    "textnlp/bootstrap/database_wiring.py": "acceptance/test_up.py",
    "textnlp/bootstrap/gateway.py": "unit/api/test_doorkeeper.py",
    "textnlp/bootstrap/gateway_wiring.py": "acceptance/test_up.py",
    "textnlp/adapters/database/memory_generation_store.py": "contract/test_generation_store.py",
    "textnlp/api/schemas/generation_status.py": "unit/api/test_app.py",
    "textnlp/application/submit_generation.py": "unit/application/test_write_generations.py",
    "textnlp/adapters/database/alembic_runner.py": "integration/test_migrate.py",
    "textnlp/adapters/database/batch_rows.py": "contract/test_batch_ledger.py",
    "textnlp/adapters/database/batch_statements.py": "contract/test_batch_ledger.py",
    "textnlp/adapters/database/file_lock.py": "integration/test_embedded.py",
    "textnlp/adapters/database/ledger_rules.py": "contract/test_batch_ledger.py",
    "textnlp/adapters/database/memory_batch_ledger.py": "contract/test_batch_ledger.py",
    "textnlp/adapters/database/memory_usage_ledger.py": "contract/test_usage_ledger.py",
    "textnlp/adapters/database/postgres_account.py": "integration/test_embedded.py",
    "textnlp/adapters/database/postgres_address.py": "integration/test_embedded.py",
    "textnlp/adapters/database/postgres_binaries.py": "integration/test_embedded.py",
    "textnlp/adapters/database/postgres_errors.py": "integration/test_embedded.py",
    "textnlp/adapters/database/postgres_files.py": "integration/test_embedded.py",
    "textnlp/adapters/database/postgres_processes.py": "integration/test_embedded.py",
    "textnlp/adapters/database/postgres_start.py": "integration/test_embedded.py",
    "textnlp/adapters/database/postmaster.py": "integration/test_embedded.py",
    "textnlp/adapters/database/postmaster_launcher.py": "integration/test_embedded.py",
    "textnlp/adapters/identity/memory_client_registry.py": "contract/test_client_registry.py",
    "textnlp/adapters/identity/memory_sign_in_store.py": "contract/test_sign_in_store.py",
    "textnlp/adapters/database/usage_rows.py": "contract/test_usage_ledger.py",
    "textnlp/adapters/database/usage_statements.py": "contract/test_usage_ledger.py",
    "textnlp/adapters/prompt_files/conversations.py": "unit/adapters/prompt_files/test_opener.py",
    "textnlp/adapters/prompt_files/csv_records.py": "unit/adapters/prompt_files/test_opener.py",
    "textnlp/adapters/prompt_files/csv_table.py": "unit/adapters/prompt_files/test_opener.py",
    "textnlp/adapters/prompt_files/json_lines.py": "unit/adapters/prompt_files/test_opener.py",
    "textnlp/adapters/prompt_files/json_rows.py": "unit/adapters/prompt_files/test_opener.py",
    "textnlp/adapters/prompt_files/openai_requests.py": "unit/adapters/prompt_files/test_opener.py",
    "textnlp/adapters/prompt_files/parquet_table.py": "unit/adapters/prompt_files/test_opener.py",
    "textnlp/adapters/prompt_files/plain_text.py": "unit/adapters/prompt_files/test_opener.py",
    "textnlp/adapters/prompt_files/rows.py": "unit/adapters/prompt_files/test_opener.py",
    "textnlp/adapters/prompt_files/seed_document.py": "unit/adapters/prompt_files/test_opener.py",
    "textnlp/adapters/prompt_files/table_columns.py": "unit/adapters/prompt_files/test_opener.py",
    "textnlp/adapters/prompt_files/text_lines.py": "unit/adapters/prompt_files/test_opener.py",
    "textnlp/api/batch_progress.py": "unit/api/test_app.py",
    "textnlp/api/dependencies.py": "unit/api/test_app.py",
    "textnlp/api/hang_up.py": "unit/api/test_app.py",
    "textnlp/api/invalid_fields.py": "unit/api/test_app.py",
    "textnlp/api/loopback_guard.py": "unit/api/test_app.py",
    "textnlp/api/openapi.py": "unit/api/test_app.py",
    "textnlp/api/request_body.py": "unit/api/test_app.py",
    "textnlp/api/request_identity.py": "unit/api/test_app.py",
    "textnlp/api/routes/batch_events.py": "unit/api/test_app.py",
    "textnlp/api/routes/batch_files.py": "unit/api/test_app.py",
    "textnlp/api/routes/batch_rows.py": "unit/api/test_app.py",
    "textnlp/api/routes/batches.py": "unit/api/test_app.py",
    "textnlp/api/schemas/batch.py": "unit/api/test_app.py",
    "textnlp/api/schemas/batch_row.py": "unit/api/test_app.py",
    "textnlp/api/schemas/generation.py": "unit/api/test_app.py",
    "textnlp/api/schemas/generation_chunk.py": "unit/api/test_app.py",
    "textnlp/api/schemas/problem.py": "unit/api/test_app.py",
    "textnlp/api/schemas/response_schema.py": "unit/api/test_app.py",
    "textnlp/api/server.py": "acceptance/test_up.py",
    "textnlp/api/text_fields.py": "unit/api/test_app.py",
    "textnlp/api/upload_form.py": "unit/api/test_app.py",
    "textnlp/api/upload_name.py": "unit/api/test_app.py",
    "textnlp/application/answer_row.py": "unit/application/test_work_slices.py",
    "textnlp/application/batch_ports.py": "unit/application/test_work_slices.py",
    "textnlp/application/continue_batch.py": "acceptance/test_batch_run.py",
    "textnlp/application/examine_machine.py": "acceptance/test_commands.py",
    "textnlp/application/fail_dead_slices.py": "unit/application/test_work_slices.py",
    "textnlp/application/feed_slices.py": "unit/application/test_work_slices.py",
    "textnlp/application/finish_batch.py": "unit/application/test_work_slices.py",
    "textnlp/application/ingest_blob.py": "unit/application/test_work_slices.py",
    "textnlp/application/ingest_prompts.py": "unit/application/test_work_slices.py",
    "textnlp/application/recover_batches.py": "unit/application/test_work_slices.py",
    "textnlp/application/send_slices.py": "unit/application/test_work_slices.py",
    "textnlp/application/submit_batch.py": "unit/application/test_work_slices.py",
    "textnlp/cli/batch_listing.py": "acceptance/test_up.py",
    "textnlp/cli/commands/batch_remote.py": "acceptance/test_up.py",
    "textnlp/cli/commands/doctor.py": "acceptance/test_commands.py",
    "textnlp/cli/download_batch.py": "acceptance/test_up.py",
    "textnlp/cli/follow_batch.py": "acceptance/test_up.py",
    "textnlp/cli/lazy_group.py": "unit/cli/test_main.py",
    "textnlp/cli/local_batch.py": "acceptance/test_batch_run.py",
    "textnlp/cli/local_generate.py": "acceptance/test_commands.py",
    "textnlp/cli/model_progress.py": "acceptance/test_commands.py",
    "textnlp/cli/remote_batch.py": "acceptance/test_up.py",
    "textnlp/cli/remote_generate.py": "acceptance/test_commands.py",
    "textnlp/cli/run_loop.py": "acceptance/test_batch_run.py",
    "textnlp/cli/server_client.py": "acceptance/test_up.py",
    "textnlp/domain/usage/entry.py": "contract/test_usage_ledger.py",
    "textnlp/embedded_runtime.py": "acceptance/test_up.py",
    "textnlp/adapters/dataset_files/export_files.py": "unit/adapters/dataset_files/test_reader.py",
    "textnlp/adapters/dataset_files/json_lines.py": "unit/adapters/dataset_files/test_local_folder.py",
    "textnlp/adapters/dataset_files/lineage_table.py": "unit/adapters/dataset_files/test_reader.py",
    "textnlp/adapters/dataset_files/parquet_table.py": "unit/adapters/dataset_files/test_local_folder.py",
    "textnlp/adapters/dataset_files/row_files.py": "unit/adapters/dataset_files/test_local_folder.py",
    "textnlp/adapters/dataset_files/version_record.py": "contract/test_dataset_files.py",
    "textnlp/bootstrap/dataset_wiring.py": "unit/cli/commands/test_dataset.py",
    "textnlp/cli/dataset_listing.py": "unit/cli/commands/test_dataset.py",
    "textnlp/ports/prompt_source.py": "a protocol",
    "textnlp/ports/result_files.py": "a protocol",
}
"""Modules without a test file of their name, each with the file that tests them; it only ever shrinks."""


_MADE = "# Made from "
"""What a module begins with that a tool writes; tests/unit/client/test_client.py calls every method of the client's."""


def untested(files: list[SourceFile], tests: list[SourceFile]) -> set[str]:
    """Return the modules of more than thirty lines that no test file is named after."""
    names = {test.path.name for test in tests}
    return {
        file.place
        for file in files
        if file.line_count > _SMALLEST_TESTED
        and not file.path.name.startswith("__")
        and not file.text.startswith(_MADE)
        and f"test_{file.path.name.lstrip('_')}" not in names
    }


def misplaced(files: list[SourceFile], unit_tests: list[SourceFile]) -> list[str]:
    """Return the unit tests that do not lie where their module lies: `a/test_b.py` for `a/b.py` or package `a/b`."""
    places = {file.module.partition(".")[2].replace(".", "/") for file in files}
    found: list[str] = []
    for test in unit_tests:
        if test.path.name.startswith("test_"):
            place = (Path(test.place).parent / test.path.stem.removeprefix("test_")).as_posix()
            private = (Path(test.place).parent / f"_{test.path.stem.removeprefix('test_')}").as_posix()
            if place not in places and private not in places:
                found.append(test.place)
    return found


_OURS = python_files(SOURCE)


def test_every_module_has_a_test_file_of_its_name() -> None:
    found = untested(_OURS, python_files(TESTS))
    require_none(found - set(_UNTESTED), "write tests/unit/<same path>/test_<module>.py, or a contract of that name")
    require_none(unneeded(_UNTESTED, found), "these have a test of their name: take them off the list")


def test_every_unit_test_lies_where_its_module_lies() -> None:
    require_none(misplaced(_OURS, python_files(TESTS / "unit")), "move it to the path of what it tests")


def test_an_untested_module_is_found(tmp_path: Path) -> None:
    long = "\n" * 31
    files = planted(tmp_path / "src", {"p/a.py": long, "p/_b.py": long, "p/c.py": "\n" * 30, "p/d.py": long})
    tests = planted(tmp_path / "tests", {"unit/test_a.py": "", "contract/test_b.py": ""})
    assert untested(files, tests) == {"p/d.py"}


def test_a_misplaced_unit_test_is_found(tmp_path: Path) -> None:
    files = planted(tmp_path / "src", {"p/domain/a.py": "", "p/domain/b/__init__.py": "", "p/domain/_c.py": ""})
    places = ("domain/test_a.py", "domain/test_b.py", "domain/test_c.py", "test_a.py", "domain/test_gone.py")
    tests = planted(tmp_path / "unit", dict.fromkeys((*places, "domain/__init__.py"), ""))
    assert misplaced(files, tests) == ["domain/test_gone.py", "test_a.py"]
