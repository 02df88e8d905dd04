/* The table of all options: read by options.c, words.c and completion alone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOADER_SETTINGS_OPTIONS_TABLE_H
#define LOADER_SETTINGS_OPTIONS_TABLE_H

#include <stddef.h>

#include "loader/settings/options.h"

#define CONFIG_FILE "/etc/eliloader/eliloader.conf"

enum option_kind {
    KIND_FLAG,      /* bool */
    KIND_TEXT,      /* char *, not empty */
    KIND_JOIN,      /* char *, words joined in the order given, each may be empty */
    KIND_LIST,      /* char *, not empty; what one origin says several times is joined by ',' */
    KIND_SIZE,      /* uint64_t, bytes */
    KIND_SECONDS,   /* unsigned, at least 1 */
    KIND_FORMAT,    /* enum answer_format */
    KIND_UID,       /* uid_t */
    KIND_USERS,     /* uid_t, the first of USERS_COUNT */
    KIND_HANDOFF,   /* enum handoff_choice */
    KIND_REDIRECTS, /* enum redirects_choice */
    KIND_GUEST,     /* enum guest_kind */
    KIND_UNPACK,    /* enum unpack_choice */
};

/* Whose word an option may be. What says nothing is trusted people's. */
enum option_writer {
    TRUSTED_ONLY, /* the toolstack's and root's: it names another VM, or a program, file or user of
                     dom0 */
    ANYBODY,      /* also of who may edit the VM: it is about that guest only */
};

struct option {
    const char *name;
    const char *alias; /* another spelling, or NULL */
    char letter;       /* -q, or 0 */
    enum option_kind kind;
    size_t offset;     /* of the member in struct settings */
    unsigned commands; /* with which it goes on the command line; 0: none, only the file has it */
    bool in_file;      /* may stand in the configuration file, and in the environment unless only
                          the file has it */
    enum option_writer writer;
    const char *value; /* what --help calls the value; NULL: none */
    const char *help;  /* NULL where no command has it */
};

extern const struct option options[];
extern const size_t options_count;

/* Whether the LENGTH bytes of NAME are OPTION's name or its other spelling. */
bool option_is_called(const struct option *option, const char *name, size_t length);

/* Whether OPTION may stand in a VM's PV_bootloader_args, whoever wrote them. */
bool option_is_editors(const struct option *option);

#endif
