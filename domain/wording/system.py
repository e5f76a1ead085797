"""What the operating system says no with, in both languages."""

import errno

from domain.words import Text

_BY_ERRNO = {
    errno.EACCES: Text(ru="нет прав", en="permission denied"),
    errno.EPERM: Text(ru="нет прав", en="permission denied"),
    errno.ENOENT: Text(ru="нет такого файла или папки", en="no such file or folder"),
    errno.EISDIR: Text(ru="это папка", en="it is a folder"),
    errno.ENOTDIR: Text(ru="это не папка", en="it is no folder"),
    errno.EEXIST: Text(ru="уже есть", en="it is there already"),
    errno.ENOSPC: Text(ru="на диске нет места", en="no space left on the disk"),
    errno.EDQUOT: Text(ru="на диске нет места", en="no space left on the disk"),
    errno.EROFS: Text(ru="диск только для чтения", en="the disk is read-only"),
    errno.EIO: Text(ru="диск не отвечает", en="the disk fails"),
    errno.ENAMETOOLONG: Text(ru="слишком длинное имя", en="the name is too long"),
    errno.EMFILE: Text(ru="открыто слишком много файлов", en="too many open files"),
    errno.EADDRINUSE: Text(ru="порт занят", en="the port is taken"),
    errno.EADDRNOTAVAIL: Text(ru="у этой машины нет такого адреса", en="this machine has no such address"),
    errno.ECONNREFUSED: Text(ru="соединение отклонено", en="connection refused"),
}


def system_words(error: OSError) -> Text:
    """Of what has no words here, the number in Russian and the system's own words in English."""
    if error.errno in _BY_ERRNO:
        return _BY_ERRNO[error.errno]
    said = error.strerror or str(error) or type(error).__name__
    return Text(ru=f"ошибка системы {error.errno or ''}".strip(), en=said)
