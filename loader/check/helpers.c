/* The helpers. See helpers.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/check/helpers.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/child.h"
#include "common/confine.h"
#include "common/log.h"
#include "common/protocol/fetch.h"
#include "common/protocol/fsprobe.h"
#include "common/protocol/medium.h"
#include "common/protocol/menu.h"
#include "common/protocol/ramdisk.h"
#include "loader/helpers/fsprobe.h"

/* To print its version. Seconds. */
#define VERSION_SECONDS 60

static int take_version(void *context, const char *line, size_t length, struct error *err)
{
    (void)err;
    if (length && !*(char **)context)
        *(char **)context = xasprintf("%.*s", (int)strcspn(line, "\n"), line);
    return 0;
}

/* Whether it starts at all: its libraries are there, and it is of our version. */
static bool check_one(struct check_report *report, const char *name)
{
    auto_error struct error why = ERROR_INIT;
    auto_free char *path = helper_path(name, &why), *version = NULL;
    const char *const words[] = {name, "--version", NULL};
    const struct child_spec spec = {.name = name,
                                    .path = path,
                                    .argv = words,
                                    .on_stdout = true,
                                    .total_seconds = VERSION_SECONDS,
                                    .line = take_version,
                                    .context = &version};

    if (!path || child_run(&spec, &why) < 0) {
        check_say_error(report, CHECK_FAILED, "helpers",
                        "install eliloader again, with the libraries of its package", &why);
        return false;
    }
    if (version && text_ends(version, ELILOADER_VERSION))
        return true;
    check_say(report, CHECK_FAILED, "helpers", "install all of eliloader from one package",
              "%s says that it is '%s', and this is eliloader " ELILOADER_VERSION, path,
              version ? version : "");
    return false;
}

/* --- confinement ------------------------------------------------------------------------- */

struct heard {
    char *missing; /* a sentence */
};

static void hear(void *context, enum log_kind kind, const char *text)
{
    struct heard *heard = context;

    (void)kind;
    if (strstr(text, "less confinement") && !heard->missing)
        heard->missing = xstrdup(text);
}

static void check_confinement(struct check_report *report, const struct settings *settings)
{
    static char ourselves[] = "/proc/self/exe";
    char *const disks[] = {ourselves};
    auto_probed struct probed probed = PROBED_INIT;
    auto_error struct error why = ERROR_INIT;
    struct heard heard = {NULL};

    log_divert(hear, &heard);
    int result = probe_disks(settings, disks, 1, NULL, &probed, &why);
    check_report_listen(report);
    auto_free char *missing = heard.missing;
    if (result < 0)
        check_say_error(report, CHECK_FAILED, "confinement",
                        "mend that: no helper can start; with require-confinement = no one that "
                        "cannot be confined wholly starts all the same",
                        &why);
    else if (missing)
        check_say(report, CHECK_WARNING, "confinement",
                  "use a kernel that has it, outside of a container; require-confinement = yes "
                  "starts no guest without",
                  "%s", missing);
    else
        check_say(report, CHECK_OK, "confinement", NULL,
                  "helpers are confined wholly (Landlock's ABI is %ld)", confine_landlock_abi());
}

void check_helpers(struct check_report *report, const struct settings *settings)
{
    static const char *const names[] = {FETCH_NAME, FSPROBE_NAME, MEDIUM_NAME, MENU_NAME,
                                        RAMDISK_NAME};
    bool all = true;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        all = check_one(report, names[i]) && all;
    if (all)
        check_say(report, CHECK_OK, "helpers", NULL,
                  "fetch, fsprobe, medium, menu and ramdisk start, and are of this version");
    check_confinement(report, settings);
}
