/* eliloader extract DISK…: what a guest's disks boot, as files. See commands.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/child.h"
#include "common/escape.h"
#include "common/io.h"
#include "loader/commands/commands.h"
#include "loader/commands/finish_output.h"
#include "loader/helpers/fsprobe.h"
#include "loader/output/outputs.h"

#define KERNEL  "kernel"
#define RAMDISK "ramdisk"
#define ARGS    "args"

/* What is there already is somebody's: a kernel of one guest beside another's ramdisk helps nobody.
 */
static int refuse_existing(const struct outputs *outputs, struct error *err)
{
    static const char *const names[] = {KERNEL, RAMDISK, ARGS};
    struct stat status;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (fstatat(outputs->directory_fd, names[i], &status, AT_SYMLINK_NOFOLLOW) == 0)
            return error_set(err, ERROR_INTERNAL,
                             "%s/%s is there already, and is not overwritten; remove it, or choose "
                             "another --output-directory",
                             outputs->directory, names[i]);
    return 0;
}

/* Gives the file of FD its NAME, which nothing has yet. */
static int name_file(const struct outputs *outputs, int fd, const char *name, struct error *err)
{
    auto_free char *self = xasprintf("/proc/self/fd/%d", fd);

    if (linkat(AT_FDCWD, self, outputs->directory_fd, name, AT_SYMLINK_FOLLOW) == 0)
        return 0;
    return error_set_errno(err, ERROR_INTERNAL, "cannot make %s/%s", outputs->directory, name);
}

static int write_args(const struct outputs *outputs, const char *args, struct error *err)
{
    auto_free char *line = xasprintf("%s\n", args);
    auto_fd int fd =
        openat(outputs->directory_fd, ARGS, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd >= 0 && write_all(fd, line, strlen(line)) == 0)
        return 0;
    error_set_errno(err, ERROR_INTERNAL, "cannot write %s/" ARGS, outputs->directory);
    /* Only what is ours. */
    if (fd >= 0)
        (void)unlinkat(outputs->directory_fd, ARGS, 0);
    return -1;
}

/* All of it, or nothing. */
static int name_all(const struct outputs *outputs, const char *args, struct error *err)
{
    bool ramdisk = outputs->ramdisk.fd >= 0;

    if (name_file(outputs, outputs->kernel.fd, KERNEL, err) < 0)
        return -1;
    if (ramdisk && name_file(outputs, outputs->ramdisk.fd, RAMDISK, err) < 0) {
        (void)unlinkat(outputs->directory_fd, KERNEL, 0);
        return -1;
    }
    if (write_args(outputs, args, err) == 0)
        return 0;
    (void)unlinkat(outputs->directory_fd, KERNEL, 0);
    if (ramdisk)
        (void)unlinkat(outputs->directory_fd, RAMDISK, 0);
    return -1;
}

static int print_names(const struct outputs *outputs, struct error *err)
{
    auto_free char *directory = text_escape(outputs->directory);

    printf("%s/" KERNEL "\n", directory);
    if (outputs->ramdisk.fd >= 0)
        printf("%s/" RAMDISK "\n", directory);
    printf("%s/" ARGS "\n", directory);
    return finish_output(err);
}

int command_extract(const struct settings *settings, struct error *err)
{
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    auto_probed struct probed probed = PROBED_INIT;
    struct probed_entry entry;

    if (settings->operand_count == 0)
        return error_set(err, ERROR_USAGE, "extract takes at least one DISK (--help tells more)");
    auto_free char *here = getcwd(NULL, 0);
    if (!here)
        return error_set_errno(err, ERROR_INTERNAL, "cannot tell which directory this is");
    signals_hold();
    if (outputs_open(&outputs, settings->output_directory_given ? settings->output_directory : here,
                     false, err) < 0 ||
        refuse_existing(&outputs, err) < 0)
        return -1;
    const struct probe_want want = {.arch = settings->arch,
                                    .well_known = settings->well_known,
                                    .entry = settings->entry,
                                    .outputs = &outputs};
    if (probe_disks(settings, settings->operands, settings->operand_count, &want, &probed, err) < 0)
        return -1;
    if (!probed_boot(&probed, &entry))
        return error_set(err, ERROR_HANDOFF,
                         "nothing on %s can be booted: %s; `eliloader probe` "
                         "tells more",
                         settings->operands[0],
                         probed.cause ? probed.cause : "there is no boot configuration");
    if (signals_pending())
        return error_set(err, ERROR_INTERRUPTED, "stopped by a signal");
    if (name_all(&outputs, entry.args, err) < 0)
        return -1;
    return print_names(&outputs, err);
}
