/* What xenpvnetboot did, under its name or with --location: kernel and ramdisk from where somebody
 * says, for a guest that has no record. See commands.h, and location.h for what a location is.
 *
 * Differences that its users may see: with --kernel and no --ramdisk there is no ramdisk, where it
 * looked for any; a path is never looked for outside LOCATION; what is kept behind a location is
 * read by a confined helper, and nothing is mounted.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/child.h"
#include "loader/boot/finish.h"
#include "loader/boot/guest_kind.h"
#include "loader/boot/kernel_support.h"
#include "loader/boot/limits.h"
#include "loader/boot/unpack.h"
#include "loader/commands/commands.h"
#include "loader/media/inject_archive.h"
#include "loader/sources/location.h"

static int check_options(const struct settings *settings, struct error *err)
{
    bool location = settings->location && *settings->location;
    bool kernel = settings->kernel && *settings->kernel;

    if (settings->vm)
        return error_set(err, ERROR_USAGE,
                         "--vm goes with eliloader, not with xenpvnetboot, which knows no VMs");
    if (!location && !kernel)
        return error_set(err, ERROR_USAGE,
                         "neither --location nor --kernel says where the kernel is (--help tells "
                         "more)");
    if (settings->list_entries || settings->not_really || settings->interactive)
        return error_set(err, ERROR_USAGE,
                         "a location has no boot entries, so %s does not go with it",
                         settings->list_entries ? "--list-entries"
                         : settings->not_really ? "--not-really"
                                                : "--interactive");
    return 0;
}

/* What stands behind the options is the guest's disk, which libxl names to every bootloader. */
int command_pvnetboot(const struct settings *settings, struct error *err)
{
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    auto_inject struct inject inject = INJECT_INIT;
    const struct inject_into into = {NULL, NULL, "xenpvnetboot"};
    struct xenstore_found store;
    struct fetch_limits limits;
    enum guest_kind kind;

    if (check_options(settings, err) < 0)
        return -1;
    signals_hold();
    xenstore_look(settings, &store);
    if (limits_read(settings, NULL, NULL, &store, &limits, err) < 0 ||
        guest_kind_find(settings, NULL, NULL, &store, &kind, err) < 0 ||
        limits_fit(settings, settings->output_directory, &limits, err) < 0 ||
        inject_open_set(settings, true, &limits, &inject, err) < 0 ||
        outputs_open(&outputs, settings->output_directory, true, err) < 0 ||
        location_fetch(settings, settings->location, settings->kernel, settings->ramdisk,
                       settings->proxy, &limits, &outputs, err) < 0 ||
        inject_append(settings, &inject, &limits, &into, &outputs, err) < 0 ||
        kernel_support_check(settings, outputs.kernel.fd, kind, "the kernel", err) < 0 ||
        unpack_kernel(settings, kind, limits.kernel_max, "the kernel", &outputs, err) < 0)
        return -1;
    return boot_deliver(settings, ANSWER_SXP, &outputs, settings->args ? settings->args : "", err);
}
