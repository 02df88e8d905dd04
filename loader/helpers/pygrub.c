/* pygrub as a child. See pygrub.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/pygrub.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/child.h"
#include "common/log.h"
#include "loader/helpers/limits.h"
#include "loader/output/scratch.h"

/* One for each member of the handoff, and then some. */
#define WORDS_MAX 32
/* Bytes of an item that is not known that an error repeats. */
#define QUOTED_MAX 512

/* Where distributions of Xen put it. */
static const char *const places[] = {
    "/usr/bin/pygrub",           "/usr/lib/xen/bin/pygrub",       "/usr/libexec/xen/bin/pygrub",
    "/usr/lib64/xen/bin/pygrub", "/usr/local/lib/xen/bin/pygrub", "/usr/local/bin/pygrub",
};

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

/* NULL when it is nowhere. */
static const char *place_of_pygrub(const struct settings *settings)
{
    if (settings->pygrub)
        return settings->pygrub;
    for (size_t i = 0; i < ARRAY_SIZE(places); i++)
        if (access(places[i], X_OK) == 0)
            return places[i];
    return NULL;
}

bool handoff_has_pygrub(const struct settings *settings)
{
    const char *place = place_of_pygrub(settings);

    return place && access(place, X_OK) == 0;
}

static const char *find_pygrub(const struct settings *settings, struct error *err)
{
    const char *place = place_of_pygrub(settings);

    if (place)
        return place;
    error_set(err, ERROR_HANDOFF,
              "cannot hand off to pygrub: it is not at %s nor anywhere else where Xen puts it; "
              "install it, or say where it is with the setting pygrub",
              places[0]);
    return NULL;
}

static void make_words(const struct settings *settings, const struct handoff *handoff,
                       const struct scratch *scratch, struct words *words)
{
    auto_free char *uid = xasprintf("%lu", (unsigned long)settings->runas);

    add_word(words, "pygrub", NULL);
    if (settings->quiet)
        add_word(words, "-q", NULL);
    if (handoff->interactive)
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
    if (settings->runas_given && settings->quiet)
        add_word(words, "--runas=", uid);
    auto_free char *answer = xasprintf("--output=/proc/self/fd/%d", CHILD_ANSWER_FD);
    add_word(words, answer, NULL);
    add_word(words, "--output-format=simple0", NULL);
    add_word(words, "--output-directory=", scratch->path);
    add_word(words, handoff->disk, NULL);
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

static int take_files(const struct settings *settings, const struct handoff *handoff,
                      const struct pygrub_answer *answer, const struct scratch *scratch,
                      struct outputs *outputs, struct error *err)
{
    if (!answer->kernel)
        return error_set(err, ERROR_HANDOFF, "pygrub found no kernel on %s", handoff->disk);
    if (scratch_take(scratch, answer->kernel, &outputs->kernel, err) < 0 ||
        check_size(settings, handoff, &outputs->kernel, "kernel", handoff->kernel_max, err) < 0)
        return -1;
    if (!answer->ramdisk)
        return 0;
    if (scratch_take(scratch, answer->ramdisk, &outputs->ramdisk, err) < 0 ||
        check_size(settings, handoff, &outputs->ramdisk, "ramdisk", handoff->ramdisk_max, err) < 0)
        return -1;
    return 0;
}

/* --- together ---------------------------------------------------------------------------- */

/* Runs SPEC while files cannot grow past the larger limit: a sparse kernel of terabytes costs a
 * guest nothing, and pygrub would write it out into dom0. One byte more is let through, to be
 * seen by check_size(). */
static int run_limited(const struct child_spec *spec, const struct handoff *handoff,
                       struct error *err)
{
    uint64_t most =
        handoff->kernel_max > handoff->ramdisk_max ? handoff->kernel_max : handoff->ramdisk_max;
    struct rlimit before, during;

    if (getrlimit(RLIMIT_FSIZE, &before) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot limit the size of pygrub's files");
    during = before;
    if (most < during.rlim_cur)
        during.rlim_cur = (rlim_t)most + 1;
    /* Should our own stderr be a file of that size: a lost message, and not the end. */
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &during) < 0)
        return error_set_errno(err, ERROR_INTERNAL, "cannot limit the size of pygrub's files");
    int result = child_run(spec, err);
    (void)setrlimit(RLIMIT_FSIZE, &before);
    return result;
}

/* Names what a pygrub that failed has said. */
static void explain(const struct handoff *handoff, struct error *err)
{
    /* pygrub's own words, for a write that failed */
    static const char words[] = "Error writing temporary copy of ";

    if (err->name != ERROR_INTERNAL)
        return;
    err->name = ERROR_HANDOFF;
    if (!strstr(err->text, words))
        return;
    err->name = ERROR_LIMITS;
    error_hint(
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
    const char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", term,
                                       NULL};
    const char *program = find_pygrub(settings, err);
    struct words words __attribute__((cleanup(words_free))) = {.count = 0};
    /* Only with a person at a terminal does pygrub show its menu, for as long as they like. */
    bool menu = !settings->quiet && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);

    if (!program)
        return -1;
    make_words(settings, handoff, scratch, &words);
    const struct child_spec spec = {.name = "pygrub",
                                    .path = program,
                                    .argv = (const char *const *)words.list,
                                    .envp = environment,
                                    .terminal = menu,
                                    .separator = '\0',
                                    .total_seconds = menu ? 0 : (int)settings->pygrub_timeout,
                                    .line = pygrub_hear,
                                    .context = answer};
    log_step("handing off to %s for %s", program, handoff->disk);
    if (run_limited(&spec, handoff, err) == 0)
        return 0;
    explain(handoff, err);
    return error_prefix(err, "cannot boot from %s", handoff->disk);
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
