/* The CD of a VM. See cdrom.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/cdrom.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "distros/plan.h"
#include "loader/boot/editor.h"
#include "loader/boot/native.h"
#include "loader/helpers/pygrub.h"
#include "loader/host/open_file.h"
#include "loader/sources/image_name.h"

void cdrom_free(struct cdrom *cdrom)
{
    for (size_t i = 0; i < cdrom->count; i++)
        free(cdrom->disks[i]);
    free(cdrom->disks);
    free(cdrom->folder);
    *cdrom = (struct cdrom){.count = 0};
}

/* --- where it is --------------------------------------------------------------------------- */

static void add_disk(struct cdrom *cdrom, char *path)
{
    cdrom->disks = xreallocarray(cdrom->disks, cdrom->count + 1, sizeof *cdrom->disks);
    cdrom->disks[cdrom->count++] = path;
}

/* Disks that cannot be opened are left out, as a drive without a medium is, unless there is no
 * other. */
static int take_disks(const struct boot_context *boot, struct cdrom *cdrom, struct error *err)
{
    const struct settings *settings = boot->settings;
    auto_error struct error first = ERROR_INIT;

    if (editor_check_disks(boot, err) < 0)
        return -1;
    for (size_t i = 0; i < settings->operand_count; i++) {
        auto_error struct error why = ERROR_INIT;
        auto_fd int fd = disk_open(settings->operands[i], "disk", true, ERROR_INTERNAL, &why);

        if (fd >= 0) {
            add_disk(cdrom, xstrdup(settings->operands[i]));
        } else if (!first.text) {
            first = why;
            why = ERROR_INIT;
        }
    }
    /* Which of several is the CD, only looking at all of them tells. */
    if (cdrom->count > 1 && settings->host_handoff == HANDOFF_GRUB)
        return error_set(
            err, ERROR_USAGE,
            "VM %s is to be installed from its CD, %zu disks were named, and this "
            "host reads no disk of a guest (handoff is grub in %s); name the CD alone, "
            "or set install-repository=cdrom:/PATH",
            boot->record->id, cdrom->count, settings->config);
    if (cdrom->count > 0)
        return 1;
    if (first.text)
        return error_set(
            err, ERROR_INVALID_SOURCE,
            "VM %s is to be installed from its CD: %s; is there a medium in the drive?",
            boot->record->id, first.text);
    return error_set(err, ERROR_INVALID_SOURCE,
                     "VM %s is to be installed from its CD, and no disk was named; name the CD's "
                     "device or image behind the options, or in install-repository=cdrom:/PATH",
                     boot->record->id);
}

static int take_image(const struct boot_context *boot, const char *path, struct cdrom *cdrom,
                      struct error *err)
{
    auto_image_name struct image_name name = {.path = NULL};

    if (editor_check_cdrom(boot, err) < 0)
        return -1;
    if (image_name_split("CD", path, &name, err) < 0)
        return error_prefix(err, "VM %s", boot->record->id);
    add_disk(cdrom, take_pointer(name.path));
    cdrom->folder = take_pointer(name.folder);
    return 1;
}

int cdrom_find(const struct boot_context *boot, const char *repository, struct cdrom *cdrom,
               struct error *err)
{
    static const char prefix[] = REPOSITORY_CDROM ":/";

    if (strcmp(repository, REPOSITORY_CDROM) == 0)
        return take_disks(boot, cdrom, err);
    if (strncmp(repository, prefix, strlen(prefix)) == 0)
        return take_image(boot, repository + strlen(prefix) - 1, cdrom, err);
    return 0;
}

/* --- what it boots ------------------------------------------------------------------------- */

/* Of several disks, the CD is the first with such a filesystem. */
static const char *find_disc(const struct boot_context *boot, const struct cdrom *cdrom)
{
    auto_probed struct probed probed = PROBED_INIT;
    auto_error struct error err = ERROR_INIT;

    if (cdrom->count > 1 &&
        probe_disks(boot->settings, cdrom->disks, cdrom->count, NULL, &probed, &err) == 0)
        for (size_t i = 0; i < cdrom->count; i++)
            if (probed_has_type(&probed, i, "iso9660"))
                return cdrom->disks[i];
    return cdrom->disks[0];
}

static int by_pygrub(const struct boot_context *boot, const char *disc, const char *args,
                     struct attempt *attempt, struct error *err)
{
    const struct handoff handoff = {.disk = disc,
                                    .entry = boot->settings->entry,
                                    .args = *args ? args : NULL,
                                    .kernel_max = boot->limits.kernel_max,
                                    .ramdisk_max = boot->limits.ramdisk_max,
                                    .vm = boot->record->id};

    return attempt_pygrub(boot, &handoff, attempt, err);
}

static int by_menu(const struct boot_context *boot, const char *disc, const char *args,
                   struct attempt *attempt, struct error *err)
{
    auto_boot_plan struct boot_plan plan = PLAN_INIT;
    auto_probed struct probed probed = PROBED_INIT;

    plan.disks = xcalloc(1, sizeof *plan.disks);
    plan.disks[0] = (char *)disc;
    plan.disk_count = 1;
    plan.args = xstrdup(args);
    plan.want = (struct probe_want){.entry = boot->settings->entry,
                                    .kernel_max = boot->limits.kernel_max,
                                    .ramdisk_max = boot->limits.ramdisk_max,
                                    .kernel_reason = boot->limits.kernel_reason,
                                    .ramdisk_reason = boot->limits.ramdisk_reason,
                                    .vm = boot->record->id};
    if (attempt_native(boot, &plan, false, &probed, attempt, err) < 0)
        return -1;
    if (attempt->args)
        native_tell(boot->record->id, &probed);
    return 0;
}

int cdrom_boot_menu(const struct boot_context *boot, const struct cdrom *cdrom, const char *args,
                    struct attempt *attempt, struct error *err)
{
    const char *disc = find_disc(boot, cdrom);
    auto_error struct error pygrub = ERROR_INIT;

    if (boot->choice == HANDOFF_PYGRUB ||
        (boot->choice == HANDOFF_AUTO && handoff_has_pygrub(boot->settings))) {
        if (by_pygrub(boot, disc, args, attempt, err) < 0)
            return -1;
        if (attempt->args)
            return 0;
        if (boot->choice == HANDOFF_PYGRUB)
            return error_set(err, attempt->why.name, "%s", attempt->why.text);
        log_step("VM %s: pygrub cannot boot the CD, so its menu is read here: %s", boot->record->id,
                 attempt->why.text);
        pygrub = attempt->why;
        attempt->why = ERROR_INIT;
    }
    if (by_menu(boot, disc, args, attempt, err) < 0)
        return -1;
    if (attempt->args)
        return 0;
    return error_set(err, ERROR_INVALID_SOURCE,
                     "VM %s is to be installed from its CD by the CD's own menu (install-distro is "
                     "pygrub): %s%s%s; set install-kernel and install-ramdisk to paths on the CD, "
                     "or install-distro to its family",
                     boot->record->id, attempt->why.text, pygrub.text ? "; pygrub: " : "",
                     pygrub.text ? pygrub.text : "");
}
