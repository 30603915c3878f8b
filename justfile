# Shortcuts; each calls a script that works without just as well.

set positional-arguments

# List the commands
_default:
    @just --list --unsorted

# Make .venv with all that tests and checks need
setup:
    script/setup dev

# Serve with real settings (environment or .env)
run *arguments:
    script/setup run
    .venv/bin/event-scheduler serve "$@"

# Run everything on this machine, nothing configured
demo *arguments:
    script/demo "$@"

# Run the core suite; arguments go to pytest
test *arguments:
    script/test "$@"

# Run the tests that need Chromium
test-full *arguments:
    script/test-full "$@"

# Run the tests that kill processes
test-faults *arguments:
    script/test-faults "$@"

# Check everything that must hold before a change lands, as .ci/run does
check:
    script/ci

# Check that the documentation tells the truth
docs *arguments:
    script/test tests/docs "$@"

# Rewrite the requirements files from pyproject.toml (needs uv)
lock:
    script/lock
