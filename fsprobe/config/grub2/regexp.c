/* GRUB 2's `regexp`. See regexp.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/regexp.h"

#include <string.h>

#include "fsprobe/config/grub2/env.h"
#include "fsprobe/config/grub2/machine.h"
#include "fsprobe/config/grub2/options.h"
#include "fsprobe/config/grub2/script/match.h"

/* Sets the variable that "[NUMBER:]NAME" asks for. */
static bool set_group(struct grub2 *g, const char *wish, const char *text,
                      int groups[GRUB2_GROUPS][2])
{
    const char *colon = strchr(wish, ':');
    auto_free char *digits = colon ? xstrndup(wish, (size_t)(colon - wish)) : xstrdup("1");
    uint64_t number;

    if (!text_to_number(digits, GRUB2_GROUPS - 1, &number))
        return false;
    int from = groups[number][0], to = groups[number][1];
    auto_free char *value =
        from >= 0 && to >= from ? xstrndup(text + from, (size_t)(to - from)) : xstrdup("");
    return grub2_set(g, colon ? colon + 1 : wish, value);
}

/* regexp [--set [NUMBER:]NAME]… PATTERN TEXT */
int grub2_cmd_regexp(struct grub2 *g, const struct grub2_call *call)
{
    static const struct grub2_option options[] = {{'s', "set", GRUB2_REQUIRED, false},
                                                  GRUB2_OPTIONS_END};
    auto_grub2_parsed struct grub2_parsed parsed = {.count = 0};
    size_t steps = 4 * GRUB2_STEPS_MAX, before = steps;
    int status, groups[GRUB2_GROUPS][2];

    g->wildcards = true;
    if (!grub2_parse_options(g, call, options, &parsed, &status))
        return status;
    if (parsed.count != 2 || !grub2_steps(g, PATTERN_MAX / 8))
        return GRUB2_BAD_ARGUMENT;
    const char **words = parsed.words;
    int found = grub2_match(words[0], words[1], groups, &steps);
    if (!grub2_steps(g, (before - steps) / 8) || found == 0)
        return GRUB2_FALSE;
    if (found < 0) {
        grub2_problem(g, "regexp: '%s' is no regular expression, or too large", words[0]);
        return GRUB2_BAD_ARGUMENT;
    }
    for (size_t i = 0; i < parsed.value_count; i++)
        if (!set_group(g, parsed.values[i].value, words[1], groups))
            return GRUB2_BAD_ARGUMENT;
    return GRUB2_OK;
}
