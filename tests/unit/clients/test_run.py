"""The steps of a client: what passes, what fails, and where the log is."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from clients.language import STORIES, Command, Documents, Language, Name
from clients.run import COMPILE, GENERATE, STEPS, STORY, Outcome, Run
from clients.table import remarks, table
from tests.shop_topology import ROOT

TOLD = "".join(f"print('{step}: x')\n" for step in STORY)
ACCOUNT = ("http://127.0.0.1:1", "user", "token")
STORY_FILES = ("story.py", "story.ts", "oapi_codegen.go", "go_swagger.go", "Story.java", "story.kt")
HELP_SECONDS_MAX = 60


class Scripts(Language):
    """A language whose steps are Python scripts."""

    def __init__(self, generate: str = "", compiling: str = "", story: str = TOLD) -> None:
        super().__init__(Name.PYTHON, "scripts")
        self.scripts = (generate, compiling, story)

    def install(self, folder: Path) -> None:
        (folder / "installed").touch()

    def generate(self, documents: Documents, folder: Path) -> Sequence[Command]:
        return [self._script(0)]

    def compile(self, folder: Path) -> Sequence[Command]:
        return [self._script(1)]

    def play(self, folder: Path) -> Command:
        return self._script(2)

    def _script(self, index: int) -> Command:
        return Command([sys.executable, "-c", self.scripts[index]])


class NotInstallable(Scripts):
    """A language whose package manager fails."""

    def install(self, folder: Path) -> None:
        raise subprocess.TimeoutExpired("npm", 300)


def run(language: Language, builds: Path) -> Outcome:
    return Run(Documents(builds, builds), ACCOUNT, builds).run(language, lambda _: None)


def test_a_client_whose_story_tells_all_steps_passes(tmp_path: Path) -> None:
    outcome = run(Scripts(), tmp_path)
    assert (outcome.passed, outcome.failed) == (list(STEPS), "")
    assert remarks([outcome]) == []


def test_a_story_gets_the_url_the_user_and_the_token(tmp_path: Path) -> None:
    outcome = run(Scripts(story=f"import sys; print(sys.argv[1:])\n{TOLD}"), tmp_path)
    assert outcome.log
    assert str(list(ACCOUNT)) in outcome.log.read_text()


@pytest.mark.parametrize(
    ("language", "step", "text"),
    [
        (Scripts(generate="exit('no schema')"), GENERATE, "no schema"),
        (Scripts(compiling="exit('no such type')"), COMPILE, "no such type"),
        (Scripts(story="print('account: x'); exit('no top-up')"), "top-up", "no top-up"),
        (Scripts(story=TOLD.replace("paging", "other")), "paging", "other"),
        (Scripts(story=f"{TOLD}exit('late')"), STORY[-1], "late"),
        (NotInstallable(), GENERATE, "npm"),
    ],
    ids=["generate", "compile", "story", "step left out", "exit code", "install"],
)  # fmt: skip
def test_the_log_of_the_step_that_fails_says_why(
    language: Language, step: str, text: str, tmp_path: Path
) -> None:
    outcome = run(language, tmp_path)
    assert outcome.failed == step
    assert outcome.passed == list(STEPS[: STEPS.index(step)])
    assert outcome.log
    assert text in outcome.log.read_text()
    (remark,) = remarks([outcome])
    assert str(outcome.log) in remark


def test_the_build_folder_is_made_anew(tmp_path: Path) -> None:
    rest = tmp_path / "python-scripts" / "rest"
    rest.parent.mkdir()
    rest.touch()
    run(Scripts(), tmp_path)
    assert not rest.exists()


def test_the_table_has_a_row_for_each_step_and_a_column_for_each_client(tmp_path: Path) -> None:
    found = table([run(Scripts(), tmp_path), run(Scripts(), tmp_path)])
    assert found.row_count == len(STEPS)
    assert [column.header for column in found.columns] == ["", "python\nscripts", "python\nscripts"]


@pytest.mark.parametrize("name", STORY_FILES)
def test_all_stories_tell_the_same_steps_in_the_same_order(name: str) -> None:
    text = (STORIES / name).read_text()
    places = [text.index(f'"{step}:') for step in STORY]
    assert places == sorted(places)


def clients(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "clients", *words]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=HELP_SECONDS_MAX
    )


@pytest.mark.parametrize("url", ["http://127.0.0.1:x", "http://127.0.0.1:1"])
def test_a_wrong_url_gets_an_error_that_names_it(url: str) -> None:
    done = clients("python", "--url", url)
    assert done.returncode == 1
    assert f"✗ {url}: " in done.stdout
    assert done.stderr == ""


def test_an_unknown_language_gets_an_error_that_names_the_known_ones() -> None:
    done = clients("cobol")
    assert done.returncode == 2
    assert "cobol" in done.stderr
    assert all(name in done.stderr for name in Name)
