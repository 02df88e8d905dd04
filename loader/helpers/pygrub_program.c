/* The program pygrub. See pygrub_program.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/pygrub_program.h"

#include <linux/capability.h>
#include <string.h>
#include <unistd.h>

#include "common/child.h"
#include "common/text.h"

/* To print its usage. Seconds. */
#define USAGE_SECONDS 60

/* Where distributions of Xen put it. */
static const char *const places[] = {
    "/usr/bin/pygrub",           "/usr/lib/xen/bin/pygrub",       "/usr/libexec/xen/bin/pygrub",
    "/usr/lib64/xen/bin/pygrub", "/usr/local/lib/xen/bin/pygrub", "/usr/local/bin/pygrub",
};

struct child_cage pygrub_cage(const struct settings *settings, uint64_t file_max)
{
    uint64_t file_size = file_max < UINT64_MAX ? file_max + 1 : file_max;

    return (struct child_cage){
        .memory = PYGRUB_MEMORY,
        .file_size = file_size,
        /* Without a capability that it has no other use for, it can only lower a hard limit. */
        .file_size_most = file_size > PYGRUB_RUNAS_FILE_MAX ? file_size : PYGRUB_RUNAS_FILE_MAX,
        .cpu_seconds = settings->pygrub_timeout,
        /* What --runas is made of: mounts and namespaces, chroot(2), another user and group. And
         * the way to the disk and to its files: libxl's output directory has the mode 0600, which
         * not even its owner may pass without this one. All of it ends with the change of user,
         * before the disk is opened. */
        .capabilities = CHILD_CAPABILITY(CAP_SYS_ADMIN) | CHILD_CAPABILITY(CAP_SYS_CHROOT) |
                        CHILD_CAPABILITY(CAP_SETUID) | CHILD_CAPABILITY(CAP_SETGID) |
                        CHILD_CAPABILITY(CAP_DAC_READ_SEARCH),
        .complete = settings->require_confinement,
    };
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

/* --- does it know --runas? --------------------------------------------------------------- */

static int look_for_runas(void *context, const char *line, size_t length, struct error *err)
{
    (void)length, (void)err;
    if (strstr(line, "--runas"))
        *(bool *)context = true;
    return 0;
}

/* Asks it for its usage, which is one line of its stderr. 1 it knows, 0 it does not; or -1 with
 * ERR: a signal came. */
static int ask_for_runas(const struct settings *settings, const char *path, struct error *err)
{
    static const char *const words[] = {"pygrub", "--help", NULL};
    static const char *const environment[] = PYGRUB_ENVIRONMENT("TERM=dumb");
    const struct child_cage cage = pygrub_cage(settings, 0);
    auto_error struct error ended = ERROR_INIT;
    auto_free char *last = NULL;
    bool knows = false;
    const struct child_spec spec = {.name = "pygrub",
                                    .path = path,
                                    .argv = words,
                                    .envp = environment,
                                    .on_stdout = true,
                                    .total_seconds = USAGE_SECONDS,
                                    .cage = &cage,
                                    .last_words = &last,
                                    .line = look_for_runas,
                                    .context = &knows};

    if (child_run(&spec, &ended) < 0 && ended.name == ERROR_INTERRUPTED)
        return error_set(err, ended.name, "%s", ended.text);
    return knows || (last && strstr(last, "--runas"));
}

/* The same, once for each program: it is started up to three times in a run. */
static int knows_runas(const struct settings *settings, const char *path, struct error *err)
{
    static char *asked;
    static int answer;

    if (asked && strcmp(asked, path) == 0)
        return answer;
    int result = ask_for_runas(settings, path, err);
    if (result < 0)
        return -1;
    replace_string(&asked, xstrdup(path));
    answer = result;
    return answer;
}

/* --- together ---------------------------------------------------------------------------- */

int pygrub_find(const struct settings *settings, struct pygrub_program *program, struct error *err)
{
    const char *place = place_of_pygrub(settings);

    *program = (struct pygrub_program){.path = place};
    if (!place)
        return error_set(err, ERROR_HANDOFF,
                         "cannot hand off to pygrub: it is not at %s nor anywhere else where Xen "
                         "puts it; install it, or say where it is with the setting pygrub",
                         places[0]);
    if (access(place, X_OK) < 0)
        return error_set_errno(err, ERROR_HANDOFF, "cannot hand off to pygrub: %s", place);
    if (geteuid() != 0)
        return 0;
    int knows = knows_runas(settings, place, err);
    if (knows < 0)
        return -1;
    program->runas = knows > 0;
    if (knows > 0 || settings->pygrub_as_root)
        return 0;
    return error_set(err, ERROR_HANDOFF,
                     "cannot hand off to pygrub: %s knows no --runas, and would read the guest's "
                     "disk as root; install that of Xen 4.17.3 or later, or allow it with the "
                     "setting pygrub-as-root = yes",
                     place);
}
