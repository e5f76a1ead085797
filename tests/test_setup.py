"""What `make demo` and `deal up` stand on: the Temporal CLI, ports, the home and its lock, leftovers."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from starter.errors import Exit, StackError, UsageError
from starter.private import open_to_others
from starter.rooms import ROOT, check_rooms
from starter.settings import Settings, load_settings
from starter.stack import children, temporal_cli
from starter.stack.home import (
    Pids,
    StackInfo,
    home_lock,
    last_ports,
    prepare_home,
    read_stack,
    remember_ports,
    stack_file,
    write_stack,
)
from starter.stack.leftovers import stop_leftovers
from starter.stack.ports import HOST, in_use, lease_ports
from starter.stack.temporal_cli import find_temporal

VERSION = "temporal version 9.9.9 (Server 1.99.0, UI 2.99.0)"


def fake_temporal(folder: Path, says: str = VERSION) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "temporal"
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)
    return program


def stack_info(home: Path, **pids: int) -> StackInfo:
    return StackInfo(
        address="127.0.0.1:1",
        namespace="default",
        ui="http://127.0.0.1:2",
        pids=Pids(**({"up": os.getpid(), "server": 0, "worker": 0} | pids)),
        pace="1d=2s",
        playbook=home / "playbook.yaml",
        home=home,
        database_url="sqlite://",
    )


class TestFindingTheTemporalCli:
    def test_the_setting_wins_over_path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(fake_temporal(tmp_path / "path").parent), prepend=os.pathsep)
        given = fake_temporal(tmp_path / "given")
        found = find_temporal(Settings(temporal_cli=given))
        assert (found.path, found.found.en) == (given, "by DEALWRIGHT_TEMPORAL_CLI")
        assert found.version == "9.9.9 (Server 1.99.0, UI 2.99.0)"

    def test_path_comes_before_the_bundled_one(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        on_path = fake_temporal(tmp_path)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        assert find_temporal(Settings()).path == on_path

    def test_the_bundled_one_is_found_without_activating_the_environment(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bundled = fake_temporal(tmp_path)
        monkeypatch.setenv("PATH", "/usr/bin:/bin")
        monkeypatch.setattr(temporal_cli.sys, "executable", str(tmp_path / "python"))
        assert find_temporal(Settings()).path == bundled

    def test_another_program_of_that_name_is_passed_over(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bundled = fake_temporal(tmp_path / "bundled")
        fake_temporal(tmp_path / "path", says="Temporal, a calendar for cats")
        monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
        monkeypatch.setattr(temporal_cli.sys, "executable", str(bundled.parent / "python"))
        assert find_temporal(Settings()).path == bundled

    def test_a_wrong_setting_is_refused_and_named(self, tmp_path: Path) -> None:
        with pytest.raises(
            StackError, match=r"DEALWRIGHT_TEMPORAL_CLI names .*correct or unset it"
        ) as refusal:
            find_temporal(Settings(temporal_cli=tmp_path / "nothing"))
        assert refusal.value.exit_code == Exit.FAILED

    def test_none_at_all_says_how_to_get_one(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(temporal_cli.sys, "executable", str(tmp_path / "python"))
        with pytest.raises(StackError, match="run make setup"):
            find_temporal(Settings())


class TestPorts:
    def test_a_free_preferred_port_is_taken(self) -> None:
        with lease_ports(0) as [free]:
            pass
        with lease_ports(free) as [port]:
            assert port == free

    def test_a_port_somebody_listens_on_is_avoided(self) -> None:
        with socket.create_server((HOST, 0)) as other:
            taken = other.getsockname()[1]
            assert in_use(taken)
            with lease_ports(taken) as [port]:
                assert port != taken

    def test_of_several_the_first_that_is_free_is_taken(self) -> None:
        with socket.create_server((HOST, 0)) as other, lease_ports(0) as [free]:
            taken = other.getsockname()[1]
        with socket.create_server((HOST, taken)), lease_ports((taken, free)) as [port]:
            assert port == free

    def test_two_stacks_that_start_at_once_get_different_ports(self) -> None:
        with lease_ports(0, 0) as first, lease_ports(*first) as second:
            assert len({*first, *second}) == 4


class TestHome:
    def test_a_second_desk_on_one_home_is_refused_with_the_first_ones_process(self, tmp_path: Path) -> None:
        with (
            home_lock(tmp_path),
            pytest.raises(
                StackError, match=rf"already runs on .* \(process {os.getpid()}\).*DEALWRIGHT_HOME"
            ),
            home_lock(tmp_path),
        ):
            pass
        with home_lock(tmp_path):
            pass  # free again

    def test_a_home_that_cannot_be_written_is_one_sentence(self, tmp_path: Path) -> None:
        file = tmp_path / "file"
        file.touch()
        with pytest.raises(StackError, match="set DEALWRIGHT_HOME to a folder that belongs to you"):
            prepare_home(file / "home")

    def test_a_new_home_is_readable_by_its_owner_alone(self, tmp_path: Path) -> None:
        prepare_home(tmp_path / "home")
        assert (tmp_path / "home").stat().st_mode & 0o077 == 0

    def test_an_open_home_is_closed_with_all_that_a_desk_keeps_in_it(self, tmp_path: Path) -> None:
        prepare_home(tmp_path)
        for name in (
            "records.db",
            "records.db-wal",
            "mail/a.eml",
            "logs/web.log",
            "mail/.lock",
            "secrets.json",
        ):
            (tmp_path / name).write_text("Anna")
            (tmp_path / name).chmod(0o644)
        for folder in (tmp_path, tmp_path / "mail", tmp_path / "logs"):
            folder.chmod(0o755)
        assert len(open_to_others(tmp_path)) == 9
        prepare_home(tmp_path)
        assert open_to_others(tmp_path) == []
        assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path, *tmp_path.rglob("*")))

    def test_a_shared_folder_stays_open_and_what_the_desk_puts_there_is_its_own(self, tmp_path: Path) -> None:
        (tmp_path / "somebody's.txt").touch(0o644)
        tmp_path.chmod(0o755)
        prepare_home(tmp_path)
        assert tmp_path.stat().st_mode & 0o777 == 0o755
        assert (tmp_path / "somebody's.txt").stat().st_mode & 0o777 == 0o644
        assert (tmp_path / "mail").stat().st_mode & 0o777 == 0o700
        assert open_to_others(tmp_path) == [tmp_path]

    def test_the_link_into_another_folder_is_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "a.txt").touch(0o644)
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "mail").symlink_to(tmp_path / "elsewhere")
        prepare_home(tmp_path / "home")
        assert (tmp_path / "elsewhere" / "a.txt").stat().st_mode & 0o777 == 0o644

    def test_the_ports_of_the_last_run_are_known_to_the_next(self, tmp_path: Path) -> None:
        assert last_ports(tmp_path) == ()
        remember_ports(tmp_path, [7233, 8233, 8080])
        assert last_ports(tmp_path) == (7233, 8233, 8080)
        (tmp_path / "ports.json").write_text("[7233, null]")
        assert last_ports(tmp_path) == ()

    def test_what_a_stack_notes_down_is_found_again(self, tmp_path: Path) -> None:
        info = stack_info(tmp_path)
        write_stack(info)
        assert read_stack(tmp_path) == info

    def test_the_note_of_a_stack_before_it_had_a_web_is_read(self, tmp_path: Path) -> None:
        old = stack_info(tmp_path).model_dump(mode="json")
        del old["web"], old["pids"]["web"]
        stack_file(tmp_path).write_text(json.dumps(old))
        assert read_stack(tmp_path) == stack_info(tmp_path)

    def test_the_note_of_a_stack_that_has_died_is_not_believed(self, tmp_path: Path) -> None:
        gone = subprocess.Popen([sys.executable, "-c", ""])
        gone.wait()
        write_stack(stack_info(tmp_path, up=gone.pid))
        assert read_stack(tmp_path) is None

    @pytest.mark.parametrize("content", ["", "{}", "not JSON"])
    def test_a_damaged_note_is_not_believed(self, tmp_path: Path, content: str) -> None:
        stack_file(tmp_path).write_text(content)
        assert read_stack(tmp_path) is None


class TestLeftovers:
    def sleeper(self, *marks: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", *marks])
        time.sleep(0.2)  # until the new program's command line is in place
        return process

    def test_a_server_that_outlived_its_desk_is_stopped(self, tmp_path: Path) -> None:
        left = self.sleeper("--db-filename", str(tmp_path / "temporal.db"))
        reap(left)
        write_stack(stack_info(tmp_path, server=left.pid))
        assert stop_leftovers(tmp_path)
        assert left.wait(5) != 0
        assert not stack_file(tmp_path).exists()

    def test_so_is_a_web_which_names_its_home(self, tmp_path: Path) -> None:
        mine = children.web(Settings(home=tmp_path), "127.0.0.1:1", lambda words: None).argv
        left = self.sleeper(*mine[1:])
        reap(left)
        write_stack(stack_info(tmp_path, web=left.pid))
        assert stop_leftovers(tmp_path)
        assert left.wait(5) != 0

    def test_a_process_that_got_the_same_number_by_chance_is_left_alone(self, tmp_path: Path) -> None:
        stranger = self.sleeper()
        write_stack(stack_info(tmp_path, server=stranger.pid))
        assert not stop_leftovers(tmp_path)
        assert stranger.poll() is None
        stranger.kill()
        stranger.wait()


def reap(process: subprocess.Popen[bytes]) -> None:
    """Our child would stay a zombie until waited for; a real leftover belongs to init."""
    threading.Thread(target=process.wait, daemon=True).start()


class TestSettings:
    def test_they_come_from_the_environment_and_give_way_to_options(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DEALWRIGHT_PACE", "1d=2s")
        monkeypatch.setenv("DEALWRIGHT_RETENTION", "P90D")
        monkeypatch.setenv("DEALWRIGHT_ACTOR", "")
        settings = load_settings(lang="en", home=None)
        assert (settings.pace, settings.retention, settings.actor) == ("1d=2s", timedelta(days=90), None)
        assert settings.lang == "en"

    def test_a_setting_that_does_not_fit_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DEALWRIGHT_LANG", "la")
        with pytest.raises(UsageError, match="DEALWRIGHT_LANG"):
            load_settings()

    def test_another_process_given_the_environment_has_the_same_settings(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ours = Settings(home=tmp_path, pace="1d=2s", retention=timedelta(days=3), crm_rate=2.0)
        for name, value in ours.environment().items():
            monkeypatch.setenv(name, value)
        assert load_settings() == ours


class TestRooms:
    def test_the_rooms_that_are_imported_are_our_own(self) -> None:
        check_rooms()

    def test_a_room_of_another_package_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(StackError, match="another package shadows it"):
            check_rooms(root=tmp_path)


class TestMake:
    def setup_with(self, python: Path, tmp_path: Path) -> str:
        """What `make setup` says when it can't go on."""
        make = ["make", "-s", "-C", ROOT, "setup", f"VENV={tmp_path / 'venv'}", f"PYTHON={python}"]
        run = subprocess.run(make, capture_output=True, text=True, check=False)
        assert run.returncode == 2
        assert not (tmp_path / "venv").exists()
        [words, _make_gives_up] = run.stderr.strip().splitlines()
        return words

    def python(self, folder: Path, script: str) -> Path:
        path = folder / "python3"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def test_no_python_is_one_sentence(self, tmp_path: Path) -> None:
        assert "needs Python 3.11 or newer and found no" in self.setup_with(tmp_path / "nothing", tmp_path)

    def test_an_old_python_is_one_sentence_with_its_version(self, tmp_path: Path) -> None:
        old = self.python(tmp_path, 'if [ "$1" = -V ]; then echo Python 3.9.2; else exit 1; fi')
        assert "is Python 3.9.2: run make PYTHON=" in self.setup_with(old, tmp_path)

    def test_a_missing_venv_module_is_one_sentence(self, tmp_path: Path) -> None:
        bare = self.python(tmp_path, 'case "$2" in *venv*) exit 1;; esac')
        assert "apt install python3-venv" in self.setup_with(bare, tmp_path)


class TestBrowser:
    """What `make test` does before the browser tests, on a machine made of these programs alone."""

    def see_to_it(self, folder: Path, **programs: str) -> subprocess.CompletedProcess[str]:
        for name, script in programs.items():
            (folder / name.replace("_", "-")).write_text(f"#!/bin/sh\n{script}\n")
            (folder / name.replace("_", "-")).chmod(0o755)
        shell, script = "/bin/sh", ROOT / "tests" / "support" / "browser.sh"
        return subprocess.run([shell, script], env={"PATH": str(folder)}, capture_output=True, text=True)

    def test_a_browser_that_is_there_is_taken_as_it_is(self, tmp_path: Path) -> None:
        done = self.see_to_it(tmp_path, chromium="", id="echo 0", apt_get="exit 1")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def test_root_installs_it_where_there_is_apt(self, tmp_path: Path) -> None:
        asked = tmp_path / "asked"
        done = self.see_to_it(tmp_path, id="echo 0", apt_get=f'echo "$*" >> {asked}')
        assert (done.returncode, done.stderr) == (0, "")
        assert asked.read_text().splitlines() == [
            "update -qq",
            "install -qq --no-install-recommends chromium",
        ]

    @pytest.mark.parametrize("user", ["0", "1000"])
    def test_where_it_cannot_be_installed_the_suite_goes_on_with_words(
        self, tmp_path: Path, user: str
    ) -> None:
        done = self.see_to_it(tmp_path, id=f"echo {user}", apt_get="exit 100")
        assert done.returncode == 0
        assert "apt install chromium" in done.stderr
