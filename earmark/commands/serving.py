"""What runs: the service and its parts, the demo, and what makes ready for them."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from earmark.commands.console import out, remark

if TYPE_CHECKING:
    from earmark.serve import Serving
    from earmark.settings import Settings


def serve(
    only: Annotated[
        Literal["api", "workers"] | None, typer.Option(help="This part alone; the other runs elsewhere.")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on, instead of EARMARK_HOST.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on, instead of EARMARK_PORT.")
    ] = None,
) -> None:
    """Start the API and the workers on this machine, until Ctrl-C."""
    from earmark.serve import serve as run

    settings = _settings(host=host, port=port)
    run(settings, parts=only or "all", ready=lambda serving: _started(settings, serving))


def _started(settings: "Settings", serving: "Serving") -> None:
    if not serving.port:
        return remark("working; Ctrl-C ends it")
    if settings.port not in (0, serving.port):
        remark(f"port {settings.port} is taken; using {serving.port}")
    out().print(f"Earmark is at {serving.url}, described at {serving.url}/docs", soft_wrap=True)
    return remark("`earmark keys create NAME` makes a key for it; Ctrl-C ends it")


def worker(
    queues: Annotated[str, typer.Option(metavar="NAMES", help="Of speech, text, deliver; comma-separated.")] = "",
    lanes: Annotated[str, typer.Option(metavar="NAMES", help="live, bulk, or both.")] = "",
    concurrency: Annotated[int, typer.Option(min=1, help="Stages at once, each in a process of its own.")] = 1,
) -> None:
    """Start a worker, until Ctrl-C. Several may run, on one machine or, with a broker, on many."""
    from earmark.serve import run_worker
    from pipeline.route import LANES
    from workers.celery_app import QUEUE_NAMES

    run_worker(_settings(), queues=_names(queues) or QUEUE_NAMES, lanes=_names(lanes) or LANES, concurrency=concurrency)


def scheduler() -> None:
    """Start what happens by the clock: lost work is found, dropped files are taken. `serve` has it inside."""
    from earmark.serve import run_scheduler

    run_scheduler(_settings())


def demo(
    *, once: Annotated[bool, typer.Option("--once", help="End after the table instead of serving the API.")] = False
) -> None:
    """Take eight sample calls down the whole road, print what was found, then serve the API over them."""
    from earmark.demo import demo as run

    raise typer.Exit(run(once=once))


def migrate() -> None:
    """Bring the database to this version's schema."""
    from earmark.commands.opening import upgrade
    from earmark.settings import read_settings

    remark(f"{upgrade(read_settings())} has this version's schema")


def setup() -> None:
    """Make ready database, bucket and notifications; harmless when they are."""
    from earmark.setup import set_up

    for line in set_up(_settings()):
        remark(line)


def _names(given: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in given.split(",") if name.strip())


def _settings(**given: object) -> "Settings":
    """With logs that go to stderr: these commands talk to whoever operates them."""
    from earmark.commands.opening import make_data_dir
    from earmark.logs import set_up_logs
    from earmark.settings import read_settings, unknown_variables

    settings = read_settings(**{name: value for name, value in given.items() if value is not None})
    for name in unknown_variables():
        remark(f"{name} is no setting; `earmark settings` lists them")
    make_data_dir(settings)
    set_up_logs(settings.log_level, settings.log_format)
    return settings
