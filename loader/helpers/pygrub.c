/* pygrub as a child. See pygrub.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/pygrub.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/child.h"
#include "common/io.h"
#include "common/kernel_magic.h"
#include "common/log.h"
#include "loader/helpers/limits.h"
#include "loader/helpers/pygrub_program.h"
#include "loader/output/scratch.h"

/* One for each member of the handoff, and then some. */
#define WORDS_MAX 32
/* Bytes of an item that is not known that an error repeats. */
#define QUOTED_MAX 512

struct words {
    char *list[WORDS_MAX + 1]; /* NULL-terminated; owned */
    size_t count;
};

static void words_free(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->list[i]);
}

/* Adds NAME=VALUE, or NAME alone when VALUE is NULL. */
static void add_word(struct words *words, const char *name, const char *value)
{
    if (words->count < WORDS_MAX)
        words->list[words->count++] = value ? xasprintf("%s%s", name, value) : xstrdup(name);
}

bool handoff_has_pygrub(const struct settings *settings)
{
    auto_error struct error err = ERROR_INIT;
    struct pygrub_program program;

    if (pygrub_find(settings, &program, &err) == 0)
        return true;
    if (program.path)
        log_step("%s", err.text);
    return false;
}

bool handoff_may_read(const struct probed *probed)
{
    /* libfsimage's, as libblkid names them */
    static const char *const kinds[] = {"ext2", "ext3", "ext4", "iso9660",   "reiserfs",
                                        "ufs",  "vfat", "xfs",  "zfs_member"};
    bool might = false;

    if (!probed->known)
        return true;
    for (size_t i = 0; i < probed->volume_count; i++) {
        const struct probed_volume *volume = &probed->volumes[i];
        if (volume->disk != 0)
            continue;
        if (volume->reader)
            return false;
        for (size_t k = 0; volume->type && k < ARRAY_SIZE(kinds); k++)
            might |= strcmp(volume->type, kinds[k]) == 0;
    }
    return might;
}

bool handoff_reads(const struct probed *probed, const struct probed_entry *entry)
{
    /* Of XFS it knows the oldest kind only, which mkfs has not made by itself since 2015. */
    static const char *const kinds[] = {"ext2", "ext3", "ext4", "iso9660", "reiserfs", "ufs"};
    const char *type = NULL;

    for (size_t i = 0; !entry->volume && i < probed->volume_count; i++) {
        const struct probed_volume *volume = &probed->volumes[i];
        if (!volume->name && volume->disk == entry->disk && volume->partition == entry->partition)
            type = volume->type;
    }
    for (size_t i = 0; type && i < ARRAY_SIZE(kinds); i++)
        if (strcmp(type, kinds[i]) == 0)
            return true;
    return false;
}

static void make_words(const struct settings *settings, const struct pygrub_program *program,
                       const struct handoff *handoff, const struct scratch *scratch,
                       struct words *words)
{
    /* A host's disks are root's: the user that pygrub becomes gets a node of its own. */
    auto_free char *device =
        program->runas ? scratch_device(scratch, handoff->disk, settings->runas) : NULL;
    auto_free char *uid = xasprintf("%lu", (unsigned long)settings->runas);

    add_word(words, "pygrub", NULL);
    /* With --runas it has no menu, and takes no -i. */
    if (settings->quiet || program->runas)
        add_word(words, "-q", NULL);
    if (handoff->interactive && !program->runas)
        add_word(words, "-i", NULL);
    if (handoff->entry)
        add_word(words, "--entry=", handoff->entry);
    if (handoff->offset)
        add_word(words, "--offset=", handoff->offset);
    if (handoff->kernel)
        add_word(words, "--kernel=", handoff->kernel);
    if (handoff->ramdisk)
        add_word(words, "--ramdisk=", handoff->ramdisk);
    if (handoff->args)
        add_word(words, "--args=", handoff->args);
    if (program->runas)
        add_word(words, "--runas=", uid);
    auto_free char *answer = xasprintf("--output=/proc/self/fd/%d", CHILD_ANSWER_FD);
    add_word(words, answer, NULL);
    add_word(words, "--output-format=simple0", NULL);
    add_word(words, "--output-directory=", scratch->path);
    add_word(words, device ? device : handoff->disk, NULL);
}

/* --- the answer -------------------------------------------------------------------------- */

void pygrub_answer_free(struct pygrub_answer *answer)
{
    replace_string(&answer->kernel, NULL);
    replace_string(&answer->ramdisk, NULL);
    replace_string(&answer->args, NULL);
}

int pygrub_hear(void *context, const char *line, size_t length, struct error *err)
{
    struct pygrub_answer *answer = context;
    const struct {
        const char *key;
        char **value;
    } items[] = {
        {"kernel ", &answer->kernel}, {"ramdisk ", &answer->ramdisk}, {"args ", &answer->args}};

    if (!length)
        return 0;
    for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
        if (!text_starts(line, items[i].key))
            continue;
        if (*items[i].value)
            return error_set(err, ERROR_HANDOFF, "pygrub's answer has two items '%s'",
                             items[i].key);
        *items[i].value = xstrdup(line + strlen(items[i].key));
        return 0;
    }
    return error_set(err, ERROR_HANDOFF, "pygrub's answer holds '%.*s', which is nothing known",
                     QUOTED_MAX, line);
}

static int check_size(const struct settings *settings, const struct handoff *handoff,
                      const struct output_file *file, const char *kind, uint64_t max,
                      struct error *err)
{
    const struct fetch_limits limits = {.vm = handoff->vm};
    struct stat status;

    if (fstat(file->fd, &status) < 0)
        return error_set_errno(err, ERROR_HANDOFF, "cannot look at the %s from %s", kind,
                               handoff->disk);
    if (status.st_size == 0)
        return error_set(err, ERROR_HANDOFF, "the %s that pygrub took from %s is empty", kind,
                         handoff->disk);
    if ((uint64_t)status.st_size <= max)
        return 0;
    error_set(err, ERROR_LIMITS,
              "the %s that pygrub took from %s has %llu bytes, and the limit is %llu", kind,
              handoff->disk, (unsigned long long)status.st_size, (unsigned long long)max);
    return fetch_limit_hint(settings, &limits, kind, err);
}

/* pygrub copies whatever the guest's configuration names. */
static int check_kernel(const struct handoff *handoff, const struct output_file *file,
                        struct error *err)
{
    unsigned char head[KERNEL_HEAD];
    ssize_t length = pread_all(file->fd, head, sizeof head, 0);

    if (length < 0)
        return error_set_errno(err, ERROR_HANDOFF, "cannot look at the kernel from %s",
                               handoff->disk);
    if (kernel_magic(head, (size_t)length))
        return 0;
    return error_set(err, ERROR_HANDOFF, "what pygrub took from %s as the kernel is not a kernel",
                     handoff->disk);
}

static int take_file(const struct handoff *handoff, const struct scratch *scratch, const char *path,
                     const char *kind, struct output_file *file, struct error *err)
{
    if (scratch_take(scratch, path, file, err) == 0 && output_file_seal(file, err) == 0)
        return 0;
    return error_prefix(err, "the %s that pygrub took from %s", kind, handoff->disk);
}

static int take_files(const struct settings *settings, const struct handoff *handoff,
                      const struct pygrub_answer *answer, const struct scratch *scratch,
                      struct outputs *outputs, struct error *err)
{
    if (take_file(handoff, scratch, answer->kernel, "kernel", &outputs->kernel, err) < 0 ||
        check_size(settings, handoff, &outputs->kernel, "kernel", handoff->kernel_max, err) < 0 ||
        check_kernel(handoff, &outputs->kernel, err) < 0)
        return -1;
    if (!answer->ramdisk)
        return 0;
    if (take_file(handoff, scratch, answer->ramdisk, "ramdisk", &outputs->ramdisk, err) < 0 ||
        check_size(settings, handoff, &outputs->ramdisk, "ramdisk", handoff->ramdisk_max, err) < 0)
        return -1;
    return 0;
}

/* --- together ---------------------------------------------------------------------------- */

/* Names what a pygrub that failed has said: its LAST words, or NULL. With --runas it ends with 0
 * all the same, and without an answer. Returns -1. */
static int explain(const struct settings *settings, const struct handoff *handoff, const char *last,
                   struct error *err)
{
    /* pygrub's own words, for a write that failed, and Python's, for a disk that it cannot open */
    static const char no_room[] = "Error writing temporary copy of ",
                      no_disk[] = "Permission denied: '/device'";

    if (err->name == ERROR_INTERNAL)
        err->name = ERROR_HANDOFF;
    if (last && strstr(last, no_disk))
        return error_hint(err, "the user %lu, which pygrub becomes (--runas), may not read it",
                          (unsigned long)settings->runas);
    if (!last || !strstr(last, no_room))
        return -1;
    err->name = ERROR_LIMITS;
    return error_hint(
        err,
        "it is larger than the limits, or dom0 has no room for it; the limits are %llu bytes "
        "(kernel-max-size) and %llu bytes (ramdisk-max-size), and can be raised",
        (unsigned long long)handoff->kernel_max, (unsigned long long)handoff->ramdisk_max);
}

static int run_pygrub(const struct settings *settings, const struct handoff *handoff,
                      const struct scratch *scratch, struct pygrub_answer *answer,
                      struct error *err)
{
    const char *terminal_type = getenv("TERM");
    auto_free char *term = xasprintf("TERM=%s", terminal_type ? terminal_type : "dumb");
    const char *const environment[] = PYGRUB_ENVIRONMENT(term);
    auto_free char *last = NULL;
    struct pygrub_program program;
    struct words words __attribute__((cleanup(words_free))) = {.count = 0};

    if (pygrub_find(settings, &program, err) < 0)
        return -1;
    make_words(settings, &program, handoff, scratch, &words);
    /* Only with a person at a terminal does pygrub show its menu, for as long as they like. */
    bool menu = !settings->quiet && !program.runas && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    /* A sparse kernel of terabytes costs a guest nothing, and pygrub would write it out into dom0.
     */
    const struct child_cage cage =
        pygrub_cage(settings, handoff->kernel_max > handoff->ramdisk_max ? handoff->kernel_max
                                                                         : handoff->ramdisk_max);
    const struct child_spec spec = {.name = "pygrub",
                                    .path = program.path,
                                    .argv = (const char *const *)words.list,
                                    .envp = environment,
                                    .terminal = menu,
                                    .separator = '\0',
                                    .total_seconds = menu ? 0 : (int)settings->pygrub_timeout,
                                    .cage = &cage,
                                    .last_words = &last,
                                    .line = pygrub_hear,
                                    .context = answer};
    log_step("handing off to %s for %s", program.path, handoff->disk);
    if (handoff->interactive && program.runas)
        log_warning("pygrub's menu is not shown: as user %lu it has none; eliloader has one, "
                    "without --handoff=pygrub",
                    (unsigned long)settings->runas);
    if (child_run(&spec, err) < 0) {
        (void)explain(settings, handoff, last, err);
        return error_prefix(err, "cannot boot from %s", handoff->disk);
    }
    if (answer->kernel)
        return 0;
    error_set(err, ERROR_HANDOFF, "cannot boot from %s: pygrub found no kernel", handoff->disk);
    if (last)
        error_hint(err, "it said: %s", last);
    return explain(settings, handoff, last, err);
}

int handoff_pygrub(const struct settings *settings, const struct handoff *handoff,
                   struct outputs *outputs, char **args, struct error *err)
{
    auto_scratch struct scratch scratch = SCRATCH_INIT;
    auto_pygrub_answer struct pygrub_answer answer = {NULL, NULL, NULL};
    int result = scratch_make(&scratch, outputs->directory, outputs->directory_fd, err);

    if (result == 0)
        result = run_pygrub(settings, handoff, &scratch, &answer, err);
    if (result == 0)
        result = take_files(settings, handoff, &answer, &scratch, outputs, err);
    if (result == 0)
        /* Named at once: the folder that they are in goes away here. */
        result = outputs_name(outputs, err);
    if (result == 0)
        *args = answer.args ? take_pointer(answer.args) : xstrdup("");
    if (result < 0 && err->name == ERROR_INTERNAL)
        err->name = ERROR_HANDOFF;
    return result;
}
