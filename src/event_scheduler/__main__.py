"""`python -m event_scheduler`."""

from event_scheduler.cli.main import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
