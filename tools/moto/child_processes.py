"""Processes and folders that must not outlive the server, however it ends.

An orderly end stops and removes them here. For any other a guard process holds the reading end of a pipe whose only
writer is the server, which names on it what it starts: when the pipe closes, the guard ends what is left.
"""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

STOP_SECONDS = 5

_lock = threading.RLock()
_guard = None
_stopped = False
_processes = set()
_folders = set()


class Stopping(RuntimeError):
    """Nothing is started any more."""


def start(command, **options):
    """Starts a process in a session of its own, so that a terminal's Ctrl-C reaches the server only."""
    with _lock:
        if _stopped:
            raise Stopping("the server is stopping")
        process = subprocess.Popen(command, start_new_session=True, **options)
        _processes.add(process)
        _tell_guard("+", process.pid)
    return process


def run(command, stdin="", **options):
    """Runs a process to its end, and raises what it says where it fails."""
    process = start(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options
    )
    _, complaint = process.communicate(stdin)
    _forget(_processes, process, process.pid)
    if _stopped:
        raise Stopping("the server is stopping")
    if process.returncode:
        raise RuntimeError(f"{command[0]}: {complaint.strip()}")


def stop(*processes):
    """Stops them the orderly way, and after some seconds in any case."""
    for process in processes:
        process.send_signal(signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            kill(process)
        _forget(_processes, process, process.pid)


def kill(process):
    """Ends it and what it started at once."""
    _kill_session(process.pid)
    process.wait()
    _forget(_processes, process, process.pid)


def make_folder(name):
    """A temporary folder that nobody else may enter."""
    with _lock:
        folder = Path(tempfile.mkdtemp(prefix=f"tap-{name}-"))
        _folders.add(folder)
        _tell_guard("+", folder)
    return folder


def remove_folder(folder):
    shutil.rmtree(folder, ignore_errors=True)
    _forget(_folders, folder, folder)


def stop_all():
    global _guard, _stopped
    with _lock:
        _stopped = True
    stop(*_processes)
    for folder in list(_folders):
        remove_folder(folder)
    with _lock:
        if _guard:
            _guard.stdin.close()
            _guard.wait()
            _guard = None


def _forget(things, thing, name):
    with _lock:
        if thing in things:
            things.remove(thing)
            _tell_guard("-", name)


def _tell_guard(sign, name):
    global _guard
    if _guard is None:
        _guard = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, text=True, bufsize=1, start_new_session=True
        )
    _guard.stdin.write(f"{sign}{name}\n")


def _kill_session(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def guard(lines):
    names = set()
    for line in lines:
        name = line[1:].rstrip("\n")
        names.add(name) if line[0] == "+" else names.remove(name)
    pids = [int(name) for name in names if name.isdigit()]
    for pid in pids:
        _signal(pid, signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    while any(_signal(pid, 0) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in pids:
        _kill_session(pid)
    for name in names:
        if not name.isdigit():
            shutil.rmtree(name, ignore_errors=True)


def _signal(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


atexit.register(stop_all)

if __name__ == "__main__":
    guard(sys.stdin)
