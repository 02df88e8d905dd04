/* The machine that runs GRUB 2 scripts: what its parts share. Private to grub2*.c.
 *
 * Everything that a script can make grow, or make last, has its bound here. What runs into
 * one is reported as a problem and ends as a failed command, but for the steps: with those
 * used up, everything ends.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FSPROBE_CONFIG_GRUB2_RUN_H
#define FSPROBE_CONFIG_GRUB2_RUN_H

#include "fsprobe/config/grub2/ast.h"

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
#define GRUB2_GRUBENV_MAX   (64 * 1024)  /* bytes of an environment block file */

/* What a command answers; the numbers are those that $? shows in GRUB 2.06. */
enum grub2_status {
    GRUB2_OK = 0,
    GRUB2_FALSE = 1,
    GRUB2_NO_FILE = 5,
    GRUB2_BAD_NAME = 7,
    GRUB2_NO_DEVICE = 12,
    GRUB2_BAD_COMMAND = 17,
    GRUB2_BAD_ARGUMENT = 18,
    GRUB2_NOT_HERE = 24, /* what this loader cannot do */
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

/* One line of a menu: a menuentry, a submenu, or an entry that blscfg found. */
struct grub2_item {
    char **args; /* the title, then what else stood there: $1, $2, … of the body */
    size_t arg_count;
    char *id; /* or NULL */
    bool submenu;
    const struct grub2_node *body;
    struct entry *found; /* complete already; or NULL */
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

struct grub2 {
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

    const struct grub2_node *at; /* the statement that is executed */
    int status;                  /* $? */
    enum grub2_flow flow;
    unsigned breaks; /* loops that are still to be left */
    bool continuing; /* the last of them goes on */
    size_t steps, steps_max;

    /* What the commands so far would boot: kernel, ramdisks, arguments, hypervisor. */
    struct entry loaded;
    bool kernel_there; /* `loaded` names a kernel that exists */
    bool drop_initrds; /* something else than Linux is loaded */
};

/* A command as it is called: argv[0] is its name. */
struct grub2_call {
    size_t argc;
    char **argv;
    const struct grub2_block *block; /* its { }, or NULL; the text is the last of argv */
};

/* --- env.c --- */
/* Opens an environment inside the current one; with EXPORTED_ONLY as a submenu sees it, else
 * a full copy; its menu is empty. */
void grub2_env_open(struct grub2 *g, bool exported_only);
/* Back to the environment TO, which is the current one or above it. */
void grub2_env_close(struct grub2 *g, struct grub2_env *to);
/* The value of a variable, or NULL. It holds until the next change. */
const char *grub2_get(const struct grub2 *g, const char *name);
/* Sets a variable; false, with a problem, when a bound is reached. */
bool grub2_set(struct grub2 *g, const char *name, const char *value);
void grub2_unset(struct grub2 *g, const char *name);
/* Marks a variable, which need not be there yet, as seen by submenus. */
void grub2_export(struct grub2 *g, const char *name);

/* --- expand.c --- */
/* Expands WORDS to ARGS. False, with a problem, when a bound is reached; ARGS is to be freed
 * in any case. */
bool grub2_expand(struct grub2 *g, const struct grub2_word *words, struct grub2_args *args);
/* Adds one finished word; false as above. */
bool grub2_args_add(struct grub2 *g, struct grub2_args *args, const char *text, size_t length);
void grub2_args_free(struct grub2_args *args);
#define auto_grub2_args __attribute__((cleanup(grub2_args_free)))

/* The number that TEXT begins with, as GRUB reads one: white space, a sign (WITH_SIGN),
 * hexadecimal after "0x", octal after "0" and one of 0 to 7. 0 when there is none, the largest
 * when it is too large. END (may be NULL) gets what follows it. */
int64_t grub2_number(const char *text, bool with_sign, const char **end);

/* --- exec.c --- */
/* Takes COUNT steps; false when none are left, which also ends everything. */
bool grub2_steps(struct grub2 *g, size_t count);
/* Executes a list of statements; returns the status of the last. */
int grub2_execute(struct grub2 *g, const struct grub2_node *list);
/* Executes the body of an entry, ARGS being $1, $2, …. */
void grub2_execute_body(struct grub2 *g, const struct grub2_node *body, char **args, size_t count);
/* Parses and executes BYTES; NAME is for messages. */
int grub2_execute_text(struct grub2 *g, const char *name, const char *bytes, size_t length);
/* Runs one command that is expanded already, as `time` and the table do. */
int grub2_call(struct grub2 *g, const struct grub2_call *call);
/* "FILE line N: SENTENCE" to the menu's problems; the line is that of the statement at work. */
void grub2_problem(struct grub2 *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
void grub2_scope_free(struct grub2_scope *scope);

/* --- files.c --- */
/* Executes BYTES, the text of the file that GRUB knows as SPEC and messages as NAME, with
 * $config_file and $config_directory set meanwhile. */
int grub2_run_config(struct grub2 *g, const char *spec, const char *name, const char *bytes,
                     size_t length);

/* --- commands.c --- */
typedef int grub2_command(struct grub2 *g, const struct grub2_call *call);
/* The command of that name, or NULL. */
grub2_command *grub2_find_command(const char *name) must_check;
/* Whether the table is in the order that looking up needs; for the tests. */
bool grub2_commands_are_sorted(void);

/* Reads an option that a command may have. VALUE: */
enum grub2_value { GRUB2_FLAG, GRUB2_REQUIRED, GRUB2_OPTIONAL };
struct grub2_option {
    char letter;      /* 0: none */
    const char *name; /* without "--"; NULL ends the table */
    enum grub2_value value;
};
/* Walks the words of a call. Starts zeroed. */
struct grub2_options {
    size_t at;         /* the word at work */
    size_t letter;     /* the letter in it, of -abc */
    bool words_only;   /* "--" was seen */
    const char *value; /* of the option that was found, or NULL */
    const char *word;  /* the word that is no option */
};
/* The next option: its index in TABLE; or -1 with `word` set; -2 at the end. Options that the
 * table lacks are passed over: other builds of GRUB know more of them. */
int grub2_next_option(const struct grub2_call *call, const struct grub2_option *table,
                      struct grub2_options *state);

/* --- the commands of one kind each --- */
grub2_command grub2_cmd_test;   /* test.c: test [ */
grub2_command grub2_cmd_search; /* search.c: search, search.file, … */
grub2_command grub2_cmd_probe;  /* probe */
grub2_command grub2_cmd_linux;  /* load.c */
grub2_command grub2_cmd_initrd;
grub2_command grub2_cmd_multiboot;
grub2_command grub2_cmd_module;
grub2_command grub2_cmd_other_loader; /* chainloader and others that boot no Linux */
grub2_command grub2_cmd_source;       /* files.c: source . configfile normal */
grub2_command grub2_cmd_load_env;
grub2_command grub2_cmd_cmp;
grub2_command grub2_cmd_menuentry; /* items.c: menuentry submenu */
grub2_command grub2_cmd_blscfg;
grub2_command grub2_cmd_regexp; /* regexp.c */

/* Matches TEXT against the POSIX extended regular expression PATTERN, anywhere in TEXT.
 * GROUPS[0] to GROUPS[9] get where the whole and the parts in ( ) lie, from and to; -1 where a
 * part took no part. 1 matched, 0 not, -1 no such expression, or more work than STEPS. */
#define GRUB2_GROUPS 10
int grub2_match(const char *pattern, const char *text, int groups[GRUB2_GROUPS][2], size_t *steps);

/* --- device.c --- */
/* The volume that a device's name (LENGTH bytes, without parentheses: "hd0,msdos1") means; -1
 * when the guest has none such. */
int grub2_device(const struct grub2 *g, const char *name, size_t length);
/* GRUB's name of a volume: "hd0,gpt2". The caller frees. */
char *grub2_device_name(const struct grub2 *g, size_t volume) must_check;
/* Where "(device)/path" or "/path" (then on $root) lies. PATH points into SPEC. False when it is
 * no such thing or the device is not there. */
bool grub2_locate(struct grub2 *g, const char *spec, size_t *volume, const char **path) must_check;
/* As grub2_locate() and guest_status(): what lies there. False when nothing does. */
bool grub2_look(struct grub2 *g, const char *spec, struct file_status *status) must_check;
/* Reads the file at SPEC; false when it is not there or cannot be read (then with a problem).
 * VOLUME and PATH as above, may be NULL. */
bool grub2_read(struct grub2 *g, const char *spec, size_t max, struct buffer *out, size_t *volume,
                const char **path) must_check;

/* --- items.c, menu.c --- */
void grub2_items_free(struct grub2_env *env);
/* Turns the current environment's menu into entries of g->menu, submenus opened, and marks the
 * wanted ones. */
void grub2_flatten(struct grub2 *g);
/* The number of the item that TEXT, a value of $default, means in the current menu; -1 when it
 * means none. */
int grub2_find_default(const struct grub2 *g, const char *text);
/* What stands in TEXT behind the first '>' that is not doubled; NULL when there is none. */
const char *grub2_default_rest(const char *text);
void grub2_entry_clear(struct entry *entry);

#endif
