/* The options: one table, three places that set them. See options.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/options.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/confine.h"
#include "common/io.h"

#define CONFIG_FILE     "/etc/eliloader/eliloader.conf"
#define CONFIG_SIZE_MAX (64 * 1024)
#define SECONDS_MAX     86400
/* No kernel or ramdisk of more than a TiB can be meant. */
#define SIZE_MAX_BYTES (UINT64_C(1) << 40)

enum kind {
    KIND_FLAG,    /* bool */
    KIND_TEXT,    /* char *, not empty */
    KIND_JOIN,    /* char *, words joined in the order given, each may be empty */
    KIND_SIZE,    /* uint64_t, bytes */
    KIND_SECONDS, /* unsigned, at least 1 */
    KIND_FORMAT,  /* enum answer_format */
    KIND_UID,     /* uid_t */
};

struct option {
    const char *name;
    const char *alias; /* another spelling, or NULL */
    char letter;       /* -q, or 0 */
    enum kind kind;
    size_t offset;     /* of the member in struct settings */
    unsigned commands; /* with which it goes on the command line */
    bool in_file;      /* may stand in the configuration file and the environment */
    const char *value; /* what --help calls the value; NULL: none */
    const char *help;
};

#define MEMBER(name) offsetof(struct settings, name)
#define BOTH         (COMMAND_BOOT | COMMAND_FETCH)

static const struct option options[] = {
    {"vm", NULL, 0, KIND_TEXT, MEMBER(vm), COMMAND_BOOT, false, "ID",
     "the VM whose record says what to do"},
    {"args", NULL, 0, KIND_JOIN, MEMBER(args), COMMAND_BOOT, false, "TEXT",
     "arguments for the guest's kernel, after all others"},
    {"extra_args", "extra-args", 0, KIND_JOIN, MEMBER(args), COMMAND_BOOT, false, "TEXT",
     "the same, as older toolstacks call it"},
    {"default_args", "default-args", 0, KIND_JOIN, MEMBER(args), COMMAND_BOOT, false, "TEXT",
     "the same; all three are joined in the order given"},
    {"output", NULL, 0, KIND_TEXT, MEMBER(output), COMMAND_BOOT, false, "FILE",
     "write the answer to FILE, which exists already (default: stdout, '-')"},
    {"output-format", NULL, 0, KIND_FORMAT, MEMBER(output_format), BOTH, false, "FORM",
     "simple (default), simple0 or sxp"},
    {"output-directory", NULL, 0, KIND_TEXT, MEMBER(output_directory), BOTH, true, "DIR",
     "where kernel and ramdisk are put (default: /var/run/xend/boot)"},
    {"kernel", NULL, 0, KIND_TEXT, MEMBER(kernel), BOTH, false, "PATH",
     "the kernel's path in the repository, or for pygrub on the guest's disk"},
    {"ramdisk", NULL, 0, KIND_TEXT, MEMBER(ramdisk), BOTH, false, "PATH",
     "the ramdisk's, likewise"},
    {"offset", NULL, 0, KIND_TEXT, MEMBER(offset), COMMAND_BOOT, false, "BYTES",
     "for pygrub: where on the disk the filesystem with the kernel begins"},
    {"entry", NULL, 0, KIND_TEXT, MEMBER(entry), COMMAND_BOOT, false, "ENTRY",
     "for pygrub: the boot entry, by number or title"},
    {"interactive", NULL, 'i', KIND_FLAG, MEMBER(interactive), COMMAND_BOOT, false, NULL,
     "for pygrub: show its menu"},
    {"distro", NULL, 0, KIND_TEXT, MEMBER(distro), COMMAND_FETCH, false, "FAMILY",
     "rhlike (default), sleslike, debianlike, pygrub or auto"},
    {"arch", NULL, 0, KIND_TEXT, MEMBER(arch), COMMAND_FETCH | COMMAND_PROBE | COMMAND_IDENTIFY,
     false, "ARCH", "i386, x86_64 or amd64 (default: x86_64)"},
    {"release", NULL, 0, KIND_TEXT, MEMBER(release), COMMAND_FETCH | COMMAND_IDENTIFY, false,
     "RELEASE", "Debian's release: bookworm"},
    {"proxy", NULL, 0, KIND_TEXT, MEMBER(proxy), BOTH | COMMAND_IDENTIFY | COMMAND_MEDIA, true,
     "URL", "proxy for HTTP (a VM's install-proxy comes first)"},
    {"cacert", NULL, 0, KIND_TEXT, MEMBER(cacert), BOTH | COMMAND_IDENTIFY | COMMAND_MEDIA, true,
     "FILE", "further CA certificates for https, in PEM form"},
    {"kernel-max-size", NULL, 0, KIND_SIZE, MEMBER(kernel_max), BOTH | COMMAND_IDENTIFY, true,
     "SIZE", "largest kernel, in bytes or with K, M, G (default: 64M)"},
    {"ramdisk-max-size", NULL, 0, KIND_SIZE, MEMBER(ramdisk_max),
     BOTH | COMMAND_IDENTIFY | COMMAND_MEDIA, true, "SIZE", "largest ramdisk (default: 512M)"},
    {"connect-timeout", NULL, 0, KIND_SECONDS, MEMBER(connect_timeout),
     BOTH | COMMAND_IDENTIFY | COMMAND_MEDIA, true, "SECONDS",
     "for a connection to the repository (default: 30)"},
    {"stall-timeout", NULL, 0, KIND_SECONDS, MEMBER(stall_timeout),
     BOTH | COMMAND_IDENTIFY | COMMAND_MEDIA, true, "SECONDS",
     "for a transfer that stands still (default: 60)"},
    {"map-dir", NULL, 0, KIND_TEXT, MEMBER(map_dir), BOTH | COMMAND_IDENTIFY | COMMAND_MEDIA, true,
     "DIR", "where the tables of installation media are (DIR:DIR… for several)"},
    {"pygrub", NULL, 0, KIND_TEXT, MEMBER(pygrub), COMMAND_BOOT, true, "PROGRAM",
     "pygrub's path (default: pygrub, looked for where Xen puts it)"},
    {"pygrub-timeout", NULL, 0, KIND_SECONDS, MEMBER(pygrub_timeout), COMMAND_BOOT, true, "SECONDS",
     "for pygrub in all, its menu included (default: 300)"},
    {"runas", NULL, 0, KIND_UID, MEMBER(runas),
     BOTH | COMMAND_MEDIA | COMMAND_PROBE | COMMAND_IDENTIFY, true, "UID",
     "the user that helpers become, when root (default: 65534)"},
    {"record", NULL, 0, KIND_TEXT, MEMBER(record), COMMAND_BOOT | COMMAND_VM, true, "BACKEND",
     "where VM records are kept: file (default)"},
    {"record-dir", NULL, 0, KIND_TEXT, MEMBER(record_dir), COMMAND_BOOT | COMMAND_VM, true, "DIR",
     "the records' directory (default: /var/lib/eliloader/vms)"},
    {"json", NULL, 0, KIND_FLAG, MEMBER(json), COMMAND_VM | COMMAND_PROBE | COMMAND_IDENTIFY, false,
     NULL, "print JSON"},
    {"verify", NULL, 0, KIND_FLAG, MEMBER(verify), COMMAND_IDENTIFY, false, NULL,
     "compute the MD5 that an ISO image carries, as checkisomd5 does"},
    {"overlay", NULL, 0, KIND_TEXT, MEMBER(overlay), COMMAND_MEDIA, false, "FILE",
     "add: the overlay, a cpio archive; '-': it needs none"},
    {"type", NULL, 0, KIND_TEXT, MEMBER(type), COMMAND_MEDIA, false, "TYPE",
     "add: cpio, ext2 or cpio+append, if the ramdisk's own bytes are not to say it"},
    {"name", NULL, 0, KIND_TEXT, MEMBER(name), COMMAND_MEDIA, false, "TEXT",
     "add: what people call it (default: the ramdisk's path)"},
    {"map", NULL, 0, KIND_TEXT, MEMBER(map), COMMAND_MEDIA, false, "FILE",
     "add: the table (default: local.map in the first map folder)"},
    {"config", NULL, 0, KIND_TEXT, MEMBER(config), COMMAND_ALL, false, "FILE",
     "settings (default: " CONFIG_FILE ")"},
    {"quiet", NULL, 'q', KIND_FLAG, MEMBER(quiet), COMMAND_ALL, false, NULL,
     "no progress, no warnings"},
    {"debug", NULL, 0, KIND_FLAG, MEMBER(debug), COMMAND_ALL, true, NULL,
     "say on stderr what is done"},
    {"logging", NULL, 0, KIND_FLAG, MEMBER(debug), COMMAND_BOOT, false, NULL,
     "the same, as older toolstacks call it"},
    {"help", NULL, 'h', KIND_FLAG, MEMBER(help), COMMAND_ALL, false, NULL, "this text"},
    {"version", NULL, 'V', KIND_FLAG, MEMBER(version), COMMAND_ALL, false, NULL,
     "the program's version"},
};

/* --- setting one value ------------------------------------------------------------------- */

static int set_size(struct settings *settings, const struct option *option, const char *value,
                    enum origin origin, struct error *err)
{
    uint64_t *size = (uint64_t *)((char *)settings + option->offset);

    if (!text_to_size(value, SIZE_MAX_BYTES, size) || *size == 0)
        return error_set(err, ERROR_USAGE,
                         "%s is not a size: '%s' (bytes, or with K, M, G; at most 1T)",
                         option->name, value);
    if (size == &settings->kernel_max)
        settings->kernel_max_origin = origin;
    else
        settings->ramdisk_max_origin = origin;
    return 0;
}

static int set_seconds(unsigned *seconds, const char *value, struct error *err)
{
    uint64_t number;

    if (!text_to_number(value, SECONDS_MAX, &number) || number == 0)
        return error_set(err, ERROR_USAGE, "not a number of seconds from 1 to %d: '%s'",
                         SECONDS_MAX, value);
    *seconds = (unsigned)number;
    return 0;
}

static int set_uid(struct settings *settings, const char *value, struct error *err)
{
    uint64_t number;

    /* The largest value means "no user" to the kernel. */
    if (!text_to_number(value, UINT32_MAX - 1, &number) || number == 0)
        return error_set(err, ERROR_USAGE, "not the number of a user other than root: '%s'", value);
    settings->runas = (uid_t)number;
    settings->runas_given = true;
    return 0;
}

static void join(char **text, const char *more)
{
    if (!*more)
        return;
    replace_string(text, *text ? xasprintf("%s %s", *text, more) : xstrdup(more));
}

/* VALUE is NULL for a flag without one. */
static int set_option(struct settings *settings, const struct option *option, const char *value,
                      enum origin origin, struct error *err)
{
    void *member = (char *)settings + option->offset;

    switch (option->kind) {
    case KIND_FLAG:
        if (value && text_to_bool(value, member))
            return 0;
        if (value && origin != ORIGIN_COMMAND_LINE)
            return error_set(err, ERROR_USAGE, "neither yes nor no: '%s'", value);
        /* Alone, or older toolstacks' --logging=LEVEL: any level is one. */
        *(bool *)member = true;
        return 0;
    case KIND_TEXT:
        if (!*value)
            return error_set(err, ERROR_USAGE, "it has no value");
        replace_string(member, xstrdup(value));
        return 0;
    case KIND_JOIN:
        join(member, value);
        return 0;
    case KIND_SIZE:
        return set_size(settings, option, value, origin, err);
    case KIND_SECONDS:
        return set_seconds(member, value, err);
    case KIND_FORMAT:
        if (!answer_format_from_name(value, member))
            return error_set(err, ERROR_USAGE, "not simple, simple0 or sxp: '%s'", value);
        return 0;
    case KIND_UID:
        return set_uid(settings, value, err);
    }
    return 0;
}

static bool option_is_called(const struct option *option, const char *name, size_t length)
{
    return (strlen(option->name) == length && memcmp(option->name, name, length) == 0) ||
           (option->alias && strlen(option->alias) == length &&
            memcmp(option->alias, name, length) == 0);
}

/* --- the configuration file -------------------------------------------------------------- */

static char *trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    for (char *end = text + strlen(text); end > text && isspace((unsigned char)end[-1]);)
        *--end = '\0';
    return text;
}

static const struct option *find_in_file(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(options); i++)
        if (options[i].in_file && option_is_called(&options[i], name, strlen(name)))
            return &options[i];
    return NULL;
}

static int set_from_line(struct settings *settings, char *line, struct error *err)
{
    char *name = trim(line), *equals = strchr(name, '=');

    if (!*name || *name == '#' || *name == ';')
        return 0;
    if (!equals)
        return error_set(err, ERROR_USAGE, "'%s' is not 'name = value'", name);
    *equals = '\0';
    name = trim(name);
    const struct option *option = find_in_file(name);
    if (!option)
        return error_set(err, ERROR_USAGE, "there is no setting '%s'", name);
    char *value = trim(equals + 1);
    if (set_option(settings, option, value, ORIGIN_FILE, err) < 0)
        return error_prefix(err, "%s", name);
    return 0;
}

static int set_from_file(struct settings *settings, const char *path, bool must_exist,
                         struct error *err)
{
    autobuffer struct buffer text = BUFFER_INIT(CONFIG_SIZE_MAX);
    int found = read_file(path, CONFIG_SIZE_MAX, &text, err);
    unsigned number = 0;
    char *rest;

    if (found < 0)
        return -1;
    if (!found && must_exist && strcmp(path, "/dev/null") != 0)
        return error_set(err, ERROR_USAGE, "there is no configuration file %s", path);
    if (text.length != strlen(buffer_text(&text)))
        return error_set(err, ERROR_USAGE, "%s holds a NUL byte: it is not a configuration file",
                         path);
    for (char *line = text.data; line; line = rest) {
        rest = strchr(line, '\n');
        if (rest)
            *rest++ = '\0';
        number++;
        if (set_from_line(settings, line, err) < 0)
            return error_prefix(err, "%s, line %u", path, number);
    }
    return 0;
}

/* --- the environment --------------------------------------------------------------------- */

static int set_from_environment(struct settings *settings, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
        if (!options[i].in_file)
            continue;
        autofree char *name = xasprintf("ELILOADER_%s", options[i].name);
        for (char *p = name; *p; p++)
            *p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
        const char *value = getenv(name);
        if (value && *value &&
            set_option(settings, &options[i], value, ORIGIN_ENVIRONMENT, err) < 0)
            return error_prefix(err, "the environment's %s", name);
    }
    return 0;
}

/* --- the command line -------------------------------------------------------------------- */

/* The option that the word "--NAME[=VALUE]" or "-X" names; *VALUE is what follows '='. */
static const struct option *find_option(enum command command, const char *word, const char **value)
{
    const char *equals = strchr(word, '=');

    *value = NULL;
    if (text_starts(word, "--") && equals)
        *value = equals + 1;
    for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
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

typedef int each_option(struct settings *settings, const struct option *option, const char *value,
                        struct error *err);

static int apply_early(struct settings *settings, const struct option *option, const char *value,
                       struct error *err)
{
    /* What decides whether, and which, configuration file is read. */
    if (option->offset == MEMBER(config) || option->offset == MEMBER(help) ||
        option->offset == MEMBER(version))
        return set_option(settings, option, value, ORIGIN_COMMAND_LINE, err);
    return 0;
}

static int apply(struct settings *settings, const struct option *option, const char *value,
                 struct error *err)
{
    return set_option(settings, option, value, ORIGIN_COMMAND_LINE, err);
}

static int unknown_option(const char *word, struct error *err)
{
    size_t length = strcspn(word, "=");

    return error_set(err, ERROR_USAGE, "unknown option '%.*s' (--help lists them)", (int)length,
                     word);
}

/* Walks over the words; calls EACH for options, collects operands when OPERANDS. */
static int walk(enum command command, int argc, char **argv, struct settings *settings,
                each_option *each, bool operands, struct error *err)
{
    bool only_operands = false;

    for (int i = 0; i < argc; i++) {
        const char *word = argv[i], *value;
        if (only_operands || word[0] != '-' || !word[1]) {
            /* xapi splits at single spaces: an empty word is no operand. */
            if (*word && operands)
                settings->operands[settings->operand_count++] = xstrdup(word);
            continue;
        }
        if (strcmp(word, "--") == 0) {
            only_operands = true;
            continue;
        }
        const struct option *option = find_option(command, word, &value);
        if (!option)
            return unknown_option(word, err);
        if (option->kind == KIND_FLAG && value && strcmp(option->name, "logging") != 0)
            return error_set(err, ERROR_USAGE, "the option --%s takes no value", option->name);
        if (option->kind != KIND_FLAG && !value) {
            if (i + 1 >= argc)
                return error_set(err, ERROR_USAGE, "the option --%s has no value", option->name);
            value = argv[++i];
        }
        if (each(settings, option, value, err) < 0)
            return error_prefix(err, "option --%s", option->name);
    }
    return 0;
}

/* --- all together ------------------------------------------------------------------------ */

static void set_defaults(struct settings *settings)
{
    *settings = (struct settings){
        .record = xstrdup("file"),
        .record_dir = xstrdup("/var/lib/eliloader/vms"),
        .output_directory = xstrdup("/var/run/xend/boot"),
        .kernel_max = UINT64_C(64) << 20,
        .ramdisk_max = UINT64_C(512) << 20,
        .connect_timeout = 30,
        .stall_timeout = 60,
        .pygrub_timeout = 300,
        .runas = CONFINE_DEFAULT_UID,
    };
}

int settings_parse(enum command command, int argc, char **argv, struct settings *settings,
                   struct error *err)
{
    const char *from_environment = getenv("ELILOADER_CONFIG");

    set_defaults(settings);
    settings->operands = xcalloc((size_t)argc + 1, sizeof *settings->operands);
    if (walk(command, argc, argv, settings, apply_early, false, err) < 0)
        return -1;
    if (settings->help || settings->version)
        return 0;
    bool named = settings->config || (from_environment && *from_environment);
    if (!settings->config)
        settings->config = xstrdup(named ? from_environment : CONFIG_FILE);
    if (set_from_file(settings, settings->config, named, err) < 0 ||
        set_from_environment(settings, err) < 0)
        return -1;
    return walk(command, argc, argv, settings, apply, true, err);
}

int settings_parse_words(const char *text, struct settings *settings, struct error *err)
{
    size_t count = 0;
    autofree char *copy = xstrdup(text);
    autofree char **words = xcalloc(strlen(text) / 2 + 2, sizeof *words);

    set_defaults(settings);
    for (char *rest = copy, *word; (word = strsep(&rest, " "));)
        if (*word)
            words[count++] = word;
    settings->operands = xcalloc(count + 1, sizeof *settings->operands);
    return walk(COMMAND_BOOT, (int)count, words, settings, apply, true, err);
}

void settings_free(struct settings *settings)
{
    for (size_t i = 0; i < ARRAY_SIZE(options); i++)
        if (options[i].kind == KIND_TEXT || options[i].kind == KIND_JOIN)
            replace_string((char **)((char *)settings + options[i].offset), NULL);
    for (size_t i = 0; i < settings->operand_count; i++)
        free(settings->operands[i]);
    free(settings->operands);
    settings->operands = NULL;
    settings->operand_count = 0;
}

void options_help(enum command command, struct buffer *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
        const struct option *option = &options[i];
        if (!(option->commands & command))
            continue;
        char letter[] = {'-', option->letter, ',', ' ', '\0'};
        autofree char *left =
            xasprintf("  %s--%s%s%s", option->letter ? letter : "    ", option->name,
                      option->value ? "=" : "", option->value ? option->value : "");
        (void)buffer_addf(out, "%-30s%s%s\n", left,
                          strlen(left) > 29 ? "\n                              " : "",
                          option->help);
    }
}
