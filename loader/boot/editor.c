/* What a VM's editor may choose. See editor.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/boot/editor.h"

#include "common/protocol/mirrors.h"
#include "common/protocol/schemes.h"
#include "loader/sources/location.h"

/* What of one option counts: the command line's, else the record's; and who may have written it. */
struct chosen {
    const char *option, *value; /* NULL: nobody said it */
    bool by_editor;
};

static struct chosen choose(const struct boot_context *boot, const char *option,
                            const char *command_line, const char *words)
{
    return command_line ? (struct chosen){option, command_line, boot->settings->by_editor}
                        : (struct chosen){option, words, boot->words.by_editor};
}

static int refuse(const struct boot_context *boot, const struct chosen *chosen, struct error *err)
{
    return error_set(err, ERROR_USAGE,
                     "VM %s: its PV_bootloader_args name a file, directory or device of dom0 by "
                     "--%s, or what is got otherwise than over http, https, ftp or nfs, which "
                     "alone work there, because whoever may edit the VM could so read every file "
                     "of dom0; root may write it before --vm or in xl.cfg, or set "
                     "trust-bootloader-args = yes in %s where every editor is root",
                     boot->record->id, chosen->option, boot->settings->config);
}

int editor_check_location(const struct boot_context *boot, struct error *err)
{
    const struct settings *own = boot->settings, *words = &boot->words;
    const struct chosen location = choose(boot, "location", own->location, words->location);
    const struct chosen files[] = {choose(boot, "kernel", own->kernel, words->kernel),
                                   choose(boot, "ramdisk", own->ramdisk, words->ramdisk)};
    bool any = location.value && location.by_editor;

    if (any && !mirrors_all(location.value, url_is_for_all))
        return refuse(boot, &location, err);
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        const char *value = files[i].value;
        if (!value || !files[i].by_editor)
            continue;
        any = true;
        /* A path below a location that is fetched is the server's; below root's own directory, or
         * by itself, it is dom0's. */
        bool is_path = !url_scheme_of(value) && !url_has_scheme(value, NULL);
        if (is_path ? !location.value || !mirrors_all(location.value, url_is_for_all)
                    : !url_is_for_all(value))
            return refuse(boot, &files[i], err);
    }
    /* The same question, asked of what opens them. */
    bool local = false;
    if (any && location_is_local(location.value, files[0].value, files[1].value, &local, err) < 0)
        return -1;
    return local ? refuse(boot, &location, err) : 0;
}

int editor_check_cdrom(const struct boot_context *boot, struct error *err)
{
    if (!boot->editors_record)
        return 0;
    return error_set(
        err, ERROR_USAGE,
        "VM %s: its install-repository names a file or device of dom0, and whoever may "
        "edit the VM could so read every file of dom0; set it to cdrom and insert the "
        "CD into the VM, or set trust-bootloader-args = yes in %s where every editor "
        "is root",
        boot->record->id, boot->settings->config);
}

int editor_check_disks(const struct boot_context *boot, struct error *err)
{
    if (!boot->editors_record || boot->settings->host_handoff != HANDOFF_GRUB)
        return 0;
    return error_set(err, ERROR_USAGE,
                     "VM %s is to be installed from its CD, and this host reads no disk of a guest "
                     "(handoff is grub in %s): whoever may edit the VM could have its own disk "
                     "read for a CD; install it from a network",
                     boot->record->id, boot->settings->config);
}

int editor_check_handoff(const struct boot_context *boot, struct error *err)
{
    static const char *const names[] = {
        [HANDOFF_AUTO] = "auto",
        [HANDOFF_PYGRUB] = "pygrub",
        [HANDOFF_NATIVE] = "native",
        [HANDOFF_GRUB] = "grub",
    };
    enum handoff_choice host = boot->settings->host_handoff;

    if (host == HANDOFF_AUTO || boot->choice == host)
        return 0;
    return error_set(err, ERROR_USAGE,
                     "VM %s: its editor chose handoff %s, and this host's is %s, which only root "
                     "changes (in %s)",
                     boot->record->id, names[boot->choice], names[host], boot->settings->config);
}

int editor_check_inject(const struct boot_context *boot, const char *inject, struct error *err)
{
    if (!inject || !boot->editors_record)
        return 0;
    return error_set(err, ERROR_USAGE,
                     "VM %s: its other-config:install-inject names files of dom0, and whoever may "
                     "edit the VM could so read every file of dom0; remove the key, and let root "
                     "write install-inject in %s, or set trust-bootloader-args = yes there where "
                     "every editor is root",
                     boot->record->id, boot->settings->config);
}
