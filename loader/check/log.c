/* Earlier starts. See log.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/check/log.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/child.h"
#include "common/io.h"
#include "common/text.h"

#define PREFIX "bootloader."
/* Lines of the journal that are asked for, and seconds that it may take. */
#define JOURNAL_LINES   "500"
#define JOURNAL_SECONDS 20
#define JOURNAL_BYTES   (1024 * 1024)

static const char next_of_log[] =
    "it was said at an earlier start; what stands above says whether it would be again";

/* --- lines ------------------------------------------------------------------------------- */

/* Whether WORD stands in TEXT as a whole: "VM web1" is not in "VM web10: …", and an empty one in
 * none. */
static bool holds(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = text; length && (at = strstr(at, word)); at += length) {
        unsigned char behind = (unsigned char)at[length];
        if (!isalnum(behind) && behind != '_' && behind != '-')
            return true;
    }
    return false;
}

size_t check_log_last(char *text, const char *word, char *lines[CHECK_LOG_LINES])
{
    size_t count = 0;

    for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
        line[strcspn(line, "\r")] = '\0';
        if (!*line || (word && !holds(line, word)))
            continue;
        if (count == CHECK_LOG_LINES)
            memmove(lines, lines + 1, (CHECK_LOG_LINES - 1) * sizeof *lines);
        else
            count++;
        lines[count - 1] = line;
    }
    return count;
}

static void say_lines(struct check_report *report, const char *where, char *const *lines,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool bad = strstr(lines[i], "RuntimeError: ") || text_starts(lines[i], "eliloader: ");
        check_say(report, bad ? CHECK_WARNING : CHECK_OK, "log", bad ? next_of_log : NULL, "%s: %s",
                  where, lines[i]);
    }
}

/* --- files ------------------------------------------------------------------------------- */

struct log_file {
    char *path;
    time_t changed;
};

static int newest_first(const void *a, const void *b)
{
    const struct log_file *one = a, *other = b;

    return one->changed < other->changed ? 1 : one->changed > other->changed ? -1 : 0;
}

/* The files of DIRECTORY into FILES. How many. */
static size_t find_files(const char *directory, struct log_file **files)
{
    size_t count = 0;
    struct dirent *entry;
    struct stat status;
    DIR *open = opendir(directory);

    while (open && (entry = readdir(open))) {
        if (!text_starts(entry->d_name, PREFIX) || !strstr(entry->d_name, ".log") ||
            fstatat(dirfd(open), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISREG(status.st_mode))
            continue;
        *files = xreallocarray(*files, count + 1, sizeof **files);
        (*files)[count++] =
            (struct log_file){xasprintf("%s/%s", directory, entry->d_name), status.st_mtime};
    }
    if (open)
        closedir(open);
    if (count)
        qsort(*files, count, sizeof **files, newest_first);
    return count;
}

/* The end of PATH, without NULs. The caller frees; NULL: it cannot be read. */
static char *read_end(const char *path)
{
    auto_fd int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0)
        return NULL;
    off_t from = status.st_size > CHECK_LOG_BYTES ? status.st_size - CHECK_LOG_BYTES : 0;
    auto_free char *text = xmalloc(CHECK_LOG_BYTES + 1);
    ssize_t length = pread_all(fd, text, CHECK_LOG_BYTES, from);
    if (length < 0)
        return NULL;
    for (ssize_t i = 0; i < length; i++)
        text[i] = text[i] ? text[i] : ' ';
    text[length] = '\0';
    return take_pointer(text);
}

/* Whether the log PATH is WORD's, and then its lines. */
static bool say_file(struct check_report *report, const char *path, const char *word)
{
    auto_free char *text = read_end(path);
    char *lines[CHECK_LOG_LINES];

    if (!text || !holds(text, word))
        return false;
    say_lines(report, path, lines, check_log_last(text, NULL, lines));
    return true;
}

void check_log_files(struct check_report *report, const char *directory, const char *vm,
                     const char *disk)
{
    struct log_file *files = NULL;
    size_t count = find_files(directory, &files);
    auto_free char *word = vm ? xasprintf("VM %s", vm) : xstrdup(disk ? disk : "");
    bool found = false;

    for (size_t i = 0; i < count; i++) {
        if (!found && i < CHECK_LOG_FILES && *word)
            found = say_file(report, files[i].path, word);
        free(files[i].path);
    }
    free(files);
    if (!found)
        check_say(report, CHECK_OK, "log", NULL, "no %s/" PREFIX "*.log names %s%s", directory,
                  vm ? "VM " : "",
                  vm     ? vm
                  : disk ? disk
                         : "it");
}

/* --- the journal ------------------------------------------------------------------------- */

static int take_journal(void *context, const char *line, size_t length, struct error *err)
{
    (void)err, (void)length;
    (void)buffer_add_text(context, line);
    return 0;
}

int check_log(struct check_report *report, const char *vm, const char *disk, struct error *err)
{
    static const char program[] = "/usr/bin/journalctl";
    static const char *const words[] = {"journalctl",  "--quiet", "--no-pager", "-o",
                                        "short-iso",   "-t",      "eliloader",  "-n",
                                        JOURNAL_LINES, NULL};
    auto_buffer struct buffer text = BUFFER_INIT(JOURNAL_BYTES);
    auto_error struct error why = ERROR_INIT;
    const struct child_spec spec = {.name = "journalctl",
                                    .path = program,
                                    .argv = words,
                                    .on_stdout = true,
                                    .total_seconds = JOURNAL_SECONDS,
                                    .line = take_journal,
                                    .context = &text};
    auto_free char *word = vm ? xasprintf("VM %s", vm) : NULL;
    char *lines[CHECK_LOG_LINES];

    check_log_files(report, CHECK_LOG_DIRECTORY, vm, disk);
    if (access(program, X_OK) < 0)
        return 0;
    if (child_run(&spec, &why) < 0) {
        if (why.name == ERROR_INTERRUPTED)
            return error_set(err, why.name, "%s", why.text);
        check_say_error(report, CHECK_WARNING, "log", "look into the host's own log instead", &why);
        return 0;
    }
    say_lines(report, "journal", lines,
              text.length ? check_log_last(text.data, word ? word : disk, lines) : 0);
    return 0;
}
