/* The machine that runs GRUB 2 scripts: what its parts share. Private to this folder.
 *
 * Everything that a script can make grow, or make last, has its bound here. What runs into
 * one is reported as a problem and ends as a failed command, but for the steps: with those
 * used up, everything ends.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_RUN_H
#define FSPROBE_CONFIG_GRUB2_RUN_H

#include "fsprobe/config/bls_entry.h"
#include "fsprobe/config/grub2/script/arena.h"
#include "fsprobe/config/grub2/script/ast.h"
#include "fsprobe/config/menu.h"

/* One step is a command, a turn of a loop, a variable that is looked up, so many words or parts
 * of words, or 64 bytes that are copied. Over everything: all configurations of a guest, and the
 * bodies of all entries. */
#define GRUB2_STEPS_MAX  200000
#define GRUB2_STEP_WORDS 8
/* Of these, what the body of one entry may use, so that one cannot starve the others. */
#define GRUB2_ENTRY_STEPS_MAX 20000
/* What looking for a file on a disk counts for. */
#define GRUB2_FILE_STEPS 50
/* Functions in functions, sourced files in sourced files, submenus in submenus. */
#define GRUB2_DEPTH_MAX 16
/* Files that are sourced or loaded as configurations, over everything. */
#define GRUB2_FILES_MAX     64
#define GRUB2_VARIABLES_MAX 1000         /* in one environment */
#define GRUB2_VALUE_MAX     (64 * 1024)  /* bytes of one variable */
#define GRUB2_ENV_MAX       (512 * 1024) /* bytes of all variables of one environment */
#define GRUB2_NAME_MAX      255          /* bytes of a variable's name */
#define GRUB2_FUNCTIONS_MAX 256
#define GRUB2_ITEMS_MAX     1024         /* of all menus together */
#define GRUB2_ARGS_MAX      4096         /* words of one command after expansion */
#define GRUB2_ARGS_BYTES    (256 * 1024) /* bytes of these */
#define GRUB2_LOOPBACKS_MAX 16           /* devices that `loopback` made */
#define GRUB2_MOUNTS_MAX    16           /* subvolumes that `btrfs-mount-subvol` mounted */
#define GRUB2_SEARCHES_MAX  64           /* answers of `search` that are remembered */
#define GRUB2_GRUBENV_MAX   (64 * 1024)  /* bytes of an environment block file */

/* What a command answers; the numbers are those that $? shows in GRUB 2.06. */
enum grub2_status {
    GRUB2_OK = 0,
    GRUB2_FALSE = 1,
    GRUB2_NO_FILE = 5,
    GRUB2_BAD_NAME = 7,
    GRUB2_BAD_NUMBER = 10,
    GRUB2_NO_DEVICE = 12,
    GRUB2_BAD_DEVICE = 13,
    GRUB2_NO_COMMAND = 16,
    GRUB2_BAD_COMMAND = 17,
    GRUB2_BAD_ARGUMENT = 18,
    GRUB2_NOT_HERE = 24, /* what this loader cannot do */
    GRUB2_BAD_MENU = 27,
};

/* What happens after a statement. */
enum grub2_flow {
    GRUB2_GO_ON,
    GRUB2_RETURN, /* out of the function or the entry's body */
    GRUB2_BOOT,   /* "boot": nothing more is executed here */
    GRUB2_MENU,   /* the menu of another configuration takes over: the same */
    GRUB2_QUIT,   /* "exit", "halt": nothing is booted */
    GRUB2_SPENT   /* the steps are used up */
};

struct grub2_args {
    char **v; /* NULL-terminated */
    size_t count;
    size_t bytes;
};

/* One line of a menu: a menuentry or a submenu. */
struct grub2_item {
    char **args; /* the title, then what else stood there: $1, $2, … of the body */
    size_t arg_count;
    char *id; /* or NULL */
    bool submenu;
    const struct grub2_node *body;
};

struct grub2_variable {
    struct grub2_variable *next;
    char *name, *value;
    bool exported;
};

/* The variables and the menu of the main script, a submenu, or another configuration file. */
struct grub2_env {
    struct grub2_env *parent;
    struct grub2_variable *buckets[64];
    size_t variables, bytes;
    struct grub2_item *items;
    size_t item_count;
    bool cut; /* its menu has more lines, which are not known */
};

struct grub2_function {
    struct grub2_function *next; /* the one that was defined before */
    const char *name;
    const struct grub2_node *body;
};

/* $1, $2, …; `shifted` of `args` are gone. */
struct grub2_scope {
    char **args;
    size_t count, shifted;
    char **owned; /* what setparams put there, to be freed; or NULL */
    size_t owned_count;
};

/* What `search` found once: GRUB looks there first when the same is searched again. */
struct grub2_search {
    int kind;
    char *name;
    char *device; /* as it was named then */
};

/* A directory of a Btrfs that is a subvolume. */
struct grub2_mount {
    size_t volume;
    char *directory, *subvolume;
};

struct grub2;

/* A command as it is called: argv[0] is its name. */
struct grub2_call {
    size_t argc;
    char **argv;
    const struct grub2_block *block; /* its { }, or NULL; the text is the last of argv */
};
typedef int grub2_command(struct grub2 *g, const struct grub2_call *call);

struct grub2 {
    /* The command of a name, or NULL: the table is above the machine that runs its commands. */
    grub2_command *(*find_command)(const char *name);
    struct guest *guest;
    struct menu *menu;
    size_t volume;      /* where the first configuration file is */
    const char *source; /* that file, or the one that was loaded last */
    struct grub2_arena arena;

    struct grub2_env *env;
    struct grub2_scope *scope; /* NULL outside functions and bodies */
    struct grub2_function *functions;
    size_t function_count, item_total, files;
    size_t numbered; /* entries so far, those that name no kernel too; submenus are none */
    unsigned depth, loops;
    char *loopbacks[GRUB2_LOOPBACKS_MAX];
    size_t loopback_count;
    struct grub2_mount mounts[GRUB2_MOUNTS_MAX];
    size_t mount_count;
    struct grub2_search searches[GRUB2_SEARCHES_MAX];
    size_t search_count;
    struct bls_list *bls; /* what blscfg read; or NULL */
    bool wildcards;       /* the module regexp is there */
    /* Something was asked that only a running GRUB knows: what comes next may be something else
     * than here, so nothing of it is booted. */
    bool unknown;

    const struct grub2_node *at; /* the statement that is executed */
    int status;                  /* $? */
    enum grub2_flow flow;
    unsigned breaks; /* loops that are still to be left */
    bool continuing; /* the last of them goes on */
    size_t steps, steps_max;

    /* What the commands so far would boot: kernel, ramdisks, arguments, hypervisor. */
    struct entry loaded;
    bool kernel_there; /* `loaded` names a kernel that exists */
    bool ramdisk_lost; /* one of its ramdisks is on no device of the guest's */
    bool drop_initrds; /* something else than Linux is loaded */
};

#endif
