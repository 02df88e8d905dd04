/* GRUB 2's commands: the table, and the small ones. See commands.h.
 *
 * GRUB looks for a command first and for a function of that name second, so the table holds
 * every command of GRUB that configurations use, also those with nothing to do here.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/blscfg.h"
#include "fsprobe/config/grub2/btrfs.h"
#include "fsprobe/config/grub2/env.h"
#include "fsprobe/config/grub2/exec.h"
#include "fsprobe/config/grub2/files.h"
#include "fsprobe/config/grub2/items.h"
#include "fsprobe/config/grub2/load.h"
#include "fsprobe/config/grub2/machine.h"
#include "fsprobe/config/grub2/regexp.h"
#include "fsprobe/config/grub2/search.h"
#include "fsprobe/config/grub2/test.h"

static int cmd_nothing(struct grub2 *g, const struct grub2_call *call)
{
    (void)g;
    (void)call;
    return GRUB2_OK;
}

/* What needs a keyboard, or a device that only a running machine has. */
static int cmd_false(struct grub2 *g, const struct grub2_call *call)
{
    (void)g;
    (void)call;
    return GRUB2_FALSE;
}

/* What answers something that only a running GRUB knows. */
static int cmd_unknown(struct grub2 *g, const struct grub2_call *call)
{
    grub2_unknown(g, "what the command '%s' does cannot be known before the guest runs",
                  call->argv[0]);
    return GRUB2_NOT_HERE;
}

static int cmd_cryptomount(struct grub2 *g, const struct grub2_call *call)
{
    grub2_problem(g, "%s: what is encrypted cannot be read before the guest runs", call->argv[0]);
    return GRUB2_NOT_HERE;
}

/* insmod NAME, rmmod NAME: only regexp changes what a script means. */
static int cmd_module(struct grub2 *g, const struct grub2_call *call)
{
    if (call->argc < 2)
        return GRUB2_BAD_ARGUMENT;
    if (strcmp(call->argv[1], "regexp") == 0)
        g->wildcards = call->argv[0][0] == 'i';
    return GRUB2_OK;
}

/* set NAME=VALUE: one word; more are ignored. */
static int cmd_set(struct grub2 *g, const struct grub2_call *call)
{
    const char *equals;

    if (call->argc < 2)
        return GRUB2_OK;
    equals = strchr(call->argv[1], '=');
    if (!equals) {
        grub2_problem(g, "set %s: not an assignment", call->argv[1]);
        return GRUB2_BAD_ARGUMENT;
    }
    auto_free char *name = xstrndup(call->argv[1], (size_t)(equals - call->argv[1]));
    return grub2_set(g, name, equals + 1) ? GRUB2_OK : GRUB2_FALSE;
}

static int cmd_unset(struct grub2 *g, const struct grub2_call *call)
{
    if (call->argc < 2)
        return GRUB2_BAD_ARGUMENT;
    grub2_unset(g, call->argv[1]);
    return GRUB2_OK;
}

static int cmd_export(struct grub2 *g, const struct grub2_call *call)
{
    if (call->argc < 2)
        return GRUB2_BAD_ARGUMENT;
    for (size_t i = 1; i < call->argc; i++)
        grub2_export(g, call->argv[i]);
    return GRUB2_OK;
}

/* Whether WORD begins as no number does: that is another error than one that is too small. */
static int number_error(const char *word)
{
    return *word >= '0' && *word <= '9' ? GRUB2_BAD_ARGUMENT : GRUB2_BAD_NUMBER;
}

/* The number of a command that takes one, at least LEAST; false when it is none. */
static bool count_argument(const struct grub2_call *call, uint64_t least, uint64_t *count)
{
    *count = 1;
    if (call->argc == 1)
        return true;
    return call->argc == 2 && text_to_number(call->argv[1], 1000000, count) && *count >= least;
}

/* break [N], continue [N] */
static int cmd_break(struct grub2 *g, const struct grub2_call *call)
{
    uint64_t count;

    if (!count_argument(call, 1, &count))
        return call->argc == 2 ? number_error(call->argv[1]) : GRUB2_BAD_ARGUMENT;
    g->breaks = count > g->loops ? g->loops : (unsigned)count;
    g->continuing = call->argv[0][0] == 'c';
    return GRUB2_OK;
}

static int cmd_shift(struct grub2 *g, const struct grub2_call *call)
{
    uint64_t count;

    if (!g->scope)
        return GRUB2_OK;
    if (!count_argument(call, 0, &count) || count > g->scope->count - g->scope->shifted)
        return GRUB2_BAD_ARGUMENT;
    g->scope->shifted += count;
    return GRUB2_OK;
}

static int cmd_return(struct grub2 *g, const struct grub2_call *call)
{
    uint64_t status;

    if (!g->scope || call->argc > 2)
        return GRUB2_BAD_ARGUMENT;
    status = (uint64_t)g->status;
    if (call->argc == 2 && !text_to_number(call->argv[1], 255, &status))
        return number_error(call->argv[1]);
    g->flow = GRUB2_RETURN;
    return (int)status;
}

/* setparams ARG…: makes them $1, $2, …. */
static int cmd_setparams(struct grub2 *g, const struct grub2_call *call)
{
    struct grub2_scope *scope = g->scope;
    size_t count = call->argc - 1;

    if (!scope)
        return GRUB2_BAD_ARGUMENT;
    char **copies = xcalloc(count + 1, sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = xstrdup(call->argv[i + 1]);
    grub2_scope_free(scope);
    *scope =
        (struct grub2_scope){.args = copies, .count = count, .owned = copies, .owned_count = count};
    return GRUB2_OK;
}

static int cmd_eval(struct grub2 *g, const struct grub2_call *call)
{
    auto_buffer struct buffer text = BUFFER_INIT(GRUB2_ARGS_BYTES + GRUB2_ARGS_MAX);

    for (size_t i = 1; i < call->argc; i++)
        if ((i > 1 && !buffer_add_text(&text, " ")) || !buffer_add_text(&text, call->argv[i]))
            return GRUB2_FALSE;
    return grub2_execute_text(g, g->at ? g->at->source : g->source, buffer_text(&text),
                              text.length);
}

/* time COMMAND…: a command of GRUB's, neither a function nor an assignment. */
static int cmd_time(struct grub2 *g, const struct grub2_call *call)
{
    struct grub2_call inner = {call->argc - 1, call->argv + 1, call->block};

    if (call->argc < 2)
        return GRUB2_BAD_ARGUMENT;
    /* What would come back here is refused: it could do so once for every word. */
    /* cppcheck-suppress AssignmentIntegerToAddress ; a type of functions is none that it knows */
    grub2_command *command = g->find_command(inner.argv[0]);
    if (!command || command == cmd_time)
        return GRUB2_NO_COMMAND;
    return command(g, &inner);
}

/* cpuid -l (64 bits), -p (PAE): what loads 64-bit kernels has both. */
static int cmd_cpuid(struct grub2 *g, const struct grub2_call *call)
{
    (void)g;
    if (call->argc < 2)
        return GRUB2_BAD_ARGUMENT;
    return GRUB2_OK;
}

/* read [NAME]: waits for what somebody types. */
static int cmd_read(struct grub2 *g, const struct grub2_call *call)
{
    if (call->argc > 1)
        grub2_unknown(g, "$%s is what somebody would type", call->argv[call->argc - 1]);
    return GRUB2_OK;
}

/* increment NAME, decrement NAME (Red Hat's, for counting failed boots). */
static int cmd_count(struct grub2 *g, const struct grub2_call *call)
{
    const char *value = call->argc == 2 ? grub2_get(g, call->argv[1]) : NULL;
    uint64_t number = 0;
    char text[24];

    if (call->argc != 2)
        return GRUB2_BAD_ARGUMENT;
    if (value && !text_to_number(value, INT64_MAX, &number))
        return GRUB2_BAD_ARGUMENT;
    if (call->argv[0][0] == 'i')
        number++;
    else if (number)
        number--;
    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    return grub2_set(g, call->argv[1], text) ? GRUB2_OK : GRUB2_FALSE;
}

static int cmd_boot(struct grub2 *g, const struct grub2_call *call)
{
    (void)call;
    if (!g->loaded.kernel.path && !g->drop_initrds)
        return GRUB2_BAD_ARGUMENT;
    g->flow = GRUB2_BOOT;
    return GRUB2_OK;
}

/* exit, halt, reboot, …: whatever was loaded is not booted. */
static int cmd_quit(struct grub2 *g, const struct grub2_call *call)
{
    (void)call;
    g->flow = GRUB2_QUIT;
    return GRUB2_OK;
}

struct command {
    const char *name;
    grub2_command *run;
};

/* Sorted by name (in the order of strcmp), for bsearch. */
static const struct command commands[] = {
    {".", grub2_cmd_source},
    {"[", grub2_cmd_test},
    {"acpi", cmd_nothing},
    {"authenticate", cmd_nothing},
    {"background_color", cmd_nothing},
    {"background_image", cmd_nothing},
    {"badram", cmd_nothing},
    {"bls_import", grub2_cmd_blscfg},
    {"blscfg", grub2_cmd_blscfg},
    {"boot", cmd_boot},
    {"break", cmd_break},
    {"btrfs-get-default-subvol", grub2_cmd_btrfs_default},
    {"btrfs-info", cmd_nothing},
    {"btrfs-list-subvols", cmd_unknown},
    {"btrfs-mount-subvol", grub2_cmd_btrfs_mount},
    {"cat", cmd_nothing},
    {"chainloader", grub2_cmd_other_loader},
    {"clear", cmd_nothing},
    {"cmp", grub2_cmd_cmp},
    {"configfile", grub2_cmd_source},
    {"continue", cmd_break},
    {"cpuid", cmd_cpuid},
    {"cryptomount", cmd_cryptomount},
    {"cutmem", cmd_nothing},
    {"date", cmd_nothing},
    {"decrement", cmd_count},
    {"devicetree", cmd_nothing},
    {"distrust", cmd_nothing},
    {"drivemap", cmd_nothing},
    {"echo", cmd_nothing},
    {"eval", cmd_eval},
    {"exit", cmd_quit},
    {"export", cmd_export},
    {"extract_entries_configfile", cmd_unknown},
    {"extract_entries_source", cmd_unknown},
    {"extract_legacy_entries_configfile", cmd_unknown},
    {"extract_legacy_entries_source", cmd_unknown},
    {"extract_syslinux_entries_configfile", cmd_unknown},
    {"extract_syslinux_entries_source", cmd_unknown},
    {"false", cmd_false},
    {"file", cmd_unknown},
    {"freedos", grub2_cmd_other_loader},
    {"fwsetup", cmd_quit},
    {"gettext", cmd_nothing},
    {"gptsync", cmd_nothing},
    {"halt", cmd_quit},
    {"hashsum", cmd_unknown},
    {"help", cmd_nothing},
    {"hexdump", cmd_nothing},
    {"increment", cmd_count},
    {"initrd", grub2_cmd_initrd},
    {"initrd16", grub2_cmd_initrd},
    {"initrdefi", grub2_cmd_initrd},
    {"insmod", cmd_module},
    {"kernel", grub2_cmd_linux},
    {"keymap", cmd_nothing},
    {"keystatus", cmd_false},
    {"kfreebsd", grub2_cmd_other_loader},
    {"knetbsd", grub2_cmd_other_loader},
    {"kopenbsd", grub2_cmd_other_loader},
    {"legacy_configfile", cmd_unknown},
    {"legacy_kernel", cmd_unknown},
    {"legacy_source", cmd_unknown},
    {"linux", grub2_cmd_linux},
    {"linux16", grub2_cmd_linux},
    {"linux32", grub2_cmd_linux},
    {"linuxefi", grub2_cmd_linux},
    {"list_env", cmd_nothing},
    {"list_trusted", cmd_nothing},
    {"load_env", grub2_cmd_load_env},
    {"loadfont", cmd_nothing},
    {"loopback", grub2_cmd_loopback},
    {"ls", cmd_nothing},
    {"lsmmap", cmd_nothing},
    {"lsmod", cmd_nothing},
    {"lspci", cmd_nothing},
    {"md5sum", cmd_unknown},
    {"menuentry", grub2_cmd_menuentry},
    {"module", grub2_cmd_module},
    {"module2", grub2_cmd_module},
    {"multiboot", grub2_cmd_multiboot},
    {"multiboot2", grub2_cmd_multiboot},
    {"nativedisk", cmd_nothing},
    {"normal", grub2_cmd_source},
    {"normal_exit", cmd_nothing},
    {"ntldr", grub2_cmd_other_loader},
    {"parttool", cmd_nothing},
    {"password", cmd_nothing},
    {"password_pbkdf2", cmd_nothing},
    {"plan9", grub2_cmd_other_loader},
    {"play", cmd_nothing},
    {"probe", grub2_cmd_probe},
    {"read", cmd_read},
    {"read_byte", cmd_unknown},
    {"read_dword", cmd_unknown},
    {"read_word", cmd_unknown},
    {"reboot", cmd_quit},
    {"regexp", grub2_cmd_regexp},
    {"return", cmd_return},
    {"rmmod", cmd_module},
    {"save_env", grub2_cmd_save_env},
    {"search", grub2_cmd_search},
    {"search.file", grub2_cmd_search},
    {"search.fs_label", grub2_cmd_search},
    {"search.fs_uuid", grub2_cmd_search},
    {"serial", cmd_nothing},
    {"set", cmd_set},
    {"setparams", cmd_setparams},
    {"setpci", cmd_nothing},
    {"sha1sum", cmd_unknown},
    {"sha256sum", cmd_unknown},
    {"sha512sum", cmd_unknown},
    {"shift", cmd_shift},
    {"sleep", cmd_nothing},
    {"source", grub2_cmd_source},
    {"submenu", grub2_cmd_menuentry},
    {"syslinux_configfile", cmd_unknown},
    {"syslinux_source", cmd_unknown},
    {"terminal_input", cmd_nothing},
    {"terminal_output", cmd_nothing},
    {"terminfo", cmd_nothing},
    {"test", grub2_cmd_test},
    {"time", cmd_time},
    {"tr", cmd_unknown},
    {"true", cmd_nothing},
    {"truecrypt", grub2_cmd_other_loader},
    {"trust", cmd_nothing},
    {"unset", cmd_unset},
    {"usb", cmd_nothing},
    {"vbeinfo", cmd_nothing},
    {"verify_detached", cmd_unknown},
    {"videoinfo", cmd_nothing},
    {"videotest", cmd_nothing},
    {"xen_hypervisor", grub2_cmd_multiboot},
    {"xen_initrd", grub2_cmd_module},
    {"xen_kernel", grub2_cmd_module},
    {"xen_linux", grub2_cmd_module},
    {"xen_module", grub2_cmd_module},
    {"xen_xsm", cmd_nothing},
    {"xnu_kernel", grub2_cmd_other_loader},
    {"xnu_kernel64", grub2_cmd_other_loader},
    {"zfs-bootfs", cmd_unknown},
};

static int compare_names(const void *name, const void *command)
{
    return strcmp(name, ((const struct command *)command)->name);
}

grub2_command *grub2_find_command(const char *name)
{
    const struct command *found =
        bsearch(name, commands, ARRAY_SIZE(commands), sizeof *commands, compare_names);

    return found ? found->run : NULL;
}

bool grub2_commands_are_sorted(void)
{
    for (size_t i = 1; i < ARRAY_SIZE(commands); i++)
        if (strcmp(commands[i - 1].name, commands[i].name) >= 0)
            return false;
    return true;
}
