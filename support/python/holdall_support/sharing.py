"""Work that several processors share: threads for what Python leaves its own lock for (hashing), forked children for
what holds it (reading entries, writing thousands of files).
"""

import marshal
import os

MOST = 4  # processes or threads: beyond that they wait for one another in the file system

_parent = None  # in a child: who forked it


def count_processors():
    try:
        return min(len(os.sched_getaffinity(0)), MOST)
    except (AttributeError, OSError):
        return 1


def divide(costs, count):
    """The keys of `costs` in at most `count` portions of about the same cost, the dearest first."""
    portions = [(0, number, []) for number in range(min(count, len(costs)))]
    for key in sorted(costs, key=lambda key: (-costs[key], key)):
        total, number, portion = min(portions)
        portion.append(key)
        portions[portions.index((total, number, portion))] = (total + costs[key], number, portion)
    return [portion for _, _, portion in portions]


def share_with_threads(portions, do):
    """Calls `do` for each item of the portions. When all have ended, one of their errors is raised, if any."""
    if len(portions) > 1:
        import threading
    errors = []

    def work(portion):
        try:
            for item in portion:
                do(item)
        except BaseException as error:
            errors.append(error)

    threads = []
    own = portions[:1]
    for portion in portions[1:]:
        thread = threading.Thread(target=work, args=(portion,))
        try:
            thread.start()
            threads.append(thread)
        except RuntimeError:  # no more threads
            own.append(portion)
    for portion in own:
        work(portion)
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def share_with_children(portions, do, directory, let_go):
    """Item to `do(item)`, which marshal can write. The first portion is done here, the others by children.

    What a child could not do, for whatever reason, is not in the result: the caller does it again, and meets the error
    where it can be explained. `let_go` is called in each child: it must not hold what others wait for.
    """
    children = []
    try:
        for number, portion in enumerate(portions[1:]):
            path = "%s/portion-%d" % (directory, number)
            try:
                children.append((fork_child(portion, do, path, let_go), path))
            except OSError:  # no more processes, or no memory for one
                break
        done = {item: do(item) for item in portions[0]} if portions else {}
        while children:
            pid, path = children[0]
            wait_for(pid)
            del children[0]
            done.update(read_done(path))
        return done
    finally:
        for pid, _ in children:
            os.kill(pid, 9)
            wait_for(pid)


def fork_child(portion, do, path, let_go):
    global _parent
    parent = os.getpid()
    pid = os.fork()
    if pid != 0:
        return pid
    try:
        _parent = parent
        let_go()
        text = marshal.dumps({item: do(item) for item in portion})
        with open(path + ".new", "xb") as file:
            file.write(text)
        os.rename(path + ".new", path)
        os._exit(0)
    finally:  # whatever is wrong, and Control-C: the parent does it again or says why not
        os._exit(1)


def while_parent_lives(items):
    """The items. In a child whose parent was killed it ends the process: nobody would wait for it."""
    for item in items:
        if _parent is not None and os.getppid() != _parent:
            os._exit(1)
        yield item


def wait_for(pid):
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:  # who started this program ignores SIGCHLD: it has ended, and its status is lost
        pass


def read_done(path):
    try:
        with open(path, "rb") as file:
            return marshal.loads(file.read())
    except FileNotFoundError:
        return {}
