"""The `textnlp` command."""

import sys
from typing import Annotated

import typer
import typer.main

from textnlp.cli.lazy_group import CommandTable, LazyCommand, LazyGroup, LazySection

COMMANDS: CommandTable = {
    "up": LazyCommand("textnlp.embedded_runtime:up", "Start the whole platform on this machine."),
    "serve": LazyCommand("textnlp.process_runtime:serve", "Run one process of the platform, beside others."),
    "generate": LazyCommand("textnlp.cli.commands.generate:generate", "Write one completion."),
    "batch": LazySection(
        "Answer files of prompts.",
        {
            "run": LazyCommand("textnlp.cli.commands.batch_run:batch_run", "Answer a file here, no server needed."),
            "submit": LazyCommand("textnlp.cli.commands.batch_remote:submit", "Send a file to a running platform."),
            "list": LazyCommand("textnlp.cli.commands.batch_remote:list_batches", "List batches, newest first."),
            "status": LazyCommand("textnlp.cli.commands.batch_remote:status", "Show one batch and its balance."),
            "watch": LazyCommand("textnlp.cli.commands.batch_remote:watch", "Follow a batch until it ends."),
            "cancel": LazyCommand("textnlp.cli.commands.batch_remote:cancel", "Stop a batch; what is done is kept."),
            "retry": LazyCommand("textnlp.cli.commands.batch_remote:retry", "Ask the failed rows of a batch again."),
            "download": LazyCommand("textnlp.cli.commands.batch_remote:download", "Fetch the files of a batch."),
            "validation": LazyCommand(
                "textnlp.cli.commands.batch_validation:validation", "Show which answers of a batch are good."
            ),
        },
    ),
    "recipe": LazySection(
        "Recipes that come with the package.",
        {
            "list": LazyCommand("textnlp.cli.commands.recipe:list_recipes", "List what can be run by name."),
            "show": LazyCommand("textnlp.cli.commands.recipe:show", "Print a recipe, to change it."),
            "schema": LazyCommand("textnlp.cli.commands.recipe:schema", "Print the JSON Schema of recipes."),
        },
    ),
    "run": LazyCommand("textnlp.cli.commands.run:run", "Make a dataset from a recipe, here."),
    "validate": LazyCommand("textnlp.cli.commands.validate:validate", "Look at rows, and say which are good."),
    "validate-part": LazyCommand("textnlp.cli.commands.validate_part:validate_part", "What a task of a pool runs."),
    "dataset": LazySection(
        "Look at finished datasets, offline; have them made by a running platform.",
        {
            "list": LazyCommand("textnlp.cli.commands.dataset:list_versions", "List the versions of a dataset."),
            "show": LazyCommand("textnlp.cli.commands.dataset:show", "Show a version, or a row and where it is from."),
            "lineage": LazyCommand("textnlp.cli.commands.dataset_catalog:lineage", "Show where a version is from."),
            "facts": LazyCommand(
                "textnlp.cli.commands.dataset_catalog:facts", "Show or change license, retention and the like."
            ),
            "history": LazyCommand("textnlp.cli.commands.dataset_catalog:history", "List who did what, and why."),
            "tag": LazyCommand("textnlp.cli.commands.dataset_catalog:tag", "Give a version a name."),
            "untag": LazyCommand("textnlp.cli.commands.dataset_catalog:untag", "Remove a name."),
            "rollback": LazyCommand("textnlp.cli.commands.dataset_catalog:rollback", "Go back to an earlier version."),
            "delete": LazyCommand("textnlp.cli.commands.dataset_catalog:delete", "Delete a version."),
            "sweep": LazyCommand("textnlp.cli.commands.dataset_catalog:sweep", "Delete what is kept no longer."),
            "replay": LazyCommand("textnlp.cli.commands.dataset:replay", "Make a row again, and compare."),
            "diff": LazyCommand("textnlp.cli.commands.dataset:diff", "Compare two datasets, or two versions of one."),
            "export": LazyCommand("textnlp.cli.commands.dataset:export", "Write a dataset in another form."),
            "push": LazyCommand("textnlp.cli.commands.dataset:push", "Upload a dataset to the Hugging Face Hub."),
            "verify": LazyCommand("textnlp.cli.commands.dataset:verify", "Check files, hashes and signature."),
            "submit": LazyCommand("textnlp.cli.commands.dataset_remote:submit", "Send a recipe to a platform."),
            "status": LazyCommand("textnlp.cli.commands.dataset_remote:status", "Show datasets of a platform."),
            "watch": LazyCommand("textnlp.cli.commands.dataset_remote:watch", "Follow a dataset until it ends."),
            "pause": LazyCommand("textnlp.cli.commands.dataset_remote:pause", "Let nothing more be begun."),
            "resume": LazyCommand("textnlp.cli.commands.dataset_remote:resume", "Go on with a dataset."),
            "cancel": LazyCommand("textnlp.cli.commands.dataset_remote:cancel", "Give a dataset up."),
            "extend": LazyCommand("textnlp.cli.commands.dataset_remote:extend", "Make more rows for a dataset."),
            "download": LazyCommand("textnlp.cli.commands.dataset_remote:download", "Fetch a version, and verify it."),
        },
    ),
    "model": LazySection(
        "The models that can be asked, and versions of models that are kept.",
        {
            "pull": LazyCommand("textnlp.cli.commands.model:pull", "Fetch a model that comes with the platform."),
            "list": LazyCommand("textnlp.cli.commands.model:list_models", "List models and where they are."),
            "register": LazyCommand("textnlp.cli.commands.model_registry:register", "Keep a version of a model."),
            "promote": LazyCommand("textnlp.cli.commands.model_registry:promote", "Trust a version further."),
            "verify": LazyCommand("textnlp.cli.commands.model_registry:verify", "Check the hashes of a version."),
            "tune": LazySection(
                "Fine-tuning jobs at a provider.",
                {
                    "create": LazyCommand(
                        "textnlp.cli.commands.model_tune:create", "Begin a job on files of examples."
                    ),
                    "list": LazyCommand("textnlp.cli.commands.model_tune:list_jobs", "List the jobs begun here."),
                    "show": LazyCommand("textnlp.cli.commands.model_tune:show", "Show how a job stands."),
                    "watch": LazyCommand("textnlp.cli.commands.model_tune:watch", "Follow a job until it ends."),
                    "cancel": LazyCommand("textnlp.cli.commands.model_tune:cancel", "End a job before its time."),
                },
            ),
        },
    ),
    "template": LazySection(
        "Prompts that are kept under a name, in versions.",
        {
            "create": LazyCommand("textnlp.cli.commands.template:create", "Store a file as the next version."),
            "list": LazyCommand("textnlp.cli.commands.template:list_templates", "List templates by name."),
            "show": LazyCommand("textnlp.cli.commands.template:show", "Show a version of a template."),
            "render": LazyCommand("textnlp.cli.commands.template:render", "Print what a template writes."),
            "test": LazyCommand("textnlp.cli.commands.template:run_tests", "Run the tests of a template."),
        },
    ),
    "review": LazySection(
        "Rows that people look at.",
        {
            "create": LazyCommand("textnlp.cli.commands.review:create", "Put rows under review."),
            "list": LazyCommand("textnlp.cli.commands.review:list_reviews", "List reviews, newest first."),
            "start": LazyCommand("textnlp.cli.commands.review:start", "Review item after item, with single keys."),
            "next": LazyCommand("textnlp.cli.commands.review:next_item", "Show the next item to be answered."),
            "answer": LazyCommand("textnlp.cli.commands.review:answer", "Answer an item."),
            "skip": LazyCommand("textnlp.cli.commands.review:skip", "Leave an item to others."),
            "comment": LazyCommand("textnlp.cli.commands.review:comment_on_item", "Leave a remark on an item."),
            "items": LazyCommand("textnlp.cli.commands.review:items", "List items with what was said of them."),
            "decide": LazyCommand("textnlp.cli.commands.review:decide", "Say what holds where reviewers disagree."),
            "report": LazyCommand("textnlp.cli.commands.review:report", "Show how reviewers agree."),
            "calibrate": LazyCommand("textnlp.cli.commands.review:calibrate", "Compare a judge with people."),
            "export": LazyCommand("textnlp.cli.commands.review:export", "Write what people said."),
        },
    ),
    "job": LazySection(
        "Jobs that run once, beside the platform.",
        {"render": LazyCommand("textnlp.cli.commands.one_off_job:render", "Print the container group of a job.")},
    ),
    "token": LazyCommand("textnlp.cli.commands.token:token", "Print a token for the platform on this machine."),
    "login": LazyCommand("textnlp.cli.commands.login:login", "Print a code for the sign-in page."),
    "client": LazySection(
        "Who may call the platform with an API key.",
        {
            "create": LazyCommand("textnlp.cli.commands.client:create", "Register a client; prints its key once."),
            "list": LazyCommand("textnlp.cli.commands.client:list_clients", "List clients, oldest first."),
            "limits": LazyCommand("textnlp.cli.commands.client:limits", "Show or change what a client may use."),
            "revoke": LazyCommand("textnlp.cli.commands.client:revoke", "Let a client's key open nothing."),
        },
    ),
    "usage": LazySection(
        "What was used, and the budgets over it.",
        {
            "show": LazyCommand("textnlp.cli.commands.usage:show", "Show usage by day, model, client or batch."),
            "budget": LazySection(
                "Limits in dollars or tokens.",
                {
                    "set": LazyCommand("textnlp.cli.commands.usage:set_budget", "Refuse calls beyond a limit."),
                    "list": LazyCommand("textnlp.cli.commands.usage:list_budgets", "List budgets and how they stand."),
                    "remove": LazyCommand("textnlp.cli.commands.usage:remove_budget", "Remove a budget."),
                },
            ),
        },
        default="show",
    ),
    "deadletter": LazySection(
        "Messages that queues have given up on.",
        {
            "list": LazyCommand("textnlp.cli.commands.deadletter:list_letters", "Show them with their reasons."),
            "resend": LazyCommand("textnlp.cli.commands.deadletter:resend", "Send them to their queue again."),
            "purge": LazyCommand("textnlp.cli.commands.deadletter:purge", "Remove them for good."),
        },
    ),
    "backup": LazySection(
        "Backups of database and files.",
        {
            "create": LazyCommand("textnlp.cli.commands.backup:create", "Take a backup."),
            "list": LazyCommand("textnlp.cli.commands.backup:list_all", "List backups, and what each is kept for."),
            "verify": LazyCommand("textnlp.cli.commands.backup:verify", "Read backups back, and compare all hashes."),
            "restore": LazyCommand("textnlp.cli.commands.backup:restore", "Restore to a new place, and verify it."),
            "prune": LazyCommand("textnlp.cli.commands.backup:prune", "Remove what is kept no longer."),
        },
    ),
    "erase": LazySection(
        "Data of a person, found and erased.",
        {
            "person": LazyCommand("textnlp.cli.commands.erase:person", "Show where a person is named; erase it."),
            "verify": LazyCommand("textnlp.cli.commands.erase:verify", "Check a certificate, and search again."),
        },
    ),
    "drill": LazySection(
        "What an emergency asks for, tried out.",
        {"run": LazyCommand("textnlp.cli.commands.drill:run", "Run a drill on a scratch copy, and measure it.")},
    ),
    "azure": LazySection(
        "The platform on Azure: its templates, and what they make.",
        {
            "render": LazyCommand("textnlp.cli.commands.azure:render", "Write the templates of the estate."),
            "check": LazyCommand("textnlp.cli.commands.azure:check", "Look for what would not work on Azure."),
            "cost": LazyCommand("textnlp.cli.commands.azure_cost:cost", "Estimate what a month costs."),
            "advice": LazyCommand("textnlp.cli.commands.azure_advice:advice", "Ask Advisor what would cost less."),
            "reservations": LazyCommand(
                "textnlp.cli.commands.azure_reservations:reservations", "Say what to reserve, and buy it when told to."
            ),
            "what-if": LazyCommand("textnlp.cli.commands.azure_deploy:what_if", "Ask Azure what deploying changes."),
            "deploy": LazyCommand("textnlp.cli.commands.azure_deploy:deploy", "Deploy, or go on with a deployment."),
            "directory": LazyCommand(
                "textnlp.cli.commands.azure_directory:directory", "Register the application in Entra ID."
            ),
            "drift": LazyCommand("textnlp.cli.commands.azure_deploy:drift", "Look for what others changed on Azure."),
            "gate": LazyCommand("textnlp.cli.commands.azure_gate:gate", "Say whether a version gets more calls."),
            "destroy": LazyCommand("textnlp.cli.commands.azure_deploy:destroy", "Delete everything on Azure."),
        },
    ),
    "top": LazyCommand("textnlp.cli.commands.top:top", "Watch what a running platform is at."),
    "upgrade": LazyCommand("textnlp.cli.commands.upgrade:upgrade", "Say what this version changes, and change it."),
    "doctor": LazyCommand("textnlp.cli.commands.doctor:doctor", "Check this machine and say what to do."),
}

_app = typer.Typer(cls=LazyGroup, rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=True)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from textnlp import __version__  # noqa: PLC0415  reads the installed metadata, which only this needs

        typer.echo(f"textnlp {__version__}")
        raise typer.Exit


@_app.callback()
def _textnlp(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and leave.",
            is_eager=True,
            callback=_print_version,
        ),
    ] = False,
) -> None:
    """Write, check and deliver synthetic text data: here, with nothing but this command, or on Azure."""


def command_group() -> LazyGroup:
    """Return the whole command line, for running and for its reference."""
    group = typer.main.get_group(_app)
    if not isinstance(group, LazyGroup):
        raise TypeError(f"The command line must be a LazyGroup, not {type(group).__name__}.")
    return group.fill(COMMANDS)


def main() -> None:
    """Run the command line; errors that the platform knows end in a sentence and an exit code, not a traceback."""
    from textnlp.cli.exit_codes import exit_code_of  # noqa: PLC0415  the error module is not needed for --help
    from textnlp.domain.errors import TextNLPError  # noqa: PLC0415  as above

    try:
        command_group()(prog_name="textnlp")
    except TextNLPError as error:
        typer.secho(f"textnlp: {error.message}", err=True, fg="red")
        if error.facts.hint:
            typer.echo(error.facts.hint, err=True)
        sys.exit(exit_code_of(error))


if __name__ == "__main__":
    main()
