"""What a power cut may leave of files, by the calls that a program has made: a content is there once the file was
synced after its last write, a name once its folder was, and the names of the folders above that were made. syncfs()
does for all."""

import dataclasses
import os


@dataclasses.dataclass
class Content:
    """Of one file, under whatever names."""

    last_write: int = 0  # line of the log at which it was over
    syncs: list = dataclasses.field(default_factory=list)  # (begin, end) of each
    text: bytes = b""


@dataclasses.dataclass
class Change:
    """Of a name."""

    path: str
    kind: str  # named, replaced, removed
    begin: int
    end: int
    content: Content


def covers(sync, written, until):
    """Was all that was over at `written` made durable before `until`?"""
    begin, end = sync
    return written < begin and end < until


class Disk:
    def __init__(self, root):
        """As it is before the program runs."""
        self.root = str(root)
        self.files = {os.path.join(at, name): Content() for at, _, names in os.walk(self.root) for name in names}
        self.folders = {}  # made: line at which it was over
        self.folder_syncs = {}
        self.whole_syncs = []
        self.changes = []

    def is_inside(self, path):
        return path == self.root or path.startswith(self.root + "/")

    def apply(self, call):
        """The change of a name that the call is, or nothing."""
        if call.name in ("fsync", "fdatasync"):
            return self.sync_one(call.files[0], (call.begin, call.end))
        if call.name in ("mkdir", "mkdirat"):
            self.folders[call.paths()[-1]] = call.end
            return None
        paths = [] if "write" in call.name else [path for path in call.paths() if self.is_inside(path)]
        files = [path for path in call.files if self.is_inside(path)]
        if call.name == "syncfs" and files:
            self.whole_syncs.append((call.begin, call.end))
        elif call.name in ("write", "pwrite64", "writev", "ftruncate") and files:
            self.write(files[0], call)
        elif call.name == "openat" and paths and "O_CREAT" in call.arguments and paths[-1] not in self.files:
            self.files[paths[-1]] = Content(call.end)
        elif call.name in ("rename", "renameat", "renameat2") and len(paths) == 2:
            return self.rename(*paths, call)
        elif call.name in ("unlink", "unlinkat") and paths and paths[-1] in self.files:
            return self.note(Change(paths[-1], "removed", call.begin, call.end, self.files.pop(paths[-1])))
        elif call.name in ("link", "linkat") and paths:
            raise NotImplementedError("hard links")
        return None

    def note(self, change):
        self.changes.append(change)
        return change

    def write(self, path, call):
        content = self.files.setdefault(path, Content())
        content.last_write = call.end
        content.text += call.strings[0] if call.strings else b""

    def rename(self, path, target, call):
        kind = "replaced" if target in self.files else "named"
        self.files[target] = self.files.pop(path, None) or Content(call.end)
        return self.note(Change(target, kind, call.begin, call.end, self.files[target]))

    def sync_one(self, path, sync):
        if path in self.files:
            self.files[path].syncs.append(sync)
        else:
            self.folder_syncs.setdefault(path, []).append(sync)

    def has_content(self, content, until):
        """Was it durable before line `until` began?"""
        if content.last_write == 0:
            return True
        return any(covers(sync, content.last_write, until) for sync in self.whole_syncs + content.syncs)

    def has_name(self, path, since, until):
        """Was the change that was over at `since` durable before line `until` began?"""
        if any(covers(sync, since, until) for sync in self.whole_syncs):
            return True
        folder = os.path.dirname(path)
        if not any(covers(sync, since, until) for sync in self.folder_syncs.get(folder, [])):
            return False
        return folder not in self.folders or self.has_name(folder, self.folders[folder], until)

    def is_durable(self, change, until):
        return self.has_name(change.path, change.end, until) and (
            change.kind == "removed" or self.has_content(change.content, until)
        )
