/* The words of a command line, taken apart and read. See words.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/settings/words.h"

#include <stddef.h>
#include <string.h>

#include "common/nearest.h"

/* Bytes of a sentence that lists the options of editors. */
#define LIST_MAX 1024

const struct option *words_option_named(enum command command, const char *word, const char **value)
{
    const char *equals = strchr(word, '=');

    *value = NULL;
    if (text_starts(word, "--") && equals)
        *value = equals + 1;
    for (size_t i = 0; i < options_count; i++) {
        const struct option *option = &options[i];
        if (!(option->commands & command))
            continue;
        if (option->letter && word[1] == option->letter && !word[2])
            return option;
        if (text_starts(word, "--") &&
            option_is_called(option, word + 2,
                             equals ? (size_t)(equals - word - 2) : strlen(word + 2)))
            return option;
    }
    return NULL;
}

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1];
}

/* --- taking apart ------------------------------------------------------------------------ */

static bool is_called(const struct option *option, const char *name)
{
    return option && strcmp(option->name, name) == 0;
}

/* Whether a toolstack's command line begins so: a person's need not. */
static bool begins_toolstack(int argc, char **argv)
{
    const char *value;
    int first = 0;

    while (first < argc && !*argv[first])
        first++;
    if (first == argc || !is_option(argv[first]))
        return false;
    const struct option *option = words_option_named(COMMAND_BOOT, argv[first], &value);
    return is_called(option, "quiet") || is_called(option, "default_args") ||
           is_called(option, "extra_args");
}

/* The index of the first word behind "--vm ID"; 0: there is none. */
static int behind_vm(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        const char *value;
        if (!is_option(argv[i]))
            continue;
        const struct option *option = words_option_named(COMMAND_BOOT, argv[i], &value);
        /* "--" too: no option follows it. What is unknown is refused later. */
        if (!option)
            return 0;
        if (option->kind != KIND_FLAG && !value)
            i++;
        if (is_called(option, "vm"))
            return i < argc ? i + 1 : 0;
    }
    return 0;
}

void words_take_apart(enum command command, int argc, char **argv, struct words *words)
{
    *words = (struct words){command, argc, argv, argc, argc, false};
    if (command != COMMAND_BOOT || !begins_toolstack(argc, argv))
        return;
    int behind = behind_vm(argc, argv);
    if (!behind)
        return;
    words->toolstack = true;
    words->own = behind;
    /* A toolstack's disk is a path; by hand there may be none. */
    if (argc > behind && *argv[argc - 1] && *argv[argc - 1] != '-')
        words->disk = argc - 1;
}

int words_before_command(int argc, char **argv)
{
    int i = 0;

    while (i < argc && is_option(argv[i])) {
        const char *value;
        const struct option *option = words_option_named(COMMAND_ALL, argv[i], &value);
        if (!option || option->commands != COMMAND_ALL)
            break;
        i += option->kind != KIND_FLAG && !value ? 2 : 1;
    }
    return i < argc ? i : argc;
}

/* --- root's and the toolstack's ---------------------------------------------------------- */

static int unknown_option(enum command command, const char *word, struct error *err)
{
    size_t length = strcspn(word, "="), dashes = strspn(word, "-");
    struct nearest nearest = NEAREST_PART(word + dashes, length - dashes);

    for (size_t i = 0; i < options_count; i++)
        if (options[i].commands & command)
            nearest_offer(&nearest, options[i].name);
    return error_set(err, ERROR_USAGE, "unknown option '%.*s'%s%s%s (--help lists them)",
                     (int)length, word, nearest.best ? "; did you mean '--" : "",
                     nearest.best ? nearest.best : "", nearest.best ? "'?" : "");
}

static void add_operand(struct settings *settings, const char *word)
{
    settings->operands[settings->operand_count++] = xstrdup(word);
}

/* The first COUNT words; operands are added when OPERANDS. */
static int read_own(const struct words *words, int count, struct settings *settings,
                    words_option *each, bool operands, struct error *err)
{
    bool only_operands = false;

    for (int i = 0; i < count; i++) {
        const char *word = words->argv[i], *value;
        if (only_operands || !is_option(word)) {
            /* xapi splits at single spaces: an empty word is no operand. */
            if (*word && operands)
                add_operand(settings, word);
            continue;
        }
        if (strcmp(word, "--") == 0) {
            only_operands = true;
            continue;
        }
        const struct option *option = words_option_named(words->command, word, &value);
        if (!option)
            return unknown_option(words->command, word, err);
        if (i >= words->own && option->offset == offsetof(struct settings, config))
            return error_set(err, ERROR_USAGE,
                             "--config comes too late behind -q --vm ID: write it first");
        if (option->kind == KIND_FLAG && value && strcmp(option->name, "logging") != 0)
            return error_set(err, ERROR_USAGE, "the option --%s takes no value", option->name);
        if (option->kind != KIND_FLAG && !value) {
            if (i + 1 >= count)
                return error_set(err, ERROR_USAGE, "the option --%s has no value", option->name);
            value = words->argv[++i];
        }
        if (each(settings, option, value, err) < 0)
            return error_prefix(err, "option --%s", option->name);
    }
    return 0;
}

/* --- an editor's ------------------------------------------------------------------------- */

static char *list_editors(void)
{
    auto_buffer struct buffer out = BUFFER_INIT(LIST_MAX);

    for (size_t i = 0; i < options_count; i++)
        if (option_is_editors(&options[i]))
            (void)buffer_addf(&out, "%s--%s", out.length ? ", " : "", options[i].name);
    return buffer_take(&out);
}

/* ERR: WORD is an editor's, and is refused because of WHY. A value, which may be secret, is not
 * shown. Returns -1. */
static int refuse(const char *word, const char *why, struct error *err)
{
    bool option = is_option(word) && strcmp(word, "--") != 0;

    return error_set(err, ERROR_USAGE,
                     "the %s%.*s%s may not stand in a VM's PV_bootloader_args, which whoever may "
                     "edit the VM wrote: %s; root may write it before --vm or in xl.cfg, or set "
                     "trust-bootloader-args = yes in the configuration file where every editor is "
                     "root",
                     option ? "option " : "word '",
                     (int)(option ? strcspn(word, "=") : strlen(word)), word, option ? "" : "'",
                     why);
}

static int read_editors(const struct words *words, struct settings *settings, words_option *each,
                        struct error *err)
{
    for (int i = words->own; i < words->disk; i++) {
        const char *word = words->argv[i], *value;
        if (!*word)
            continue;
        if (!is_option(word) || strcmp(word, "--") == 0)
            return refuse(word, "it is no option, and only the toolstack names a disk", err);
        const struct option *option = words_option_named(words->command, word, &value);
        if (!option || !option_is_editors(option)) {
            auto_free char *list = list_editors();
            auto_free char *why = xasprintf("only %s may", list);
            return refuse(word, why, err);
        }
        bool flag = option->kind == KIND_FLAG;
        if (flag && value)
            return refuse(word, "it takes no value", err);
        if (!flag && !value && i + 1 >= words->disk)
            return refuse(word, "it has no value, and the disk behind it is none", err);
        if (!flag && !value)
            value = words->argv[++i];
        if (each(settings, option, value, err) < 0)
            return error_prefix(err, "option --%s", option->name);
    }
    return 0;
}

/* --- together ---------------------------------------------------------------------------- */

int words_read_early(const struct words *words, struct settings *settings, words_option *each,
                     struct error *err)
{
    return read_own(words, words->own, settings, each, false, err);
}

int words_read(const struct words *words, struct settings *settings, words_option *each,
               struct error *err)
{
    bool trusted = !settings->by_editor;

    if (read_own(words, trusted ? words->argc : words->own, settings, each, true, err) < 0)
        return -1;
    if (trusted)
        return 0;
    if (read_editors(words, settings, each, err) < 0)
        return -1;
    if (words->disk < words->argc)
        add_operand(settings, words->argv[words->disk]);
    return 0;
}
