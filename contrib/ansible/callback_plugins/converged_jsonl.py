"""Ansible callback that leaves a report of each playbook's run for converged."""

from __future__ import annotations

DOCUMENTATION = r"""
name: converged_jsonl
type: notification
short_description: appends the events of a run to a file, one JSON object a line
description:
  - Writes what C(converged) needs to tell how a run went, per host, beside whatever callback is on the terminal.
  - Of a result only its status is written and, of one that failed, its message, its stack trace and the end of its
    standard error. Arguments, standard output, diffs, facts and other variables are not; of a result that C(no_log)
    hides, the status alone.
  - What goes wrong here is warned of once, and the play goes on without a report.
requirements:
  - enable it with C(callbacks_enabled = converged_jsonl) in the section C([defaults]) of ansible.cfg
options:
  path:
    description:
      - The file that is appended to. Playbooks that run at the same time write to files of their own beside it,
        such as C(events-2.jsonl).
    type: path
    default: /var/log/ansible/events.jsonl
    ini: [{section: callback_converged_jsonl, key: path}]
    env: [{name: CONVERGED_JSONL_PATH}]
  max_bytes:
    description:
      - A file of this size is rotated before the next run; never within a run. 0 leaves that to others.
    type: int
    default: 10485760
    ini: [{section: callback_converged_jsonl, key: max_bytes}]
    env: [{name: CONVERGED_JSONL_MAX_BYTES}]
  backups:
    description:
      - Rotated files that are kept, C(events.jsonl.1) being the newest; at least 1.
    type: int
    default: 3
    ini: [{section: callback_converged_jsonl, key: backups}]
    env: [{name: CONVERGED_JSONL_BACKUPS}]
"""

import fcntl
import functools
import json
import os
import stat
from datetime import datetime, timezone

from ansible import context
from ansible.plugins.callback import CallbackBase
from ansible.release import __version__ as ansible_version

MAX_TEXT = 16 * 1024  # characters of a message or a stack trace
MAX_OUTPUT = 4 * 1024  # characters of what a failed command said on standard error
MAX_FILES = 32  # playbooks at the same time

NO_TRACE = "(traceback unavailable)"  # since ansible-core 2.19, unless a trace is asked for
UNKNOWN = "Unknown error."  # what 2.19 says in the place of a message under another key
CENSORED = "the output has been hidden due to the fact that 'no_log: true' was specified for this result"


def now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Journal:
    """A file of lines that one process at a time appends to."""

    def __init__(self, path, max_bytes, backups):
        self.path, self.fd = path, None
        os.makedirs(os.path.dirname(os.path.abspath(path)), mode=0o750, exist_ok=True)
        stem, ending = os.path.splitext(path)
        for number in range(1, MAX_FILES + 1):
            self.path = path if number == 1 else "%s-%d%s" % (stem, number, ending)
            if self._take(max_bytes, max(1, backups)):
                return
        raise OSError("%d files beside %s are all being written to" % (MAX_FILES, path))

    def _take(self, max_bytes, backups):
        """Open and lock the file; false if another process writes to it."""
        for _ in range(3 * MAX_FILES):
            fd = self._open()
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(fd)
                return False
            except OSError:  # a file system without locks: each line tells whose run it is of
                pass
            if not self._is_named(fd):  # another process rotated it meanwhile
                os.close(fd)
                continue
            size = os.fstat(fd).st_size
            if 0 < max_bytes <= size:
                self._rotate(backups)
                os.close(fd)
                continue
            self.fd = fd
            self._end_line(size)
            return True
        raise OSError("%s is renamed again and again" % self.path)

    def _open(self):
        # Without O_NONBLOCK a pipe that nobody reads would hold up the play.
        fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, 0o640)
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            os.close(fd)
            raise OSError("%s is no regular file" % self.path)
        return fd

    def _is_named(self, fd):
        try:
            return os.path.samestat(os.fstat(fd), os.stat(self.path))
        except FileNotFoundError:
            return False

    def _rotate(self, backups):
        for number in range(backups - 1, 0, -1):
            older = "%s.%d" % (self.path, number)
            if os.path.exists(older):
                os.replace(older, "%s.%d" % (self.path, number + 1))
        os.replace(self.path, self.path + ".1")

    def _end_line(self, size):
        """End the line that a process left when it was killed."""
        if size > 0 and os.pread(self.fd, 1, size - 1) != b"\n":
            self._write(b"\n")

    def append(self, event):
        text = json.dumps(event, separators=(",", ":"), ensure_ascii=True, default=str)
        self._write(text.encode("ascii") + b"\n")

    def _write(self, data):
        while data:
            data = data[os.write(self.fd, data):]

    def close(self):
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None


def harmless(method):
    """Let no failure of a callback reach the play: warn, and be silent from then on."""

    @functools.wraps(method)
    def guarded(self, *args, **kwargs):
        if self.broken:
            return
        try:
            method(self, *args, **kwargs)
        except Exception as error:  # whatever it is, the play matters more
            self.broken = True
            where = ""
            if self.journal is not None:
                where = " in %s" % self.journal.path
                self.journal.close()
            try:
                self._display.warning("converged_jsonl: this run leaves no whole report%s: %s" % (where, error))
            except Exception:  # a terminal that is gone, or cannot show the path
                pass

    return guarded


class CallbackModule(CallbackBase):
    """Writes the events of a run as they happen."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "converged_jsonl"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, display=None, options=None):
        super().__init__(display=display, options=options)
        self.broken, self.journal = False, None
        self.playbook, self.run, self.starts = "", "", {}

    @harmless
    def v2_playbook_on_start(self, playbook):
        self.playbook = os.path.basename(getattr(playbook, "_file_name", "") or "")

    @harmless
    def v2_playbook_on_play_start(self, play):
        if self.journal is None:  # not before: a playbook without a play leaves nothing
            self.journal = Journal(
                self.get_option("path"), self.get_option("max_bytes"), self.get_option("backups"))
            self.run = str(play._uuid)
        self._tell("v2_playbook_on_play_start", play={
            "id": str(play._uuid), "name": play.get_name(), "path": path_of(play),
            "duration": {"start": now()}, "playbook": self.playbook, "ansible_version": ansible_version,
            "check_mode": bool(context.CLIARGS.get("check", False)),
        })

    @harmless
    def v2_playbook_on_task_start(self, task, is_conditional):
        self._task_starts("v2_playbook_on_task_start", task)

    @harmless
    def v2_playbook_on_handler_task_start(self, task):
        self._task_starts("v2_playbook_on_handler_task_start", task)

    @harmless
    def v2_runner_on_ok(self, result):
        self._result("v2_runner_on_ok", result)

    @harmless
    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._result("v2_runner_on_failed", result, failed=True, **({"ignore_errors": True} if ignore_errors else {}))

    @harmless
    def v2_runner_on_skipped(self, result):
        self._result("v2_runner_on_skipped", result, skipped=True)

    @harmless
    def v2_runner_on_unreachable(self, result):
        self._result("v2_runner_on_unreachable", result, unreachable=True)

    @harmless
    def v2_playbook_on_stats(self, stats):
        if self.journal is None:
            return
        hosts = sorted(stats.processed)
        self._tell("v2_playbook_on_stats", play={"id": self.run}, stats={host: stats.summarize(host) for host in hosts})
        self.journal.close()
        self.journal = None

    def _tell(self, name, **event):
        if self.journal is not None:
            self.journal.append({"_event": name, "_timestamp": now(), **event})

    def _task_starts(self, name, task):
        start = now()
        self.starts[task._uuid] = start
        self._tell(name, hosts={}, task=self._describe(task, {"start": start}))

    def _result(self, name, result, **status):
        task, returned = part(result, "task"), part(result, "result")
        start = self.starts.setdefault(task._uuid, now())
        failed = "failed" in status or "unreachable" in status
        if not isinstance(returned, dict):
            returned = {}
        told = {"action": task.action, **outcome(returned, failed, bool(task.no_log)), **status}
        self._tell(name, hosts={part(result, "host").get_name(): told},
                   task=self._describe(task, {"start": start, "end": now()}))

    @staticmethod
    def _describe(task, duration):
        return {"id": str(task._uuid), "name": task.get_name(), "path": path_of(task), "duration": duration}


def part(result, name):
    """What ansible-core 2.19 and later name without the underscore, and 2.23 will no longer have with it."""
    return getattr(result, name if hasattr(result, name) else "_" + name)


def path_of(thing):
    """Its file:line; a play has none before ansible-core 2.11."""
    return str(getattr(thing, "get_path", str)() or "")


def outcome(told, failed, hidden):
    """What may be told of a result, or of an item of a loop."""
    kept = {"changed": bool(told.get("changed", False))}
    hidden = hidden or bool(told.get("_ansible_no_log")) or "censored" in told
    if hidden:
        return {**kept, "censored": CENSORED}
    if failed:
        kept.update(reason(told))
        cause = next((item for item in parts_of(told) if went_wrong(item)), None)
        if cause is not None:  # one item is enough to tell why
            kept["results"] = [{"failed": True, **outcome(cause, True, False)}]
    return kept


def parts_of(told):
    """The items of a loop, or what became of the modules that gather facts."""
    items, modules = told.get("results"), told.get("failed_modules")  # a module may give these names to anything
    return (list(items) if isinstance(items, (list, tuple)) else []) + (
        list(modules.values()) if isinstance(modules, dict) else [])


def went_wrong(item):
    return isinstance(item, dict) and bool(item.get("failed") or item.get("unreachable"))


def reason(told):
    """The message and the stack trace of a result that failed, and the end of what its command said on stderr."""
    kept = {}
    msg = told.get("msg") or told.get("reason") or told.get("message")  # the others are of include_tasks, include_vars
    if isinstance(msg, (list, tuple)) and all(isinstance(line, str) for line in msg):
        msg = "\n".join(msg)
    if isinstance(msg, str):
        if msg.endswith(UNKNOWN):
            msg = text_of(told, "message") or msg
        kept["msg"] = str(msg)[:MAX_TEXT]
    crash, trace = text_of(told, "module_stderr"), text_of(told, "exception")
    if trace in ("", NO_TRACE) and crash.startswith("Traceback (most recent call last)"):
        trace = crash
    if trace not in ("", NO_TRACE):
        kept["exception"] = trace[-MAX_TEXT:]
    said = text_of(told, "stderr") or (crash if "exception" not in kept else "")
    if said:
        kept["stderr"] = said[-MAX_OUTPUT:]
    return kept


def text_of(told, key):
    text = told.get(key)
    return str(text).strip() if isinstance(text, str) else ""
