/* The editor of a person's choice. See vm_editor.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/vm/vm_editor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/child.h"
#include "common/io.h"

#define WHITE_SPACE " \t\n"
#define NO_PROGRAM  127

/* Where nothing is said: Debian's word for what the administrator chose, and what all have. */
static const char *const usual[] = {"sensible-editor", "vi"};

/* --- the file ----------------------------------------------------------------------------- */

/* True when nobody but root and us can put something else in the place of a folder in PATH. */
static bool is_safe(const char *path)
{
    struct stat status;

    return *path == '/' && stat(path, &status) == 0 && S_ISDIR(status.st_mode) &&
           (status.st_uid == 0 || status.st_uid == geteuid()) &&
           (!(status.st_mode & (S_IWGRP | S_IWOTH)) || (status.st_mode & S_ISVTX));
}

static int write_file(const struct vm_editor *editor, const char *name, const char *text)
{
    auto_fd int fd = openat(editor->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    return fd < 0 ? -1 : write_all(fd, text, strlen(text));
}

int vm_editor_open(struct vm_editor *editor, const char *name, const char *text, struct error *err)
{
    const char *wanted = getenv("TMPDIR");
    const char *where = wanted && is_safe(wanted) ? wanted : "/tmp";
    auto_free char *folder = xasprintf("%s/eliloader-edit.XXXXXX", where);

    signals_hold();
    if (!mkdtemp(folder)) /* with the mode 0700 */
        return error_set_errno(err, ERROR_INTERNAL, "cannot make a folder in %s for what is edited",
                               where);
    editor->path = xasprintf("%s/%s", folder, name);
    editor->folder = take_pointer(folder);
    editor->fd = open(editor->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (editor->fd < 0 || write_file(editor, name, text) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot write %s", editor->path);
    return 0;
}

int vm_editor_read(const struct vm_editor *editor, struct buffer *text, struct error *err)
{
    struct stat status;
    /* Editors put a new file in the place of the old one. */
    auto_fd int fd = openat(editor->fd, strrchr(editor->path, '/') + 1,
                            O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &status) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot read %s", editor->path);
    if (!S_ISREG(status.st_mode))
        return error_set(err, ERROR_INTERNAL, "%s is no file any more", editor->path);
    if (read_all(fd, text) == 0)
        return 0;
    if (errno == EFBIG)
        return error_set(err, ERROR_USAGE, "what you wrote is larger than %zu bytes",
                         text->maximum);
    return error_set_errno(err, ERROR_INTERNAL, "cannot read %s", editor->path);
}

/* Whatever the editor left there. */
static void remove_files(int folder)
{
    int fd = dup(folder);
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);

    if (!stream) {
        close_fd(&fd);
        return;
    }
    rewinddir(stream);
    for (struct dirent *entry; (entry = readdir(stream));)
        (void)unlinkat(folder, entry->d_name, 0);
    closedir(stream);
}

void vm_editor_close(struct vm_editor *editor)
{
    if (editor->folder && !editor->keep) {
        if (editor->fd >= 0)
            remove_files(editor->fd);
        (void)rmdir(editor->folder);
    }
    close_fd(&editor->fd);
    replace_string(&editor->folder, NULL);
    replace_string(&editor->path, NULL);
}

/* --- the program -------------------------------------------------------------------------- */

/* The words of COMMAND, which is changed, and PATH behind them, in the child. Does not return when
 * it can be started. */
static void start(char *command, char *path)
{
    size_t count = 0;
    char **words = xcalloc(strlen(command) / 2 + 3, sizeof *words);

    for (char *word; (word = strsep(&command, WHITE_SPACE));)
        if (*word)
            words[count++] = word;
    words[count] = path;
    if (count > 0)
        execvp(words[0], words);
    free(words);
}

static _Noreturn void become_editor(const struct vm_editor *editor, const char *chosen)
{
    static const int ours[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD, SIGPIPE};
    sigset_t none;

    for (size_t i = 0; i < ARRAY_SIZE(ours); i++)
        (void)signal(ours[i], SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (size_t i = 0; chosen ? i < 1 : i < ARRAY_SIZE(usual); i++)
        start(xstrdup(chosen ? chosen : usual[i]), editor->path);
    _exit(NO_PROGRAM);
}

/* What the person chose; NULL: nothing. */
static const char *choose(void)
{
    static const char *const names[] = {"VISUAL", "EDITOR"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const char *said = getenv(names[i]);
        if (said && said[strspn(said, WHITE_SPACE)])
            return said;
    }
    return NULL;
}

/* Waits for PID. Its status; *CAME is the signal that came for us, or 0. A key that sends SIGINT
 * is the editor's (ed, Emacs): it ends nothing here. */
static int wait_for(pid_t pid, int *came)
{
    sigset_t all;
    int status = 0, number;

    sigemptyset(&all);
    sigaddset(&all, SIGCHLD);
    sigaddset(&all, SIGTERM);
    sigaddset(&all, SIGHUP);
    sigaddset(&all, SIGINT);
    sigaddset(&all, SIGQUIT);
    *came = 0;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        number = sigwaitinfo(&all, NULL);
        if (number == SIGTERM || number == SIGHUP) {
            *came = number;
            kill(pid, number);
        }
    }
    return status;
}

/* ERR of an editor, CHOSEN or the usual one, that ended with STATUS. */
static int judge(const char *chosen, int status, int came, struct error *err)
{
    if (!came && WIFSIGNALED(status) && WTERMSIG(status) == SIGINT)
        came = SIGINT;
    if (came) {
        kill(getpid(), came); /* held: whoever asks for signals finds it */
        return error_set(err, ERROR_INTERRUPTED, "interrupted by a signal; nothing is changed");
    }
    if (!chosen)
        chosen = "vi";
    if (WIFSIGNALED(status))
        return error_set(err, ERROR_INTERNAL, "the editor '%s' was ended by the signal %d (%s)",
                         chosen, WTERMSIG(status), strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) == NO_PROGRAM)
        return error_set(err, ERROR_INTERNAL,
                         "the editor '%s' cannot be started; VISUAL or EDITOR names another",
                         chosen);
    if (WEXITSTATUS(status) != 0)
        return error_set(err, ERROR_INTERNAL,
                         "the editor '%s' ended with status %d; nothing is changed", chosen,
                         WEXITSTATUS(status));
    return 0;
}

int vm_editor_run(const struct vm_editor *editor, struct error *err)
{
    const char *chosen = choose();
    sigset_t quit, before;
    int came;

    sigemptyset(&quit);
    sigaddset(&quit, SIGQUIT);
    sigprocmask(SIG_BLOCK, &quit, &before);
    pid_t pid = fork();
    if (pid == 0)
        become_editor(editor, chosen);
    int status = pid < 0 ? 0 : wait_for(pid, &came);
    int saved = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = saved;
    if (pid < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot start an editor");
    return judge(chosen, status, came, err);
}
