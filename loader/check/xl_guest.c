/* A guest by its xl.cfg. See xl_guest.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/check/xl_guest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"
#include "common/text.h"
#include "loader/boot/vm.h"
#include "loader/check/guest.h"
#include "loader/check/log.h"
#include "loader/check/xl_config.h"
#include "loader/check/xl_disk.h"
#include "loader/settings/user.h"

/* Where libxl makes each guest's output directory. */
#define LIBXL_RUN_DIRECTORY "/var/run/xen"

/* What is known of the guest. */
struct guest {
    struct check_report *report;
    const struct settings *settings;
    struct xl_config config;
    struct xl_disk disk; /* the first */
    char *path;          /* of it, where it can be looked at; or NULL */
    enum guest_kind kind;
    char **words; /* of eliloader's command line */
    size_t count;
};

static void guest_free(struct guest *guest)
{
    xl_config_free(&guest->config);
    xl_disk_free(&guest->disk);
    replace_string(&guest->path, NULL);
    for (size_t i = 0; i < guest->count; i++)
        free(guest->words[i]);
    free(guest->words);
}

/* --- the file ---------------------------------------------------------------------------- */

/* 1 and its TEXT; 0: it is none, but a disk perhaps. */
static int read_text(const char *path, struct buffer *text)
{
    auto_error struct error why = ERROR_INIT;
    struct stat status;

    if (stat(path, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size == 0 ||
        status.st_size > XL_CONFIG_SIZE_MAX || read_file(path, XL_CONFIG_SIZE_MAX, text, &why) <= 0)
        return 0;
    return !memchr(buffer_text(text), '\0', text->length);
}

/* As xl has it: `type`, and else the older `builder`. False: no bootloader is run. */
static bool read_type(struct guest *guest)
{
    const char *type = xl_config_text(&guest->config, "type");
    const char *builder = xl_config_text(&guest->config, "builder");

    if (!type)
        type = builder && strcmp(builder, "hvm") == 0 ? "hvm" : "pv";
    guest->kind = strcmp(type, "pvh") == 0 ? GUEST_PVH : GUEST_PV;
    if (strcmp(type, "pv") == 0 || strcmp(type, "pvh") == 0) {
        check_say(guest->report, CHECK_OK, "type", NULL, "the guest is of the type %s", type);
        return true;
    }
    if (strcmp(type, "hvm") == 0)
        check_say(guest->report, CHECK_WARNING, "type",
                  "nothing, where that is meant; eliloader boots guests of type=\"pv\" and \"pvh\"",
                  "the guest is of the type hvm: it boots by its own firmware, and xl runs no "
                  "bootloader");
    else
        check_say(guest->report, CHECK_FAILED, "type", "set type=\"pvh\" or type=\"pv\"",
                  "xl knows no type '%s'", type);
    return false;
}

/* False: none is run. */
static bool read_bootloader(struct guest *guest)
{
    const char *program = xl_config_text(&guest->config, "bootloader");
    const char *slash = program ? strrchr(program, '/') : NULL;
    const char *kernel = xl_config_text(&guest->config, "kernel");

    if (!program) {
        check_say(guest->report, kernel ? CHECK_WARNING : CHECK_FAILED, "bootloader",
                  "set bootloader=\"eliloader\", so that the guest's kernel comes from its disk",
                  kernel ? "there is none: xl starts the kernel %s of dom0"
                         : "there is none, and no kernel either%s",
                  kernel ? kernel : "");
        return false;
    }
    if (program[0] == '/' && access(program, X_OK) < 0)
        check_say(guest->report, CHECK_FAILED, "bootloader",
                  "set bootloader to the path at which eliloader is installed",
                  "there is no program %s", program);
    else if (strcmp(slash ? slash + 1 : program, "eliloader") != 0)
        check_say(guest->report, CHECK_WARNING, "bootloader",
                  "set bootloader=\"eliloader\"; what follows is what it would do then",
                  "it is %s, not eliloader", program);
    else
        check_say(guest->report, CHECK_OK, "bootloader", NULL, "%s", program);
    if (kernel)
        check_say(guest->report, CHECK_WARNING, "bootloader",
                  "take kernel= (and ramdisk=) out, unless that path on the guest's disk is meant",
                  "kernel='%s' becomes the bootloader's --kernel", kernel);
    return true;
}

/* --- the first disk ---------------------------------------------------------------------- */

static void say_unread(struct guest *guest, const char *next, const char *why)
{
    check_say(guest->report, CHECK_WARNING, "disk", next, "%s: %s, so that it cannot be looked at",
              guest->disk.target && *guest->disk.target ? guest->disk.target : guest->disk.vdev,
              why);
}

/* The path that libxl gives to the bootloader, where it is one that can be looked at. */
static void find_path(struct guest *guest)
{
    const struct xl_disk *disk = &guest->disk;

    if (strcmp(disk->format, "empty") == 0)
        say_unread(guest, "put the disk to boot from first in the list",
                   "it is a drive without a medium");
    else if (disk->script)
        say_unread(guest, "attach it, and check the device that it is then",
                   "its script makes a device of it when the guest starts");
    else if (disk->backend_domain && strcmp(disk->backend_domain, "0") != 0 &&
             strcmp(disk->backend_domain, "Domain-0") != 0)
        say_unread(guest, "check it in the domain that has it", "it is another domain's");
    else if (strcmp(disk->format, "raw") != 0)
        say_unread(
            guest,
            "check a copy (`qemu-img convert -O raw`), or the device that `xl block-attach 0` "
            "makes of it",
            "its format is not raw");
    else if (strchr(disk->target, '/') || access(disk->target, F_OK) == 0)
        guest->path = xstrdup(disk->target);
    else
        guest->path = xasprintf("/dev/%s", disk->target);
}

/* False: without one, libxl runs no bootloader. */
static bool read_disk(struct guest *guest)
{
    static const char next[] = "mend disk=[…]: xl-disk-configuration(5) tells how";
    const struct xl_setting *disks = xl_config_find(&guest->config, "disk");
    auto_error struct error why = ERROR_INIT;

    if (!disks || !disks->list || !disks->count) {
        check_say(guest->report, CHECK_FAILED, "disk", next,
                  disks && !disks->list ? "disk is no list"
                                        : "there is none, and xl runs no bootloader without one");
        return false;
    }
    for (size_t i = 0; i < disks->count; i++) {
        auto_xl_disk struct xl_disk disk = {.target = NULL};
        if (!disks->values[i])
            error_set(&why, ERROR_USAGE, "a disk is a list, not a text");
        else if (xl_disk_parse(disks->values[i], &disk, &why) == 0)
            continue;
        check_say_error(guest->report, CHECK_FAILED, "disk", next, &why);
        return false;
    }
    if (xl_disk_parse(disks->values[0], &guest->disk, &why) < 0)
        return false;
    find_path(guest);
    return true;
}

/* --- the words --------------------------------------------------------------------------- */

static void add_word(struct guest *guest, char *word)
{
    guest->words = xreallocarray(guest->words, guest->count + 1, sizeof *guest->words);
    guest->words[guest->count++] = word;
}

/* "--NAME=VALUE", where there is a VALUE. */
static void add_option(struct guest *guest, const char *name, const char *value)
{
    if (value && *value)
        add_word(guest, xasprintf("--%s=%s", name, value));
}

/* `cmdline`, and else the older `root` and `extra`. */
static void add_cmdline(struct guest *guest)
{
    const char *cmdline = xl_config_text(&guest->config, "cmdline");
    const char *root = xl_config_text(&guest->config, "root");
    const char *extra = xl_config_text(&guest->config, "extra");
    auto_free char *of_root = root ? xasprintf("root=%s", root) : NULL;
    auto_free char *both = text_join(of_root, extra);

    if (cmdline && *both)
        check_say(guest->report, CHECK_WARNING, "cmdline", "put all into cmdline",
                  "xl takes cmdline, and neither root nor extra");
    add_option(guest, "args", cmdline ? cmdline : both);
}

static bool add_bootloader_args(struct guest *guest)
{
    const struct xl_setting *args = xl_config_find(&guest->config, "bootloader_args");

    for (size_t i = 0; args && args->list && i < args->count; i++) {
        if (!args->values[i]) {
            check_say(guest->report, CHECK_FAILED, "bootloader", "make it a list of texts",
                      "bootloader_args holds a list");
            return false;
        }
        add_word(guest, xstrdup(args->values[i]));
    }
    if (!args || args->list)
        return true;
    auto_free char *copy = xstrdup(args->values[0]);
    for (char *rest = copy, *word; (word = strsep(&rest, " \t\n"));)
        if (*word)
            add_word(guest, xstrdup(word));
    return true;
}

/* What libxl calls eliloader with; but for where its answer goes. */
static bool make_words(struct guest *guest)
{
    const struct settings *settings = guest->settings;

    /* The usual one may be missing; one that is named may not, which is said already. */
    if (access(settings->config, F_OK) == 0)
        add_option(guest, "config", settings->config);
    add_option(guest, "record", settings->record);
    add_option(guest, "record-dir", settings->record_dir);
    add_option(guest, "xapi-socket", settings->xapi_socket);
    add_option(guest, "kernel", xl_config_text(&guest->config, "kernel"));
    add_option(guest, "ramdisk", xl_config_text(&guest->config, "ramdisk"));
    add_cmdline(guest);
    if (!add_bootloader_args(guest))
        return false;
    if (guest->path)
        add_word(guest, xstrdup(guest->path));
    return true;
}

/* --- together ---------------------------------------------------------------------------- */

static int check_words(struct guest *guest, check_boot *boot, struct error *err)
{
    const struct settings *ours = guest->settings;
    auto_settings struct settings settings = {.help = false};
    auto_error struct error why = ERROR_INIT;

    if (settings_parse(COMMAND_BOOT, (int)guest->count, guest->words, &settings, &why) < 0) {
        check_say_error(guest->report, CHECK_FAILED, "bootloader",
                        "mend bootloader_args, or what else is named", &why);
        return 0;
    }
    user_choose(&settings);
    replace_string(
        &settings.output_directory,
        xstrdup(ours->output_directory_given ? ours->output_directory : LIBXL_RUN_DIRECTORY));
    int result;
    if (settings.vm)
        result = check_vm(guest->report, &settings, guest->kind, boot, err);
    else if (boot_names_location(&settings))
        result = check_start(guest->report, &settings, guest->kind, boot, err);
    else
        result = settings.operand_count
                     ? check_disks(guest->report, &settings, guest->kind, boot, err)
                     : 0;
    return result < 0 ? -1 : check_log(guest->report, settings.vm, guest->path, err);
}

int check_xl_guest(struct check_report *report, const struct settings *settings, const char *path,
                   check_boot *boot, struct error *err)
{
    struct guest guest
        __attribute__((cleanup(guest_free))) = {.report = report, .settings = settings};
    auto_buffer struct buffer text = BUFFER_INIT(XL_CONFIG_SIZE_MAX);
    auto_error struct error why = ERROR_INIT;

    if (!read_text(path, &text))
        return 0;
    if (xl_config_parse(buffer_text(&text), text.length, path, &guest.config, &why) < 0) {
        check_say_error(report, CHECK_FAILED, "xl.cfg",
                        "mend that line, as xl.cfg(5) has it; a disk image is no text", &why);
        return 1;
    }
    const char *name = xl_config_text(&guest.config, "name");
    check_say(report, name ? CHECK_OK : CHECK_FAILED, "xl.cfg",
              name ? NULL : "give the guest a name: name=\"web1\"",
              name ? "%s is of the guest %s" : "%s has no name%s", path, name ? name : "");
    if (!read_type(&guest) || !read_bootloader(&guest) || !read_disk(&guest) || !make_words(&guest))
        return 1;
    return check_words(&guest, boot, err) < 0 ? -1 : 1;
}
