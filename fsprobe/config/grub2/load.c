/* The commands that load what is booted: linux, initrd, multiboot, module. See load.h.
 *
 * Nothing is loaded here: they write down which files, of which volumes, with which arguments.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/load.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "fsprobe/config/grub2/env.h"
#include "fsprobe/config/grub2/machine.h"
#include "fsprobe/config/grub2/place.h"

static void forget_ramdisks(struct entry *entry)
{
    /* there may have been too many */
    replace_string(&entry->broken, NULL);
    while (entry->ramdisk_count)
        free(entry->ramdisks[--entry->ramdisk_count].path);
}

/* Adds one byte of an argument. Other white space than ' ' parts words for Linux too, so a space
 * does instead: a command line is one line. */
static void add_byte(struct buffer *args, char byte)
{
    if (byte != ' ' && isspace((unsigned char)byte)) {
        if (args->length == 0 || args->data[args->length - 1] == ' ')
            return;
        byte = ' ';
    }
    buffer_add(args, &byte, 1);
}

/* Adds one argument as GRUB passes it to Linux: \, ' and " get a backslash (but "\xNN" stays as
 * it is), and one with a space is put in quotes, which Linux takes off again. */
static void add_argument(struct buffer *args, const char *word)
{
    bool quote = strchr(word, ' ') != NULL;

    if (args->length)
        buffer_add_text(args, " ");
    if (quote)
        buffer_add_text(args, "\"");
    for (; *word; word++) {
        bool hex = word[0] == '\\' && word[1] == 'x' && isxdigit((unsigned char)word[2]) &&
                   isxdigit((unsigned char)word[3]);
        if (strchr("\\'\"", *word) && !hex)
            buffer_add_text(args, "\\");
        add_byte(args, *word);
    }
    if (quote)
        buffer_add_text(args, "\"");
}

/* The words from FIRST on as one command line; NULL, with a problem, when it is too long. GRUB
 * itself puts BOOT_IMAGE= in front; that names a device as only GRUB knows it, and is left out. */
static char *join_arguments(struct grub2 *g, const struct grub2_call *call, size_t first)
{
    auto_buffer struct buffer args = BUFFER_INIT(MENU_TEXT_MAX);

    for (size_t i = first; i < call->argc; i++)
        add_argument(&args, call->argv[i]);
    if (args.full) {
        grub2_unknown(g, "the arguments of %s are longer than %d bytes", call->argv[first - 1],
                      MENU_TEXT_MAX);
        return NULL;
    }
    return buffer_take(&args);
}

/* Takes the file SPEC as the kernel, with the words from FIRST on as arguments. One that is not
 * there never replaces one that is: "linux A" that fails may be followed by "linux B". */
static int load_kernel(struct grub2 *g, const struct grub2_call *call, const char *spec,
                       size_t first)
{
    auto_grub2_place struct grub2_place place = {.path = NULL};

    if (!grub2_locate_kernel(g, spec, &place))
        return GRUB2_BAD_NAME;
    bool there = grub2_is_file(g, &place);
    if (!there && g->kernel_there)
        return GRUB2_NO_FILE;
    char *args = join_arguments(g, call, first);
    if (!args)
        return GRUB2_BAD_ARGUMENT;
    replace_string(&g->loaded.args, args);
    g->loaded.kernel.volume = place.volume;
    replace_string(&g->loaded.kernel.path, take_pointer(place.path));
    forget_ramdisks(&g->loaded);
    g->ramdisk_lost = false;
    g->kernel_there = there;
    g->drop_initrds = false;
    return there ? GRUB2_OK : GRUB2_NO_FILE;
}

/* linux FILE [ARGUMENT…] */
int grub2_cmd_linux(struct grub2 *g, const struct grub2_call *call)
{
    if (call->argc < 2)
        return GRUB2_BAD_ARGUMENT;
    replace_string(&g->loaded.hypervisor, NULL);
    return load_kernel(g, call, call->argv[1], 2);
}

static int add_ramdisk(struct grub2 *g, const char *spec)
{
    auto_grub2_place struct grub2_place place = {.path = NULL};

    if (text_starts(spec, "newc:")) {
        grub2_problem(g, "initrd %s: single files are not put into a ramdisk", spec);
        return GRUB2_NOT_HERE;
    }
    if (!grub2_locate_kernel(g, spec, &place)) {
        /* GRUB would boot without it; that is nothing that anybody means. */
        g->ramdisk_lost = true;
        return GRUB2_BAD_NAME;
    }
    if (!entry_add_ramdisk(&g->loaded, place.volume, place.path)) {
        grub2_problem(g, "more than %d ramdisks", MENU_RAMDISKS_MAX);
        return GRUB2_BAD_ARGUMENT;
    }
    return grub2_is_file(g, &place) ? GRUB2_OK : GRUB2_NO_FILE;
}

/* initrd FILE…: replaces those of an earlier one. */
int grub2_cmd_initrd(struct grub2 *g, const struct grub2_call *call)
{
    int status = GRUB2_OK;

    if (call->argc < 2 || !g->loaded.kernel.path || g->loaded.hypervisor || g->drop_initrds)
        return GRUB2_BAD_ARGUMENT;
    forget_ramdisks(&g->loaded);
    g->ramdisk_lost = false;
    for (size_t i = 1; i < call->argc; i++) {
        int added = add_ramdisk(g, call->argv[i]);
        status = status ? status : added;
    }
    return status;
}

/* The first word that is no option, from FIRST on: "--nounzip", "--quirk-…". */
static size_t skip_options(const struct grub2_call *call, size_t first)
{
    while (first < call->argc && text_starts(call->argv[first], "--"))
        first++;
    return first;
}

/* multiboot FILE [ARGUMENT…]: the hypervisor, which a guest needs not. */
int grub2_cmd_multiboot(struct grub2 *g, const struct grub2_call *call)
{
    auto_grub2_place struct grub2_place place = {.path = NULL};
    size_t first = skip_options(call, 1);

    if (first >= call->argc)
        return GRUB2_BAD_ARGUMENT;
    if (!grub2_locate_kernel(g, call->argv[first], &place))
        return GRUB2_BAD_NAME;
    entry_clear(&g->loaded);
    g->ramdisk_lost = false;
    g->loaded.hypervisor = xstrdup(place.path);
    g->kernel_there = false;
    g->drop_initrds = false;
    return grub2_is_file(g, &place) ? GRUB2_OK : GRUB2_NO_FILE;
}

/* module FILE [ARGUMENT…]: first the kernel of dom0, then its ramdisks. */
int grub2_cmd_module(struct grub2 *g, const struct grub2_call *call)
{
    size_t first = skip_options(call, 1), words = first + 1;

    if (first >= call->argc || !g->loaded.hypervisor)
        return GRUB2_BAD_ARGUMENT;
    if (g->loaded.kernel.path)
        return add_ramdisk(g, call->argv[first]);
    /* Xen takes the first word for the kernel's name, so grub-mkconfig puts this one there. */
    if (words < call->argc && strcmp(call->argv[words], "placeholder") == 0)
        words++;
    return load_kernel(g, call, call->argv[first], words);
}

/* chainloader, ntldr, …: boots, but no Linux. */
int grub2_cmd_other_loader(struct grub2 *g, const struct grub2_call *call)
{
    if (call->argc < 2)
        return GRUB2_BAD_ARGUMENT;
    entry_clear(&g->loaded);
    g->kernel_there = false;
    g->drop_initrds = true;
    return GRUB2_OK;
}
