/* eliloader domuloader: what SUSE's domUloader did. The caller says which files of which partition
 * are booted; no boot configuration is read. See commands.h and domuloader.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/commands/domuloader.h"

#include <ctype.h>
#include <string.h>

#include "common/child.h"
#include "common/log.h"
#include "loader/boot/finish.h"
#include "loader/boot/guest_kind.h"
#include "loader/boot/limits.h"
#include "loader/boot/native.h"
#include "loader/commands/commands.h"

/* Where domUloader put its files, and xend looked for them. */
#define DIRECTORY "/var/lib/xen/tmp"

/* --- the entry --------------------------------------------------------------------------- */

void domuloader_entry_free(struct domuloader_entry *entry)
{
    replace_string(&entry->kernel, NULL);
    replace_string(&entry->ramdisk, NULL);
}

static size_t digits_at_end(const char *text, size_t length)
{
    size_t count = 0;

    while (count < length && isdigit((unsigned char)text[length - count - 1]))
        count++;
    return count;
}

/* Whether the LENGTH bytes of NAME, digits not included, belong to whole disks that are told apart
 * by numbers: mmcblk0, nvme0n1, loop1, dm-0. */
static bool numbers_disks(const char *name, size_t length)
{
    static const char *const stems[] = {"mmcblk", "loop", "dm-", "md", "nbd", "ram",
                                        "sr",     "scd",  "zd",  "fd", "d"};

    for (size_t i = 0; i < ARRAY_SIZE(stems); i++)
        if (strlen(stems[i]) == length && memcmp(stems[i], name, length) == 0)
            return true;
    return length > strlen("nvme") && text_starts(name, "nvme") && name[length - 1] == 'n' &&
           isdigit((unsigned char)name[length - 2]);
}

bool domuloader_partition(const char *device, unsigned *number)
{
    size_t length = strlen(device), digits = digits_at_end(device, length);
    size_t stem = length - digits;
    uint64_t value;

    *number = 0;
    if (!digits || numbers_disks(device, stem))
        return true;
    if (!text_to_number(device + stem, DOMULOADER_PARTITION_MAX, &value) || value == 0)
        return false;
    *number = (unsigned)value;
    return true;
}

/* Takes "DEV:" off the front of *TEXT, if it is there. */
static int take_device(const char **text, unsigned *number, struct error *err)
{
    static const char folder[] = "/dev/";
    size_t length = strcspn(*text, ":,");
    const char *start = *text;

    *number = 0;
    if (start[length] != ':')
        return 0;
    auto_free char *device = xstrndup(start, length);
    /* Else the colon is part of a path. */
    if (strchr(device, '/') && !text_starts(device, folder))
        return 0;
    const char *slash = strrchr(device, '/');
    if (!domuloader_partition(slash ? slash + 1 : device, number))
        return error_set(err, ERROR_USAGE,
                         "--entry names the device '%s', whose number is not that of a partition "
                         "(1 to %d)",
                         device, DOMULOADER_PARTITION_MAX);
    *text += length + 1;
    return 0;
}

/* LENGTH bytes of PATH, absolute. */
static char *absolute(const char *path, size_t length)
{
    return xasprintf("%s%.*s", path[0] == '/' ? "" : "/", (int)length, path);
}

int domuloader_parse(const char *text, struct domuloader_entry *entry, struct error *err)
{
    *entry = (struct domuloader_entry){.partition = 0};
    if (take_device(&text, &entry->partition, err) < 0)
        return -1;
    size_t length = strcspn(text, ",");
    if (!length)
        return error_set(err, ERROR_USAGE,
                         "--entry names no kernel; it is [DEV:]KERNEL[,RAMDISK], for example "
                         "xvda2:/boot/vmlinuz-xen,/boot/initrd-xen");
    entry->kernel = absolute(text, length);
    if (text[length] && text[length + 1])
        entry->ramdisk = absolute(text + length + 1, strlen(text + length + 1));
    return 0;
}

/* --- the boot ---------------------------------------------------------------------------- */

/* Adds to ERR, of a boot that failed, where was looked. Returns -1. */
static int say_where(const char *disk, const struct domuloader_entry *entry, struct error *err)
{
    if (err->name != ERROR_HANDOFF)
        return -1;
    if (entry->partition)
        return error_hint(err,
                          "--entry says %s on partition %u; `eliloader probe %s` shows the "
                          "partitions there are",
                          entry->kernel, entry->partition, disk);
    return error_hint(err,
                      "--entry says %s and names no partition, so that the whole disk was taken "
                      "for the filesystem; `eliloader probe %s` shows what it is",
                      entry->kernel, disk);
}

static int copy(const struct settings *settings, const struct domuloader_entry *entry,
                struct outputs *outputs, char **args, struct error *err)
{
    auto_probed struct probed probed = PROBED_INIT, whole = PROBED_INIT;
    char *const *disk = settings->operands;
    struct xenstore_found store;
    struct fetch_limits limits;
    enum guest_kind kind;

    xenstore_look(settings, &store);
    if (limits_read(settings, NULL, NULL, &store, &limits, err) < 0 ||
        guest_kind_find(settings, NULL, NULL, &store, &kind, err) < 0 ||
        limits_fit(settings, outputs->directory, &limits, err) < 0)
        return -1;
    struct probe_want want = {.kernel = entry->kernel,
                              .ramdisk = entry->ramdisk,
                              .has_partition = true,
                              .partition = entry->partition,
                              .outputs = outputs,
                              .kernel_max = limits.kernel_max,
                              .ramdisk_max = limits.ramdisk_max,
                              .kernel_reason = limits.kernel_reason,
                              .ramdisk_reason = limits.ramdisk_reason,
                              .kind = kind};
    int result = native_boot(settings, disk, 1, &want, settings->args, &probed, args, err);
    /* DISK may be what the guest knows as xvda2 (phy:/dev/vg/root,xvda2,w): then it has no
     * partitions, and is the filesystem. */
    if (result < 0 && err->name == ERROR_HANDOFF && want.partition && probed_is_bare(&probed, 0)) {
        log_step("%s has no partitions: it is taken for partition %u itself", disk[0],
                 want.partition);
        want.partition = 0;
        result = native_boot(settings, disk, 1, &want, settings->args, &whole, args, err);
    }
    return result < 0 ? say_where(disk[0], entry, err) : 0;
}

int command_domuloader(const struct settings *settings, struct error *err)
{
    auto_domuloader_entry struct domuloader_entry entry = {.partition = 0};
    auto_outputs struct outputs outputs = OUTPUTS_INIT;
    auto_free char *args = NULL;

    if (!settings->entry)
        return error_set(err, ERROR_USAGE,
                         "--entry=[DEV:]KERNEL[,RAMDISK] is missing (--help tells more)");
    if (settings->operand_count != 1)
        return error_set(err, ERROR_USAGE, "domuloader takes one DISK, and %zu were named",
                         settings->operand_count);
    if (domuloader_parse(settings->entry, &entry, err) < 0)
        return -1;
    if (settings->host_handoff == HANDOFF_GRUB)
        return error_set(err, ERROR_USAGE,
                         "this host reads no disk of a guest (handoff is grub in %s), and "
                         "domuloader takes files out of one; without that command, GRUB boots the "
                         "guest",
                         settings->config);
    signals_hold();
    if (outputs_open(&outputs,
                     settings->output_directory_given ? settings->output_directory : DIRECTORY,
                     true, err) < 0 ||
        copy(settings, &entry, &outputs, &args, err) < 0)
        return -1;
    return boot_deliver(settings, ANSWER_SXP, &outputs, args, err);
}
