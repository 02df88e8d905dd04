/* A disk, parameter by parameter. See xl_disk.h.
 *
 * What may stand at one place is decided as in libxlu, by what takes most of the text: a parameter
 * with a name, a flag, an old prefix, and else a parameter by its position.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/check/xl_disk.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

struct parser {
    struct xl_disk *disk;
    bool prefixed, access_set;
};

static const char *const formats[] = {"raw", "qcow", "qcow2", "vhd", "empty", "qed"};
static const char *const backends[] = {"phy", "tap", "qdisk", "standalone"};
static const char *const specifications[] = {"xen", "virtio"};
/* Parameters that change nothing of what is booted. */
static const char *const ignored[] = {"colo-host",   "colo-port",   "colo-export",
                                      "active-disk", "hidden-disk", "grant_usage"};
static const char *const flags[] = {"direct-io-safe", "discard", "no-discard", "colo",
                                    "no-colo",        "trusted", "untrusted"};
/* Before the target, from xm's time. */
static const char *const old_formats[] = {"raw", "qcow", "qcow2", "vhd"};
static const char *const old_scripts[] = {"iscsi", "nbd", "enbd", "drbd"};
static const char *const old_nothings[] = {"tapdisk", "tap", "tap2", "aio", "ioemu", "file", "phy"};

void xl_disk_free(struct xl_disk *disk)
{
    free(disk->target);
    free(disk->vdev);
    free(disk->format);
    free(disk->script);
    free(disk->backend_domain);
    free(disk->backend);
    *disk = (struct xl_disk){.target = NULL};
}

static bool is_one_of(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}
#define IS_ONE_OF(words, word) is_one_of(words, ARRAY_SIZE(words), word)

/* --- values ------------------------------------------------------------------------------ */

/* Only what is empty may be said again. */
static int set_text(char **slot, const char *what, const char *value, struct error *err)
{
    if (*slot && **slot)
        return error_set(err, ERROR_USAGE, "%s is there twice, at '%s'", what, value);
    replace_string(slot, xstrdup(value));
    return 0;
}

static int set_word(char **slot, const char *what, const char *const *words, size_t count,
                    const char *value, struct error *err)
{
    if (!is_one_of(words, count, value))
        return error_set(err, ERROR_USAGE, "'%s' is not known as %s", value, what);
    if (*slot && strcmp(*slot, value) != 0)
        return error_set(err, ERROR_USAGE, "%s is there twice, at '%s'", what, value);
    replace_string(slot, xstrdup(value));
    return 0;
}

static int set_format(struct xl_disk *disk, const char *value, struct error *err)
{
    return set_word(&disk->format, "format", formats, ARRAY_SIZE(formats), *value ? value : "raw",
                    err);
}

static int set_access(struct xl_disk *disk, const char *value, struct error *err)
{
    disk->writable = strcmp(value, "rw") == 0 || strcmp(value, "w") == 0 || !*value;
    if (disk->writable || strcmp(value, "r") == 0 || strcmp(value, "ro") == 0)
        return 0;
    return error_set(err, ERROR_USAGE, "'%s' is not known as access", value);
}

/* Each name that may stand before '='. 1: it is none. */
static int set_named(struct parser *parser, const char *name, const char *value, struct error *err)
{
    struct xl_disk *disk = parser->disk;
    auto_free char *specification = NULL;

    if (strcmp(name, "format") == 0)
        return set_format(disk, value, err);
    if (strcmp(name, "access") == 0)
        return set_access(disk, value, err);
    if (strcmp(name, "vdev") == 0)
        return set_text(&disk->vdev, "vdev", value, err);
    if (strcmp(name, "script") == 0)
        return set_text(&disk->script, "script", value, err);
    if (strcmp(name, "backend") == 0)
        return set_text(&disk->backend_domain, "backend", value, err);
    if (strcmp(name, "backendtype") == 0)
        return set_word(&disk->backend, "backendtype", backends, ARRAY_SIZE(backends), value, err);
    if (strcmp(name, "specification") == 0)
        return set_word(&specification, "specification", specifications, ARRAY_SIZE(specifications),
                        value, err);
    if (strcmp(name, "devtype") == 0) {
        disk->cdrom = strcmp(value, "cdrom") == 0;
        return disk->cdrom || strcmp(value, "disk") == 0
                   ? 0
                   : error_set(err, ERROR_USAGE, "'%s' is not known as devtype", value);
    }
    return IS_ONE_OF(ignored, name) ? 0 : 1;
}

static int set_flag(struct parser *parser, const char *word)
{
    if (strcmp(word, "cdrom") == 0) {
        parser->disk->cdrom = true;
        return 0;
    }
    return IS_ONE_OF(flags, word) ? 0 : 1;
}

/* "hdc:cdrom", as a vdev was written once. 1: it is none of that kind. */
static int set_vdev_and_type(struct xl_disk *disk, const char *word, struct error *err)
{
    const char *colon = strrchr(word, ':');

    if (!colon)
        return 1;
    auto_free char *vdev = xstrndup(word, (size_t)(colon - word));
    if (set_text(&disk->vdev, "vdev", vdev, err) < 0)
        return -1;
    disk->cdrom = strcmp(colon, ":cdrom") == 0;
    if (disk->cdrom || strcmp(colon, ":disk") == 0)
        return 0;
    return error_set(err, ERROR_USAGE, "'%s' is not known as devtype", colon + 1);
}

static int set_by_position(struct parser *parser, const char *word, struct error *err)
{
    struct xl_disk *disk = parser->disk;
    int typed;

    if (!disk->target)
        return set_text(&disk->target, "target", word, err);
    if (!parser->prefixed && !disk->format) {
        typed = *disk->target ? 1 : set_vdev_and_type(disk, word, err);
        if (typed == 0)
            replace_string(&disk->format, xstrdup("empty"));
        return typed > 0 ? set_format(disk, word, err) : typed;
    }
    if (!disk->vdev) {
        typed = set_vdev_and_type(disk, word, err);
        return typed > 0 ? set_text(&disk->vdev, "vdev", word, err) : typed;
    }
    if (parser->access_set)
        return error_set(err, ERROR_USAGE, "there are too many parameters, at '%s'", word);
    parser->access_set = true;
    return set_access(disk, word, err);
}

/* --- the text ---------------------------------------------------------------------------- */

static size_t span_of_prefix(const char *text)
{
    size_t length = 0;

    while ((text[length] >= 'a' && text[length] <= 'z') ||
           (length && text[length] >= '0' && text[length] <= '9'))
        length++;
    return length && text[length] == ':' ? length : 0;
}

/* "phy:" at *TEXT, which is behind it then. 1: there is none. */
static int take_prefix(struct parser *parser, const char **text, struct error *err)
{
    size_t length = span_of_prefix(*text);
    auto_free char *prefix = xstrndup(*text, length);
    const char *behind = *text + length + 1;

    if (!length)
        return 1;
    bool script = IS_ONE_OF(old_scripts, prefix), format = IS_ONE_OF(old_formats, prefix);
    if (!script && !format && !IS_ONE_OF(old_nothings, prefix)) {
        bool more = (*behind >= 'a' && *behind <= 'z') || (*behind >= '0' && *behind <= '9');
        return more ? 1 : error_set(err, ERROR_USAGE, "'%s:' is not known before a target", prefix);
    }
    parser->prefixed = true;
    *text = behind;
    if (format)
        return set_format(parser->disk, prefix, err);
    auto_free char *name = xasprintf("block-%s", prefix);
    return script ? set_text(&parser->disk->script, "script", name, err) : 0;
}

/* The parameter WORD, up to a comma. */
static int take_parameter(struct parser *parser, char *word, struct error *err)
{
    char *equals = strchr(word, '=');

    if (!equals)
        return set_flag(parser, word) == 0 ? 0 : set_by_position(parser, word, err);
    *equals = '\0';
    int result = set_named(parser, word, equals + 1, err);
    *equals = '=';
    if (result > 0)
        return error_set(err, ERROR_USAGE, "'%s' is no parameter that is known", word);
    return result;
}

static int take_all(struct parser *parser, const char *text, struct error *err)
{
    static const char target[] = "target=";

    while (*(text += strspn(text, " \t\n"))) {
        int result;
        if (text_starts(text, target)) {
            /* Whatever is in it, commas too. */
            auto_free char *rest = xstrdup(text + strlen(target));
            if (text_ends(rest, ","))
                rest[strlen(rest) - 1] = '\0';
            return set_text(&parser->disk->target, "target", rest, err);
        }
        result = take_prefix(parser, &text, err);
        if (result > 0) {
            size_t length = strcspn(text, ",");
            auto_free char *word = xstrndup(text, length);
            text += length + (text[length] == ',');
            result = take_parameter(parser, word, err);
        }
        if (result < 0)
            return -1;
    }
    return 0;
}

int xl_disk_parse(const char *text, struct xl_disk *disk, struct error *err)
{
    struct parser parser = {.disk = disk};

    disk->writable = true;
    if (take_all(&parser, text, err) < 0)
        return error_prefix(err, "the disk '%s'", text);
    if (disk->cdrom) {
        disk->writable = false;
        if (!disk->target || !*disk->target)
            replace_string(&disk->format, xstrdup("empty"));
    }
    if (!disk->format)
        disk->format = xstrdup("raw");
    if (!disk->vdev)
        return error_set(err, ERROR_USAGE, "the disk '%s' has no vdev", text);
    if (!disk->target && !disk->cdrom)
        return error_set(err, ERROR_USAGE, "the disk '%s' has no target", text);
    return 0;
}
