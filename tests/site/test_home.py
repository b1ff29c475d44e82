# SPDX-License-Identifier: EUPL-1.2
"""The data folder, the lock, the words of the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from stoa.site.cli import main, parser
from stoa.site.home import SOCKET_PATH_MOST, Home, HomeTrouble, own_folder
from stoa.site.lease import AlreadyUp, UpLock, running_url
from stoa.site.migrating import fingerprint
from stoa.site.plan import Plan, open_port, planned_children, usual_workers
from stoa.site.postgres_roles import literal


def test_a_secret_is_made_once_and_private(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").make()
    assert home.secret("x") == home.secret("x") != home.secret("y")
    assert len(home.secret("x")) > 40
    assert home.secret_file("x").stat().st_mode & 0o777 == 0o600
    assert (home.root / "secrets").stat().st_mode & 0o777 == 0o700


def test_sockets_stand_in_a_short_path_however_long_the_folder_is(tmp_path: Path) -> None:
    deep = Home(tmp_path / ("d" * 120)).make()
    assert len(str(deep.sockets())) + 24 <= SOCKET_PATH_MOST
    assert deep.sockets() == deep.sockets()
    deep.sockets().rmdir()


def test_a_folder_that_somebody_else_prepared_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "trap").symlink_to(tmp_path / "real")
    with pytest.raises(HomeTrouble):
        own_folder(tmp_path / "trap")
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(HomeTrouble):
        own_folder(tmp_path / "open")


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeTrouble, match="STOA_HOME"):
        Home(tmp_path / "file" / "home").make()


def test_one_up_at_a_time_and_everybody_sees_where(tmp_path: Path) -> None:
    home = Home(tmp_path).make()
    assert running_url(home) is None
    with UpLock(home, "http://127.0.0.1:8000/"):
        assert running_url(home) == "http://127.0.0.1:8000/"
        with (
            pytest.raises(AlreadyUp, match=r"process [0-9]+ since 20"),
            UpLock(home, "http://127.0.0.1:8001/"),
        ):
            pass
        assert running_url(home) == "http://127.0.0.1:8000/"
    assert running_url(home) is None


@pytest.mark.parametrize(
    ("only", "names"),
    [("", ["portal", "front"]), ("web", ["portal", "front"]), ("jobs", ["portal"]), ("ingest", ["front"])],
)
def test_only_the_parts_that_were_asked_for_start(tmp_path: Path, only: str, names: list[str]) -> None:
    plan = Plan(only=only, django_workers=1)
    with open_port("127.0.0.1", 0) as listener:
        children = list(planned_children(Home(tmp_path).make(), plan, "postgresql://x", listener))
    assert [child.name for child in children] == names
    assert {child.environment["DATABASE_URL"] for child in children} == {"postgresql://x"}
    assert any("--jobs" in child.command for child in children) == (only in {"", "jobs"})
    assert any("portal_server" in child.command[2] and "--uds" in child.command for child in children) == (
        only in {"", "web"}
    )


def test_two_that_answer_pages_stand_behind_sockets_of_their_own(tmp_path: Path) -> None:
    with open_port("127.0.0.1", 0) as listener:
        home = Home(tmp_path).make()
        web, front = planned_children(home, Plan(only="web", django_workers=2), "postgresql://x", listener)
    told = [front.command[n + 1] for n, part in enumerate(front.command) if part == "--uds"]
    assert len(set(told)) == 2
    assert told == [web.command[n + 1] for n, part in enumerate(web.command) if part == "--uds"]
    assert told == [str(path) for path in web.socket_files]


def test_on_one_core_one_process_answers_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: {0}, raising=False)
    assert usual_workers() == 1
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: {0, 1, 2, 3}, raising=False)
    assert usual_workers() == 2


def test_literals_of_sql_cannot_be_left() -> None:
    assert literal("a'; DROP TABLE x; --") == "'a''; DROP TABLE x; --'"
    with pytest.raises(ValueError, match="backslash"):
        literal("\\'")


def test_the_mark_of_the_tables_is_the_same_for_the_same_code() -> None:
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 32


def test_every_command_has_help_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--help"])
    told = capsys.readouterr().out
    for word in ("up", "doctor", "backup", "restore", "version"):
        assert f"\n    {word} " in told


def test_a_port_that_is_none_is_refused_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["up", "--port", "99999"])
    assert left.value.code == 2
    assert "1 to 65535" in capsys.readouterr().err
