"""What all tests share."""

pytest_plugins = ["tests.stack_fixtures", "tests.system_fixtures", "tests.project_copy"]
