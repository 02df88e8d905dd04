/* An xl.cfg, word by word. See xl_config.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/check/xl_config.h"

#include <stdlib.h>
#include <string.h>

#include "common/text.h"

enum kind {
    KIND_END,
    KIND_NAME,
    KIND_NUMBER,
    KIND_STRING,
    KIND_LINE, /* the end of one */
    KIND_APPEND,
    KIND_MARK, /* the character itself */
};

struct reader {
    const char *name; /* of the file */
    const char *at, *end;
    unsigned line;
    /* The word that was read last. */
    enum kind kind;
    const char *word;
    size_t length;
    unsigned word_line;
};

/* --- words ------------------------------------------------------------------------------- */

static int fault(const struct reader *reader, const char *what, struct error *err)
{
    const char *word = reader->word;
    size_t length = reader->length < 40 ? reader->length : 40;

    if (reader->kind == KIND_END || (length && *word == '\n'))
        return error_set(err, ERROR_USAGE, "%s, line %u: %s, and the %s ends there", reader->name,
                         reader->word_line, what, reader->kind == KIND_END ? "file" : "line");
    return error_set(err, ERROR_USAGE, "%s, line %u: %s, at '%.*s'", reader->name,
                     reader->word_line, what, (int)length, word);
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_of_name(char c)
{
    return is_lower(c) || is_digit(c) || c == '_';
}

static bool is_of_number(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || c == 'x';
}

static void take_while(struct reader *reader, enum kind kind, bool (*is)(char c))
{
    reader->kind = kind;
    while (reader->at < reader->end && is(*reader->at))
        reader->at++;
}

/* From the first quote to the last. */
static int take_string(struct reader *reader, struct error *err)
{
    char quote = *reader->at++;

    reader->kind = KIND_STRING;
    while (reader->at < reader->end && *reader->at != quote && *reader->at != '\n') {
        if (*reader->at == '\\' && reader->at + 1 < reader->end && reader->at[1] != '\n')
            reader->at++;
        reader->at++;
    }
    reader->length = (size_t)(reader->at - reader->word);
    if (reader->at == reader->end || *reader->at != quote)
        return fault(reader, "a text lacks its second quote", err);
    reader->at++;
    return 0;
}

/* A comment ends its line, and so has to have an end. */
static int take_line(struct reader *reader, struct error *err)
{
    const char *newline = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));

    reader->kind = KIND_LINE;
    reader->length = 1;
    if (!newline)
        return fault(reader, "a comment on the last line needs a newline behind it", err);
    reader->at = newline + 1;
    reader->line++;
    return 0;
}

/* Reads the next word. */
static int next(struct reader *reader, struct error *err)
{
    int result = 0;

    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\t'))
        reader->at++;
    reader->word = reader->at;
    reader->word_line = reader->line;
    reader->length = 1;
    if (reader->at == reader->end) {
        reader->kind = KIND_END;
        reader->length = 0;
        return 0;
    }
    char c = *reader->at;
    if (is_lower(c)) {
        take_while(reader, KIND_NAME, is_of_name);
    } else if (is_digit(c)) {
        take_while(reader, KIND_NUMBER, is_of_number);
    } else if (c == '\'' || c == '"') {
        result = take_string(reader, err);
    } else if (c == '\n' || c == '#') {
        result = take_line(reader, err);
    } else if (c == '+' && reader->at + 1 < reader->end && reader->at[1] == '=') {
        reader->kind = KIND_APPEND;
        reader->at += 2;
    } else if (strchr("[],=;", c) && c) {
        reader->kind = KIND_MARK;
        reader->at++;
    } else {
        return fault(reader,
                     c == '\r' ? "lines end as those of Windows do, with a carriage return"
                               : "this character may not stand here outside of quotes",
                     err);
    }
    if (result == 0)
        reader->length = (size_t)(reader->at - reader->word);
    return result;
}

static bool is_mark(const struct reader *reader, char mark)
{
    return reader->kind == KIND_MARK && *reader->word == mark;
}

/* What stands between the quotes. The caller frees; NULL with ERR. */
static char *unquoted(const struct reader *reader, struct error *err)
{
    static const char escapes[] = "abfnrtv'\"\\", meant[] = "\a\b\f\n\r\t\v'\"\\";
    auto_free char *text = xmalloc(reader->length);
    size_t length = 0;

    for (const char *p = reader->word + 1; p < reader->word + reader->length - 1; p++) {
        if (*p != '\\') {
            text[length++] = *p;
            continue;
        }
        const char *escape = *++p ? strchr(escapes, *p) : NULL;
        if (!escape) {
            (void)fault(reader,
                        *p == 'x' || (*p >= '0' && *p <= '7')
                            ? "a character by its number, which xl does not read right"
                            : "a backslash before a character that needs none",
                        err);
            return NULL;
        }
        text[length++] = meant[escape - escapes];
    }
    text[length] = '\0';
    return take_pointer(text);
}

/* --- values ------------------------------------------------------------------------------ */

static void setting_free(struct xl_setting *setting)
{
    for (size_t i = 0; i < setting->count; i++)
        free(setting->values[i]);
    free(setting->values);
    free(setting->name);
    *setting = (struct xl_setting){.name = NULL};
}
#define auto_setting __attribute__((cleanup(setting_free)))

/* VALUE is the setting's from here on. */
static void add_value(struct xl_setting *setting, char *value)
{
    setting->values = xreallocarray(setting->values, setting->count + 1, sizeof *setting->values);
    setting->values[setting->count++] = value;
}

/* A text or a number, into SETTING. */
static int read_atom(struct reader *reader, struct xl_setting *setting, struct error *err)
{
    if (reader->kind != KIND_STRING && reader->kind != KIND_NUMBER)
        return fault(reader, "a text in quotes, a number or a list is missing", err);
    char *value = reader->kind == KIND_STRING ? unquoted(reader, err)
                                              : xstrndup(reader->word, reader->length);
    if (!value)
        return -1;
    add_value(setting, value);
    return next(reader, err);
}

static int skip_lines(struct reader *reader, struct error *err)
{
    while (reader->kind == KIND_LINE)
        if (next(reader, err) < 0)
            return -1;
    return 0;
}

/* The values of a list whose '[' was read last, up to behind its ']'. */
static int read_list(struct reader *reader, unsigned depth, struct xl_setting *setting,
                     struct error *err)
{
    setting->list = true;
    if (depth > XL_CONFIG_DEPTH_MAX)
        return fault(reader, "too many lists are within each other", err);
    if (next(reader, err) < 0 || skip_lines(reader, err) < 0)
        return -1;
    while (!is_mark(reader, ']')) {
        if (setting->count >= XL_CONFIG_VALUES_MAX)
            return fault(reader, "a list has too many values", err);
        if (is_mark(reader, '[')) {
            auto_setting struct xl_setting within = {.name = NULL};
            if (read_list(reader, depth + 1, &within, err) < 0)
                return -1;
            add_value(setting, NULL);
        } else if (read_atom(reader, setting, err) < 0) {
            return -1;
        }
        if (skip_lines(reader, err) < 0)
            return -1;
        if (is_mark(reader, ']'))
            break;
        if (!is_mark(reader, ','))
            return fault(reader, "a list lacks a comma or its ']'", err);
        if (next(reader, err) < 0 || skip_lines(reader, err) < 0)
            return -1;
    }
    return next(reader, err);
}

/* --- settings ---------------------------------------------------------------------------- */

static struct xl_setting *find(const struct xl_config *config, const char *name)
{
    for (size_t i = 0; i < config->count; i++)
        if (strcmp(config->settings[i].name, name) == 0)
            return &config->settings[i];
    return NULL;
}

/* Behind OLD's own values, or its own text. */
static int append(const struct reader *reader, struct xl_setting *old, struct xl_setting *more,
                  struct error *err)
{
    if (old->list != more->list)
        return error_set(err, ERROR_USAGE, "%s, line %u: %s is %s, to which %s cannot be added",
                         reader->name, reader->word_line, old->name,
                         old->list ? "a list" : "a text", more->list ? "a list" : "a text");
    if (!old->list) {
        replace_string(&old->values[0], xasprintf("%s%s", old->values[0], more->values[0]));
        return 0;
    }
    if (old->count + more->count > XL_CONFIG_VALUES_MAX)
        return fault(reader, "a list has too many values", err);
    for (size_t i = 0; i < more->count; i++)
        add_value(old, take_pointer(more->values[i]));
    return 0;
}

static int store(const struct reader *reader, struct xl_config *config, struct xl_setting *setting,
                 bool appends, struct error *err)
{
    struct xl_setting *old = find(config, setting->name);

    if (old && appends)
        return append(reader, old, setting, err);
    if (!old && config->count >= XL_CONFIG_SETTINGS_MAX)
        return fault(reader, "there are too many settings", err);
    if (!old) {
        config->settings =
            xreallocarray(config->settings, config->count + 1, sizeof *config->settings);
        old = &config->settings[config->count++];
        *old = (struct xl_setting){.name = NULL};
    }
    setting_free(old);
    *old = *setting;
    *setting = (struct xl_setting){.name = NULL};
    return 0;
}

static int read_setting(struct reader *reader, struct xl_config *config, struct error *err)
{
    auto_setting struct xl_setting setting = {.name = NULL};

    if (reader->kind != KIND_NAME)
        return fault(reader, "the name of a setting is missing (lower case, as xl.cfg(5) has it)",
                     err);
    setting.name = xstrndup(reader->word, reader->length);
    if (next(reader, err) < 0)
        return -1;
    bool appends = reader->kind == KIND_APPEND;
    if (!appends && !is_mark(reader, '='))
        return fault(reader, "'=' is missing behind the name of a setting", err);
    if (next(reader, err) < 0 || (is_mark(reader, '[') ? read_list(reader, 1, &setting, err)
                                                       : read_atom(reader, &setting, err)) < 0)
        return -1;
    return store(reader, config, &setting, appends, err);
}

int xl_config_parse(const char *text, size_t length, const char *name, struct xl_config *config,
                    struct error *err)
{
    struct reader reader = {.name = name, .at = text, .end = text + length, .line = 1};

    if (length > XL_CONFIG_SIZE_MAX)
        return error_set(err, ERROR_USAGE, "%s is larger than %d bytes", name, XL_CONFIG_SIZE_MAX);
    if (next(&reader, err) < 0)
        return -1;
    while (reader.kind != KIND_END) {
        if (reader.kind != KIND_LINE && !is_mark(&reader, ';') &&
            read_setting(&reader, config, err) < 0)
            return -1;
        if (reader.kind == KIND_END)
            break;
        if (reader.kind != KIND_LINE && !is_mark(&reader, ';'))
            return fault(&reader, "a setting ends with its line, or with ';'", err);
        if (next(&reader, err) < 0)
            return -1;
    }
    return 0;
}

void xl_config_free(struct xl_config *config)
{
    for (size_t i = 0; i < config->count; i++)
        setting_free(&config->settings[i]);
    free(config->settings);
    *config = (struct xl_config){.settings = NULL};
}

const struct xl_setting *xl_config_find(const struct xl_config *config, const char *name)
{
    return find(config, name);
}

const char *xl_config_text(const struct xl_config *config, const char *name)
{
    const struct xl_setting *setting = find(config, name);

    return setting && !setting->list ? setting->values[0] : NULL;
}
