"""A submission in a process of its own, with limits of time, memory and what it writes.

The process gets the spec through its stdin, and hands back a line for each question through its
stdout, so that what was graded before a submission ended its process is known. It is no sandbox.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from .guards import SOLUTION, Refusal, load_submission
from .marking import ENDED, SUBMISSION, Examination, Verdict
from .spec import SpecError, read_spec

LARGEST_FILE = 50_000_000  # bytes; plots and arrays of homework are smaller
ON_POSIX = os.name == "posix"
PLACE = str(Path(__file__).parents[3])  # where the package is found
NOT_FINISHED = "Not finished after {:g} s. Look for a loop without end."
WHEN_LOADED = (
    ' What trains or plots when the file is loaded belongs below `if __name__ == "__main__":`.'
)
NOT_LOADED = "The file cannot be loaded. {}"


class Grader:
    """Grades submissions, each in processes of its own; `stop` ends those that run.

    Parameters
    ----------
    text : str
        The spec, as TOML.

    Raises
    ------
    SpecError
        If it is none, or its values are missing.
    """

    def __init__(self, text):
        self.text, self.spec = text, read_spec(text)
        for question in self.spec.questions:
            if question.kind == "values" and not question.values:
                raise SpecError(f"expected values in {question.name!r}, got none: see --reference")
        self.running, self.stopped = set(), False

    def grade(self, path):
        """Return the verdicts on a submission.

        A question at which it ends its process, or does not finish, earns nothing, and neither do
        others of that function or its derivatives; a new process goes on with the next.

        Examples
        --------
        >>> from dlhw.exercises.grading.spec import spec_text
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder, "mine.py")
        ...     _ = file.write_text("raise SystemExit")
        ...     Grader(spec_text("I.1")).grade(file)[0].hint
        'The file cannot be loaded. It ended the program: look for exit(), os._exit() or a crash.'
        """
        verdicts, left = {}, list(self.spec.questions)
        while left and not self.stopped:
            lines, trouble = self._run(path, [question.name for question in left])
            for line in lines[1:]:
                verdict = Verdict(*line)
                verdicts[verdict.question] = verdict
            left = [question for question in left if question.name not in verdicts]
            if not left:
                break
            loaded = bool(lines)
            if not loaded and trouble != ENDED:
                trouble += WHEN_LOADED
            hint = NOT_LOADED.format(trouble)
            lost = left
            if loaded:
                hint = f"{left[0].function}: {trouble}"
                lost = [q for q in left if _hangs_on(q, left[0])]
            for question in lost:
                verdicts[question.name] = Verdict(question.name, 0, question.points, hint)
            left = [question for question in left if question not in lost]
        return [verdicts[q.name] for q in self.spec.questions if q.name in verdicts]

    def stop(self):
        """End all that runs, and begin nothing more."""
        self.stopped = True
        for process in list(self.running):
            _end(process)

    def _run(self, path, names):
        """Return the lines of one process, and why there are no more."""
        with TemporaryDirectory(prefix="dlhw-grade-", ignore_cleanup_errors=True) as folder:
            copy = Path(folder, SUBMISSION)
            copyfile(path, copy)
            process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(copy), *names],
                cwd=folder,
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=ON_POSIX,
            )
            self.running.add(process)
            if self.stopped:  # while it began
                _end(process)
            trouble = ENDED
            try:
                out, _ = process.communicate(self.text.encode(), self.spec.seconds)
            except subprocess.TimeoutExpired:
                trouble = NOT_FINISHED.format(self.spec.seconds)
                _end(process)
                out, _ = process.communicate()
            finally:
                _end(process)
                self.running.discard(process)
        *whole, _ = out.decode().split("\n")
        return [json.loads(line) for line in whole], trouble


def _hangs_on(question, lost):
    """Say whether a question needs the function at which another was lost."""
    return question.function == lost.function or question.of == lost.name


def _environment():
    paths = [PLACE, os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
    }


def _end(process):
    """End a process and, where the system can, those that it began."""
    if ON_POSIX:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return
    else:
        process.kill()


# ---- in the process of a submission --------------------------------------------------------------


def main(path, *names):
    """Grade the questions of some names; the spec comes through stdin."""
    threading.Thread(target=_end_with_grader, args=(os.getppid(),), daemon=True).start()
    spec = read_spec(sys.stdin.buffer.read().decode())
    tell = _only_voice()
    _limit(spec)
    refusal = Refusal()
    refusal.set_up()
    questions = [question for question in spec.questions if question.name in names]
    hint = _trouble(path, refusal)
    if not hint:
        examination = Examination(spec, sys.modules["submission"])
    tell("loaded")
    for question in questions:
        if hint:
            tell(Verdict(question.name, 0, question.points, hint))
            continue
        verdict = examination.verdict(question)
        name = refusal.borrowed(examination.submission)
        if name:
            verdict = Verdict(question.name, 0, question.points, SOLUTION.format(name))
        tell(verdict)


def _end_with_grader(grader):
    """Wait until the grader is gone, however it ended, and end then: nobody else would."""
    while os.getppid() == grader:
        time.sleep(0.5)
    os._exit(1)


def _trouble(path, refusal):
    """Load a submission; return why that fails, or ""."""
    try:
        submission = load_submission(path)
    except SystemExit:
        return NOT_LOADED.format(ENDED)
    except Exception as error:
        if refusal.refused:
            return SOLUTION.format(refusal.refused)
        return NOT_LOADED.format(_said(error, path))
    name = refusal.borrowed(submission)
    return SOLUTION.format(name) if name else ""


def _said(error, path):
    """Return an error in a line, with the line of the file where it has one."""
    kind = type(error).__name__
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == path]
    if isinstance(error, SyntaxError):
        lines, text = [error.lineno], error.msg
    else:
        text = str(error)
    where = f" in line {lines[-1]}" if lines else ""
    return f"{kind}{where}: {text}"


def _only_voice():
    """Return what writes a line to the grader; whatever else is printed from now on is lost."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)

    def tell(line):
        out.write(json.dumps(line) + "\n")
        out.flush()

    return tell


def _limit(spec):
    """Limit memory and the size of files, where the system can."""
    try:
        import resource
    except ImportError:
        return
    limits = {
        resource.RLIMIT_AS: int(spec.megabytes * 1e6),
        resource.RLIMIT_FSIZE: LARGEST_FILE,
        resource.RLIMIT_CORE: 0,
    }
    for limit, size in limits.items():
        try:
            resource.setrlimit(limit, (size, size))
        except (ValueError, OSError):
            continue


if __name__ == "__main__":
    main(*sys.argv[1:])
