/* Three places that set what the table of options names. See options.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/settings/options_table.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/confine.h"
#include "common/io.h"
#include "common/nearest.h"
#include "loader/settings/user.h"
#include "loader/settings/words.h"

#define CONFIG_SIZE_MAX (64 * 1024)
#define XAPI_SOCKET     "/var/lib/xcp/xapi"
#define GRUB_FOLDER     "/usr/lib/grub-xen" /* where Debian's grub-xen-host puts it */
#define SECONDS_MAX     86400
/* No kernel or ramdisk of more than a TiB can be meant. */
#define SIZE_MAX_BYTES (UINT64_C(1) << 40)

/* --- setting one value ------------------------------------------------------------------- */

/* The two limits, where they are kept; NULL: SIZE is none of them. */
static uint64_t *of_editor(struct settings *settings, const uint64_t *size)
{
    return size == &settings->kernel_max    ? &settings->editor_kernel_max
           : size == &settings->ramdisk_max ? &settings->editor_ramdisk_max
                                            : NULL;
}

static int set_size(struct settings *settings, const struct option *option, const char *value,
                    enum origin origin, struct error *err)
{
    uint64_t *size = (uint64_t *)((char *)settings + option->offset);
    uint64_t *editors = of_editor(settings, size);
    uint64_t bytes;

    /* Only of free space it makes sense to keep nothing. */
    if (!text_to_size(value, SIZE_MAX_BYTES, &bytes) || (bytes == 0 && editors))
        return error_set(err, ERROR_USAGE,
                         "%s is not a size: '%s' (bytes, or with K, M, G; at most 1T)",
                         option->name, value);
    /* What stands below an editor's word goes on to count. */
    if (editors && settings->by_editor) {
        *editors = bytes;
        return 0;
    }
    *size = bytes;
    if (size == &settings->kernel_max)
        settings->kernel_max_origin = origin;
    else if (size == &settings->ramdisk_max)
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

/* The largest value means "no user" to the kernel. */
#define UID_LAST (UINT32_MAX - 1)

static int set_uid(struct settings *settings, const char *value, struct error *err)
{
    uint64_t number;

    if (!text_to_number(value, UID_LAST, &number) || number == 0)
        return error_set(err, ERROR_USAGE, "not the number of a user other than root: '%s'", value);
    settings->runas = (uid_t)number;
    settings->runas_given = true;
    return 0;
}

static int set_users(struct settings *settings, const char *value, struct error *err)
{
    uint64_t number;

    if (!text_to_number(value, UID_LAST - (USERS_COUNT - 1), &number) || number == 0)
        return error_set(err, ERROR_USAGE,
                         "not the number of the first of %d users other than root: '%s'",
                         USERS_COUNT, value);
    settings->runas_base = (uid_t)number;
    return 0;
}

static void join(char **text, const char *more)
{
    if (!*more)
        return;
    replace_string(text, text_join(*text, more));
}

/* There is one list, and what a later origin says takes its place. */
static int set_list(struct settings *settings, char **list, const char *value, enum origin origin,
                    struct error *err)
{
    if (!*value)
        return error_set(err, ERROR_USAGE, "it has no value");
    bool more = *list && settings->install_inject_origin == origin;
    replace_string(list, more ? xasprintf("%s,%s", *list, value) : xstrdup(value));
    settings->install_inject_origin = origin;
    return 0;
}

/* VALUE is NULL for a flag without one. */
static int set_option(struct settings *settings, const struct option *option, const char *value,
                      enum origin origin, struct error *err)
{
    void *member = (char *)settings + option->offset;

    switch (option->kind) {
    case KIND_FLAG:
        if (member == &settings->well_known)
            settings->well_known_origin = origin;
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
        if (member == &settings->output_directory)
            settings->output_directory_given = true;
        return 0;
    case KIND_JOIN:
        join(member, value);
        return 0;
    case KIND_LIST:
        return set_list(settings, member, value, origin, err);
    case KIND_SIZE:
        return set_size(settings, option, value, origin, err);
    case KIND_SECONDS:
        return set_seconds(member, value, err);
    case KIND_FORMAT:
        if (!answer_format_from_name(value, member))
            return error_set(err, ERROR_USAGE, "not simple, simple0 or sxp: '%s'", value);
        return 0;
    case KIND_HANDOFF:
        if (!handoff_from_name(value, member))
            return error_set(err, ERROR_USAGE, "not auto, pygrub, native or grub: '%s'", value);
        settings->handoff_given = true;
        settings->handoff_origin = origin;
        return 0;
    case KIND_REDIRECTS:
        if (!redirects_from_name(value, member))
            return error_set(err, ERROR_USAGE, "neither private nor any: '%s'", value);
        return 0;
    case KIND_GUEST:
        if (!guest_kind_from_name(value, member))
            return error_set(err, ERROR_USAGE, "not pv, pv32 or pvh: '%s'", value);
        settings->guest_kind_origin = origin;
        return 0;
    case KIND_UNPACK:
        if (!unpack_from_name(value, member))
            return error_set(err, ERROR_USAGE, "not auto, yes or no: '%s'", value);
        return 0;
    case KIND_UID:
        return set_uid(settings, value, err);
    case KIND_USERS:
        return set_users(settings, value, err);
    }
    return 0;
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
    for (size_t i = 0; i < options_count; i++)
        if (options[i].in_file && option_is_called(&options[i], name, strlen(name)))
            return &options[i];
    return NULL;
}

static int unknown_setting(const char *name, struct error *err)
{
    struct nearest nearest = NEAREST(name);

    for (size_t i = 0; i < options_count; i++)
        if (options[i].in_file)
            nearest_offer(&nearest, options[i].name);
    return error_set(err, ERROR_USAGE, "there is no setting '%s'%s", name, nearest_hint(&nearest));
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
        return unknown_setting(name, err);
    char *value = trim(equals + 1);
    if (set_option(settings, option, value, ORIGIN_FILE, err) < 0)
        return error_prefix(err, "%s", name);
    return 0;
}

static int set_from_file(struct settings *settings, const char *path, bool must_exist,
                         struct error *err)
{
    auto_buffer struct buffer text = BUFFER_INIT(CONFIG_SIZE_MAX);
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
    for (size_t i = 0; i < options_count; i++) {
        /* What no command takes is the file's alone. */
        if (!options[i].in_file || !options[i].commands)
            continue;
        auto_free char *name = xasprintf("ELILOADER_%s", options[i].name);
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

static int apply_early(struct settings *settings, const struct option *option, const char *value,
                       struct error *err)
{
    /* What decides whether, and which, configuration file is read. */
    if (option->offset == offsetof(struct settings, config) ||
        option->offset == offsetof(struct settings, help) ||
        option->offset == offsetof(struct settings, version))
        return set_option(settings, option, value, ORIGIN_COMMAND_LINE, err);
    return 0;
}

static int apply(struct settings *settings, const struct option *option, const char *value,
                 struct error *err)
{
    return set_option(settings, option, value, ORIGIN_COMMAND_LINE, err);
}

/* --- all together ------------------------------------------------------------------------ */

static void set_defaults(struct settings *settings)
{
    *settings = (struct settings){
        .record = xstrdup("auto"),
        .record_dir = xstrdup("/var/lib/eliloader/vms"),
        .xapi_socket = xstrdup(XAPI_SOCKET),
        .output_directory = xstrdup("/var/run/xend/boot"),
        .grub_pv = xstrdup(GRUB_FOLDER "/grub-x86_64-xen.bin"),
        .grub_pv32 = xstrdup(GRUB_FOLDER "/grub-i386-xen.bin"),
        .grub_pvh = xstrdup(GRUB_FOLDER "/grub-i386-xen_pvh.bin"),
        .kernel_max = UINT64_C(64) << 20,
        .ramdisk_max = UINT64_C(512) << 20,
        .kernel_ceiling = UINT64_C(256) << 20,
        .ramdisk_ceiling = UINT64_C(1) << 30,
        .output_reserve = UINT64_C(64) << 20,
        .cache_max = UINT64_C(4) << 30,
        .connect_timeout = 30,
        .stall_timeout = 60,
        .pygrub_timeout = 300,
        .fetch_timeout = 1800,
        .runas = CONFINE_DEFAULT_UID,
    };
}

int settings_parse(enum command command, int argc, char **argv, struct settings *settings,
                   struct error *err)
{
    const char *from_environment = getenv("ELILOADER_CONFIG");
    struct words words;

    set_defaults(settings);
    settings->operands = xcalloc((size_t)argc + 1, sizeof *settings->operands);
    words_take_apart(command, argc, argv, &words);
    if (words_read_early(&words, settings, apply_early, err) < 0)
        return -1;
    if (settings->help || settings->version)
        return 0;
    bool named = settings->config || (from_environment && *from_environment);
    if (!settings->config)
        settings->config = xstrdup(named ? from_environment : CONFIG_FILE);
    if (set_from_file(settings, settings->config, named, err) < 0 ||
        set_from_environment(settings, err) < 0) {
        if (command != COMMAND_CHECK)
            return -1;
        /* That is one of the things which it tells. */
        settings->fault = take_pointer(err->text);
        error_clear(err);
    }
    settings->host_handoff = settings->handoff;
    settings->by_editor = words.toolstack && !settings->trust_words;
    return words_read(&words, settings, apply, err);
}

int settings_parse_words(const char *text, bool by_editor, struct settings *settings,
                         struct error *err)
{
    int count = 0;
    auto_free char *copy = xstrdup(text);
    auto_free char **argv = xcalloc(strlen(text) / 2 + 2, sizeof *argv);

    set_defaults(settings);
    settings->by_editor = by_editor;
    for (char *rest = copy, *word; (word = strsep(&rest, " "));)
        if (*word)
            argv[count++] = word;
    settings->operands = xcalloc((size_t)count + 1, sizeof *settings->operands);
    const struct words words = {COMMAND_BOOT, count, argv, by_editor ? 0 : count, count, by_editor};
    return words_read(&words, settings, apply, err);
}

void settings_free(struct settings *settings)
{
    for (size_t i = 0; i < options_count; i++)
        if (options[i].kind == KIND_TEXT || options[i].kind == KIND_JOIN ||
            options[i].kind == KIND_LIST)
            replace_string((char **)((char *)settings + options[i].offset), NULL);
    replace_string(&settings->fault, NULL);
    for (size_t i = 0; i < settings->operand_count; i++)
        free(settings->operands[i]);
    free(settings->operands);
    settings->operands = NULL;
    settings->operand_count = 0;
}

/* Columns of a line of --help, of which its text begins behind the first ones. */
#define HELP_TEXT_AT  30
#define HELP_TEXT_MAX 70

/* TEXT in as many lines as it takes. */
static void add_help(struct buffer *out, const char *text)
{
    while (strlen(text) > HELP_TEXT_MAX) {
        const char *space = memrchr(text, ' ', HELP_TEXT_MAX + 1);
        if (!space)
            break;
        (void)buffer_addf(out, "%.*s\n%*s", (int)(space - text), text, HELP_TEXT_AT, "");
        text = space + 1;
    }
    (void)buffer_addf(out, "%s\n", text);
}

void options_help(enum command command, struct buffer *out)
{
    for (size_t i = 0; i < options_count; i++) {
        const struct option *option = &options[i];
        if (!(option->commands & command))
            continue;
        char letter[] = {'-', option->letter, ',', ' ', '\0'};
        auto_free char *left =
            xasprintf("  %s--%s%s%s", option->letter ? letter : "    ", option->name,
                      option->value ? "=" : "", option->value ? option->value : "");
        (void)buffer_addf(out, "%-*s", HELP_TEXT_AT, left);
        if (strlen(left) >= HELP_TEXT_AT)
            (void)buffer_addf(out, "\n%*s", HELP_TEXT_AT, "");
        add_help(out, option->help);
    }
}
