"""Tests of the callback; run with the Python that ansible-core is installed for."""

import errno
import fcntl
import importlib.util
import json
import os
import pathlib
import tempfile
import unittest
from types import SimpleNamespace as Thing

SOURCE = pathlib.Path(__file__).parent.parent / "callback_plugins" / "converged_jsonl.py"
spec = importlib.util.spec_from_file_location("converged_jsonl", SOURCE)
plugin = importlib.util.module_from_spec(spec)
spec.loader.exec_module(plugin)

CANARY = "CANARY-hunter2"


class Display:
    verbosity = 0

    def __init__(self):
        self.warnings = []

    def warning(self, text):
        self.warnings.append(text)


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(folder.name, "logs", "events.jsonl")

    def callback(self, path=None, max_bytes=0, backups=3):
        options = {"path": path or self.path, "max_bytes": max_bytes, "backups": backups}
        made = plugin.CallbackModule(display=Display())
        made.get_option = options.__getitem__
        self.addCleanup(lambda: made.journal and made.journal.close())
        return made

    def lines(self, path=None):
        with open(path or self.path, encoding="ascii") as file:
            return [json.loads(line) for line in file]


def play(number=1):
    return Thing(_uuid="02fc0000-0001-%04d-ce2a-000000000004" % number, get_name=lambda: "A play", get_path=lambda: "/p/site.yml:1")


def task(no_log=False):
    return Thing(_uuid="02fc0000-0001-0001-ce2a-000000000009", action="ansible.builtin.command", no_log=no_log,
                 get_name=lambda: "web : a task", get_path=lambda: "/p/site.yml:7")


def result(no_log=False, **told):
    told.setdefault("invocation", {"module_args": {"_raw_params": CANARY}})
    return Thing(_host=Thing(get_name=lambda: "web1"), _task=task(no_log), _result=told)


def stats():
    counts = {"ok": 1, "failures": 0, "unreachable": 0, "changed": 1, "skipped": 0, "rescued": 0, "ignored": 0}
    return Thing(processed={"web2": 1, "web1": 1}, summarize=lambda host: dict(counts))


class Events(Case):
    def test_a_run_is_one_event_a_line(self):
        c = self.callback()
        c.v2_playbook_on_start(Thing(_file_name="/p/site.yml"))
        c.v2_playbook_on_play_start(play())
        c.v2_playbook_on_task_start(task(), False)
        c.v2_runner_on_ok(result(changed=True, stdout=CANARY, diff=[CANARY], ansible_facts={"x": CANARY}, msg=CANARY))
        c.v2_playbook_on_stats(stats())
        lines = self.lines()
        self.assertEqual([line["_event"] for line in lines], [
            "v2_playbook_on_play_start", "v2_playbook_on_task_start", "v2_runner_on_ok", "v2_playbook_on_stats"])
        self.assertEqual(lines[0]["play"]["playbook"], "site.yml")
        self.assertEqual(lines[2]["hosts"], {"web1": {"action": "ansible.builtin.command", "changed": True}})
        self.assertEqual(lines[2]["task"]["duration"]["start"], lines[1]["task"]["duration"]["start"])
        self.assertEqual((list(lines[3]["stats"]), lines[3]["play"]), (["web1", "web2"], {"id": play()._uuid}))
        self.assertNotIn(CANARY, pathlib.Path(self.path).read_text())
        self.assertEqual(c._display.warnings, [])

    def failed(self, *args, **told):
        c = self.callback()
        c.v2_playbook_on_play_start(play())
        c.v2_runner_on_failed(result(**told), *args)
        c.journal.close()
        self.assertNotIn(CANARY, pathlib.Path(self.path).read_text())
        return self.lines()[-1]["hosts"]["web1"]

    def test_a_failure_tells_its_message_and_trace(self):
        told = self.failed(msg="no room", exception="Traceback\nOSError: no\n", stdout=CANARY, cmd=CANARY, rc=1)
        self.assertEqual((told["msg"], told["exception"], told["failed"]), ("no room", "Traceback\nOSError: no", True))
        self.assertNotIn("stderr", told)
        self.assertNotIn("ignore_errors", told)

    def test_the_end_of_standard_error_is_told(self):
        told = self.failed(msg="non-zero return code", stderr="x" * 100_000 + "no room\n", stderr_lines=[CANARY], stdout=CANARY)
        self.assertEqual((len(told["stderr"]), told["stderr"][-7:]), (plugin.MAX_OUTPUT, "no room"))

    def test_a_module_that_crashed_tells_why(self):
        trace = "Traceback (most recent call last):\nValueError: y"
        for told in (self.failed(msg="x", module_stderr=trace + "\n"), self.failed(msg="x", module_stderr=trace, exception=plugin.NO_TRACE)):
            self.assertEqual((told["exception"], "stderr" in told), (trace, False))
        told = self.failed(msg="x", module_stderr="python: not found\n", module_stdout=CANARY)
        self.assertEqual((told["stderr"], "exception" in told), ("python: not found", False))

    def test_a_trace_that_was_not_asked_for_is_none(self):
        self.assertNotIn("exception", self.failed(msg="x", exception=plugin.NO_TRACE))

    def test_an_include_tells_its_reason_elsewhere(self):
        self.assertEqual(self.failed(reason="no such file")["msg"], "no such file")
        self.assertEqual(self.failed(message="no YAML")["msg"], "no YAML")
        self.assertEqual(self.failed(msg="Task failed: Unknown error.", message="no YAML")["msg"], "no YAML")
        self.assertEqual(self.failed(msg="no room", message=CANARY)["msg"], "no room")

    def test_a_play_of_which_no_place_is_known_is_told(self):
        c = self.callback()
        c.v2_playbook_on_play_start(Thing(_uuid="1", get_name=lambda: "A play"))
        self.assertEqual((self.lines()[0]["play"]["path"], c.broken), ("", False))

    def test_a_message_that_is_no_text_may_hold_variables(self):
        self.assertNotIn("msg", self.failed(msg={"password": CANARY}))
        self.assertEqual(self.failed(msg=["one", "two"])["msg"], "one\ntwo")

    def test_long_messages_are_cut(self):
        self.assertEqual(len(self.failed(msg="x" * 100_000)["msg"]), plugin.MAX_TEXT)

    def test_an_ignored_failure_says_so(self):
        self.assertIs(self.failed(True, msg="x")["ignore_errors"], True)

    def test_of_a_loop_the_first_failed_item_is_told(self):
        told = self.failed(msg="One or more items failed", results=[
            {"failed": False, "msg": CANARY}, {"failed": True, "msg": "second", "item": CANARY}, {"failed": True, "msg": CANARY}])
        self.assertEqual(told["results"], [{"failed": True, "changed": False, "msg": "second"}])

    def test_of_facts_that_could_not_be_gathered_the_module_tells_why(self):
        told = self.failed(msg="The following modules failed to execute: setup\n", ansible_facts={"x": CANARY}, failed_modules={
            "setup": {"failed": True, "msg": "MODULE FAILURE", "module_stderr": "python3: not found\n", "module_stdout": CANARY}})
        self.assertEqual(told["results"], [
            {"failed": True, "changed": False, "msg": "MODULE FAILURE", "stderr": "python3: not found"}])
        self.assertNotIn("results", self.failed(msg="x", failed_modules=[CANARY]))

    def test_results_that_are_no_loop_are_not_looked_at(self):
        for results in (3, True, "failed", {"failed": True, "msg": CANARY}, [CANARY, None, 1]):
            self.assertEqual(self.failed(msg="x", results=results), {
                "action": "ansible.builtin.command", "changed": False, "msg": "x", "failed": True})

    def test_a_result_without_underscores_is_read_as_well(self):
        c = self.callback()
        c.v2_playbook_on_play_start(play())
        told = result(msg="no room")
        c.v2_runner_on_failed(Thing(host=told._host, task=told._task, result=told._result))
        c.v2_runner_on_ok(Thing(_host=told._host, _task=told._task, _result="no mapping"))
        self.assertEqual([c.broken, self.lines()[1]["hosts"]["web1"]["msg"], self.lines()[2]["hosts"]["web1"]["changed"]],
                         [False, "no room", False])

    def test_no_log_hides_everything_but_the_status(self):
        want = {"action": "ansible.builtin.command", "changed": True, "censored": plugin.CENSORED, "failed": True}
        self.assertEqual(self.failed(no_log=True, changed=True, msg=CANARY, exception=CANARY), want)
        self.assertEqual(self.failed(changed=True, _ansible_no_log=True, msg=CANARY), want)
        self.assertEqual(self.failed(changed=True, censored="hidden", msg=CANARY), want)
        item = self.failed(msg="items", results=[{"failed": True, "_ansible_no_log": True, "msg": CANARY}])["results"][0]
        self.assertEqual(item, {"failed": True, "changed": False, "censored": plugin.CENSORED})

    def test_odd_text_is_still_ascii_on_one_line(self):
        told = self.failed(msg="h\u00e9llo \udce9 \u2028\n")
        self.assertEqual(told["msg"], "h\u00e9llo \udce9 \u2028\n")
        self.assertEqual(len(pathlib.Path(self.path).read_bytes().splitlines()), 2)


class Files(Case):
    def run_of(self, number, **options):
        c = self.callback(**options)
        c.v2_playbook_on_play_start(play(number))
        c.v2_playbook_on_stats(stats())
        return c

    def names(self):
        return sorted(os.listdir(os.path.dirname(self.path)))

    def test_runs_are_appended(self):
        self.run_of(1)
        self.run_of(2)
        self.assertEqual(len(self.lines()), 4)
        self.assertEqual(os.stat(self.path).st_mode & 0o777 & ~0o640, 0)

    def test_rotation_is_between_runs_and_keeps_what_was_asked(self):
        for number in range(1, 7):
            self.run_of(number, max_bytes=1, backups=2)
        self.assertEqual(self.names(), ["events.jsonl", "events.jsonl.1", "events.jsonl.2"])
        for name, number in (("", 6), (".1", 5), (".2", 4)):
            lines = self.lines(self.path + name)
            self.assertEqual([len(lines), lines[0]["play"]["id"]], [2, play(number)._uuid])

    def test_a_run_is_never_cut_by_rotation(self):
        c = self.callback(max_bytes=1)
        c.v2_playbook_on_play_start(play())
        for _ in range(50):
            c.v2_playbook_on_play_start(play())
        c.v2_playbook_on_stats(stats())
        self.assertEqual((self.names(), len(self.lines())), (["events.jsonl"], 52))

    def test_playbooks_at_the_same_time_have_files_of_their_own(self):
        first, second = self.callback(max_bytes=1), self.callback(max_bytes=1)
        first.v2_playbook_on_play_start(play(1))
        second.v2_playbook_on_play_start(play(2))
        second.v2_playbook_on_stats(stats())
        first.v2_playbook_on_stats(stats())
        self.assertEqual(self.names(), ["events-2.jsonl", "events.jsonl"])
        self.assertEqual([len(self.lines()), len(self.lines(self.path.replace(".jsonl", "-2.jsonl")))], [2, 2])

    def test_a_file_system_without_locks_is_written_to_all_the_same(self):
        def flock(fd, how):
            raise OSError(errno.ENOLCK, "No locks available")

        plugin.fcntl = Thing(flock=flock, LOCK_EX=fcntl.LOCK_EX, LOCK_NB=fcntl.LOCK_NB)
        self.addCleanup(setattr, plugin, "fcntl", fcntl)
        first, second = self.callback(), self.callback()
        first.v2_playbook_on_play_start(play(1))
        second.v2_playbook_on_play_start(play(2))
        first.v2_playbook_on_stats(stats())
        second.v2_playbook_on_stats(stats())
        self.assertEqual([line["play"]["id"] for line in self.lines()], [play(n)._uuid for n in (1, 2, 1, 2)])

    def test_the_line_of_a_killed_run_is_ended_first(self):
        os.makedirs(os.path.dirname(self.path))
        pathlib.Path(self.path).write_text('{"_event":"v2_run')
        self.run_of(1)
        lines = pathlib.Path(self.path).read_text().splitlines()
        self.assertEqual((lines[0], len(lines)), ('{"_event":"v2_run', 3))

    def test_a_file_that_was_rotated_before_it_was_locked_is_not_written_to(self):
        os.makedirs(os.path.dirname(self.path))
        pathlib.Path(self.path).write_text("")
        real, calls = fcntl.flock, []

        def flock(fd, how):
            if not calls:
                os.rename(self.path, self.path + ".1")
            calls.append(fd)
            return real(fd, how)

        plugin.fcntl = Thing(flock=flock, LOCK_EX=fcntl.LOCK_EX, LOCK_NB=fcntl.LOCK_NB)
        self.addCleanup(setattr, plugin, "fcntl", fcntl)
        self.run_of(1)
        self.assertEqual((len(self.lines()), os.path.getsize(self.path + ".1")), (2, 0))

    def test_a_playbook_without_a_play_leaves_nothing(self):
        c = self.callback()
        c.v2_playbook_on_start(Thing(_file_name="x.yml"))
        c.v2_playbook_on_stats(stats())
        self.assertFalse(os.path.exists(self.path))


class Trouble(Case):
    def test_a_path_that_cannot_be_written_is_warned_of_once(self):
        for path in ("/dev/null/events.jsonl", "/dev/null"):
            c = self.callback(path=path)
            c.v2_playbook_on_play_start(play())
            c.v2_runner_on_ok(result())
            c.v2_playbook_on_stats(stats())
            self.assertEqual(len(c._display.warnings), 1, c._display.warnings)

    def test_a_terminal_that_is_gone_is_no_failure_of_the_play(self):
        c = self.callback(path="/dev/null")

        def warning(text):
            raise UnicodeEncodeError("ascii", text, 0, 1, "surrogates not allowed")

        c._display.warning = warning
        c.v2_playbook_on_play_start(play())
        self.assertTrue(c.broken)

    def test_a_pipe_that_nobody_reads_does_not_hold_up_the_play(self):
        pipe = os.path.join(self.folder, "pipe")
        os.mkfifo(pipe)
        c = self.callback(path=pipe)
        c.v2_playbook_on_play_start(play())
        self.assertEqual(len(c._display.warnings), 1)

    def test_a_full_disk_ends_the_report_and_not_the_play(self):
        c = self.callback()
        c.v2_playbook_on_play_start(play())
        real = os.write
        plugin.os.write = lambda fd, data: (_ for _ in ()).throw(OSError(28, "No space left on device"))
        self.addCleanup(setattr, plugin.os, "write", real)
        c.v2_runner_on_ok(result())
        c.v2_playbook_on_stats(stats())
        self.assertEqual((len(c._display.warnings), c.journal.fd), (1, None))

    def test_a_result_of_another_shape_is_no_failure_of_the_play(self):
        c = self.callback()
        c.v2_playbook_on_play_start(play())
        c.v2_runner_on_ok(None)
        self.assertTrue(c.broken)


if __name__ == "__main__":
    unittest.main()
