/* Options and settings: one table for the command line, the environment and the
 * configuration file, from which --help is made too.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_SETTINGS_OPTIONS_H
#define LOADER_SETTINGS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/text.h"
#include "loader/settings/choices.h"

/* The commands, as bits: an option says with which it goes. */
enum command {
    COMMAND_BOOT = 1 << 0, /* bootloader mode: no command word */
    COMMAND_FETCH = 1 << 1,
    COMMAND_VM = 1 << 2,
    COMMAND_PROBE = 1 << 3,
    COMMAND_IDENTIFY = 1 << 4,
    COMMAND_MEDIA = 1 << 5,
    COMMAND_DOMULOADER = 1 << 6,
    COMMAND_CHECK = 1 << 7,
    COMMAND_CACHE = 1 << 8,
    COMMAND_LS = 1 << 9,
    COMMAND_CAT = 1 << 10,
    COMMAND_EXTRACT = 1 << 11,
};
#define COMMAND_ALL                                                                    \
    (COMMAND_BOOT | COMMAND_FETCH | COMMAND_VM | COMMAND_PROBE | COMMAND_IDENTIFY |    \
     COMMAND_MEDIA | COMMAND_DOMULOADER | COMMAND_CHECK | COMMAND_CACHE | COMMAND_LS | \
     COMMAND_CAT | COMMAND_EXTRACT)

/* Where a setting's value came from; a later one overrides an earlier one. */
enum origin { ORIGIN_DEFAULT, ORIGIN_FILE, ORIGIN_ENVIRONMENT, ORIGIN_COMMAND_LINE };

struct rehearsal;

/* All that can be set. Strings are owned; NULL: not set and no default. */
struct settings {
    /* Every command. */
    bool help, version, quiet, debug;
    char *config;      /* the file that was read */
    char *record;      /* backend: see record_store_choose() */
    char *record_dir;  /* of the file backend */
    char *xapi_socket; /* of the backend for xapi: a path */

    /* Rounds and fetch. */
    char *output_directory;
    bool output_directory_given;      /* it is not the default */
    enum answer_format output_format; /* ANSWER_DEFAULT: the command's own */
    uint64_t kernel_max, ramdisk_max; /* bytes */
    enum origin kernel_max_origin, ramdisk_max_origin;
    uint64_t kernel_ceiling, ramdisk_ceiling; /* bytes; how far VMs' editors may raise these */
    uint64_t output_reserve;                  /* bytes that stay free beside our files */
    char *map_dir;
    char *pygrub;                            /* path of the program */
    bool pygrub_as_root;                     /* one that knows no --runas, too */
    unsigned connect_timeout, stall_timeout; /* seconds */
    unsigned pygrub_timeout;                 /* seconds */
    unsigned fetch_timeout; /* seconds, of each helper that a file passes through */
    enum redirects_choice redirects;
    bool allow_downgrade; /* redirects from https to http */
    char *cacert;         /* file of further CA certificates */
    char *proxy;
    char *cache;        /* the host's cache: a directory; NULL: there is none */
    uint64_t cache_max; /* bytes of it */
    uid_t runas;        /* the user that helpers become; settings_choose_user() */
    bool runas_given;
    uid_t runas_base;         /* the first of the users of which each run has its own; 0: none */
    bool runas_own;           /* nobody else is that user */
    bool require_confinement; /* a helper that cannot be confined as meant does not start */
    char *kernel, *ramdisk;
    char *install_inject; /* as media/inject.h has it */
    enum origin install_inject_origin;
    enum handoff_choice handoff;
    bool handoff_given; /* it is not the default */
    enum origin handoff_origin;
    enum handoff_choice host_handoff; /* without the command line's */
    bool check_kernel;
    enum guest_kind guest_kind;
    enum origin guest_kind_origin;
    char *grub_pv, *grub_pv32, *grub_pvh; /* paths of GRUB, as a kernel of each kind of guest */
    enum unpack_choice unpack_kernel;
    bool well_known; /* a kernel by its name, where the boot configuration boots nothing */
    enum origin well_known_origin;

    /* Bootloader mode. */
    char *vm;
    char *args; /* --default_args, --extra_args, --args: joined in the order given */
    char *output;
    char *location;
    char *entry, *offset; /* as they came */
    bool interactive, list_entries, not_really;

    /* fetch, probe */
    char *distro, *arch, *release;
    /* media add */
    char *overlay, *type, *name, *map;
    /* ls, cat */
    char *further_disks; /* paths, with commas between them */
    bool long_list;      /* ls: what each name is, too */
    /* vm show, probe, identify, ls */
    bool json;
    /* identify */
    bool verify;

    /* Whose the words are. */
    bool trust_words; /* who edits VMs may do what root may */
    bool by_editor;   /* a VM's editor wrote some of the words: what they name is not opened in
                         dom0, and raises no limit */
    uint64_t editor_kernel_max, editor_ramdisk_max; /* bytes, of these words; 0: not said */

    /* A start is tried, and not done: see loader/boot/finish.h. NULL: it is done. */
    struct rehearsal *rehearsal;
    /* check: what is wrong with the configuration or the environment, in the place of which the
     * defaults hold then; a sentence, owned. NULL: nothing. */
    char *fault;

    /* What is no option, in order; empty words are left out. */
    char **operands;
    size_t operand_count;
};

/* Fills SETTINGS from defaults, the configuration file, the environment (ELILOADER_NAME)
 * and the command line (ARGV without the program's name and the command's words). With
 * --help or --version, the file is not read. 0; or -1 with ERR: ERROR_USAGE names the option,
 * or file and line. The caller frees with settings_free() in either case.
 *
 * In bootloader mode, words behind "-q … --vm ID" are a VM's PV_bootloader_args (words.h), unless
 * the configuration file says that they are trusted: then SETTINGS' by_editor is set, and only the
 * options are taken that the table marks as anybody's, and one disk, the last word. */
int settings_parse(enum command command, int argc, char **argv, struct settings *settings,
                   struct error *err) must_check;
/* The words of a record's PV_bootloader_args (split at single spaces, no quoting), as if they
 * stood on bootloader mode's command line, on top of the defaults alone. BY_EDITOR: they may be
 * anyone's who may edit the VM, and no disk stands behind them. As settings_parse(). */
int settings_parse_words(const char *text, bool by_editor, struct settings *settings,
                         struct error *err) must_check;
void settings_free(struct settings *settings);
#define auto_settings __attribute__((cleanup(settings_free)))

/* The options of COMMAND for --help, one a line, into OUT. */
void options_help(enum command command, struct buffer *out);

#endif
