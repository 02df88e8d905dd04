/* Members of an answer. See member.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader/helpers/member.h"

#include <string.h>
#include <sys/stat.h>

#include "common/text.h"

const char *member_text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

char *member_copy(const json_t *object, const char *key)
{
    const char *text = member_text(object, key);

    return text ? xstrdup(text) : NULL;
}

bool member_number(const json_t *object, const char *key, uint64_t max, uint64_t *value)
{
    const json_t *member = json_object_get(object, key);
    json_int_t number = json_integer_value(member);
    bool sound = json_is_integer(member) && number >= 0 && (uint64_t)number <= max;

    *value = sound ? (uint64_t)number : 0;
    return sound;
}

bool member_hex(const json_t *object, const char *key, char *out, size_t digits)
{
    const char *text = member_text(object, key);

    out[0] = '\0';
    if (!text || !text_is_hex(text, digits))
        return false;
    memcpy(out, text, digits + 1);
    return true;
}

bool member_fits(const json_t *object, const char *key, int fd, uint64_t max)
{
    struct stat status;
    uint64_t size;

    return member_number(object, key, max, &size) && size > 0 && fstat(fd, &status) == 0 &&
           (uint64_t)status.st_size == size;
}
