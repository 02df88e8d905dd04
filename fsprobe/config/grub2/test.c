/* GRUB 2's `test` and `[`. See test.h.
 *
 * GRUB reads the words from left to right and keeps one AND and one OR: whatever follows
 * without -o is and-ed, a missing ']' does not matter, nothing at all is true, and a word that
 * is no operator where it stands is true when it is not empty.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/grub2/test.h"

#include <ctype.h>
#include <string.h>

#include "fsprobe/config/grub2/machine.h"
#include "fsprobe/config/grub2/place.h"
#include "fsprobe/config/grub2/script/number.h"

struct test {
    struct grub2 *g;
    char **words;
    size_t count, at;
    unsigned depth; /* of ( ) */
};

/* Three-way comparison of the numbers behind what A and B begin with alike: "vmlinuz-9" is
 * less than "vmlinuz-10". */
static int compare_behind_prefix(const char *a, const char *b)
{
    size_t same = 0;

    while (a[same] && a[same] == b[same])
        same++;
    while (same > 0 && isdigit((unsigned char)a[same - 1]))
        same--;
    int64_t left = grub2_number(a + same, false, NULL), right = grub2_number(b + same, false, NULL);
    return (left > right) - (left < right);
}

/* The operators that stand between two words: whether a three-way comparison meets them. */
static bool meets(const char *operator, int order)
{
    static const struct {
        const char *name;
        bool less, equal, greater;
    } operators[] = {
        {"=", false, true, false},   {"==", false, true, false},   {"!=", true, false, true},
        {"<", true, false, false},   {"<=", true, true, false},    {">", false, false, true},
        {">=", false, true, true},   {"-eq", false, true, false},  {"-ne", true, false, true},
        {"-lt", true, false, false}, {"-le", true, true, false},   {"-gt", false, false, true},
        {"-ge", false, true, true},  {"-plt", true, false, false}, {"-pgt", false, false, true},
    };

    for (size_t i = 0; i < ARRAY_SIZE(operators); i++)
        if (strcmp(operator, operators[i].name) == 0)
            return order < 0    ? operators[i].less
                   : order == 0 ? operators[i].equal
                                : operators[i].greater;
    return false;
}

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

/* Three words A OPERATOR B; false when OPERATOR is none. */
static bool test_two_sides(struct test *t, const char *a, const char *operator, const char * b,
                           bool *value)
{
    static const char *const texts[] = {"=", "==", "!=", "<", "<=", ">", ">=", NULL};
    static const char *const numbers[] = {"-eq", "-ne", "-lt", "-le", "-gt", "-ge", NULL};
    static const char *const prefixed[] = {"-pgt", "-plt", NULL};

    if (is_one_of(operator, texts)) {
        *value = meets(operator, strcmp(a, b));
    } else if (is_one_of(operator, numbers)) {
        int64_t left = grub2_number(a, true, NULL), right = grub2_number(b, true, NULL);
        *value = meets(operator,(left > right) - (left < right));
    } else if (is_one_of(operator, prefixed)) {
        *value = meets(operator, compare_behind_prefix(a, b));
    } else if (strncmp(operator, "-nt", 3) == 0 || strncmp(operator, "-ot", 3) == 0) {
        grub2_unknown(t->g, "the times of files, which '%s' compares, are not looked at", operator);
        *value = false;
    } else {
        return false;
    }
    return true;
}

/* What lies at WORD, as `test` looks for it: slashes at the end do not count, and a name without
 * any is one in the outermost directory. */
static bool look(struct test *t, const char *word, struct file_status *status)
{
    const char *close = *word == '(' ? strchr(word, ')') : NULL;
    const char *name = close ? close + 1 : word;
    size_t device = (size_t)(name - word), length = strlen(name);

    while (length > 0 && name[length - 1] == '/')
        length--;
    bool bare = !memchr(name, '/', length);
    auto_free char *spec =
        xasprintf("%.*s%s%.*s", (int)device, word, bare ? "/" : "", (int)length, name);
    return grub2_look(t->g, spec, status);
}

/* Two words OPERATOR A; false when OPERATOR is none. */
static bool test_one_side(struct test *t, const char *operator, const char * a, bool *value)
{
    struct file_status status;

    if (operator[0] != '-' || !operator[1] || operator[2])
        return false;
    switch (operator[1]) {
    case 'n':
        *value = *a != '\0';
        return true;
    case 'z':
        *value = *a == '\0';
        return true;
    case 'd':
        *value = look(t, a, &status) && status.directory;
        return true;
    case 'e':
        *value = look(t, a, &status);
        return true;
    case 'f':
        *value = look(t, a, &status) && !status.directory;
        return true;
    case 's':
        *value = grub2_look(t->g, a, &status) && !status.directory && status.size > 0;
        return true;
    default:
        return false;
    }
}

static bool evaluate(struct test *t);

/* The value of what stands at t->at, which is no -a, -o, !, ")"; moves behind it. */
static bool evaluate_one(struct test *t)
{
    char **words = t->words + t->at;
    size_t left = t->count - t->at;
    bool value;

    if (left >= 3 && test_two_sides(t, words[0], words[1], words[2], &value)) {
        t->at += 3;
    } else if (left >= 2 && test_one_side(t, words[0], words[1], &value)) {
        t->at += 2;
    } else if (strcmp(words[0], "(") == 0 && t->depth < GRUB2_NESTING_MAX) {
        t->at++;
        t->depth++;
        value = evaluate(t);
        t->depth--;
    } else {
        value = *words[0] != '\0';
        t->at++;
    }
    return value;
}

/* Whether the word at t->at joins others, and is not the left side of a comparison. */
static bool at_joiner(const struct test *t, const char *joiner)
{
    char **words = t->words + t->at;
    static const char *const sides[] = {"=",   "==",  "!=",  "<",   "<=",  ">",    ">=",   "-eq",
                                        "-ne", "-lt", "-le", "-gt", "-ge", "-pgt", "-plt", NULL};

    if (strcmp(words[0], joiner) != 0)
        return false;
    return t->count - t->at < 3 || !is_one_of(words[1], sides);
}

/* To the end, or to the ")" that closes. */
static bool evaluate(struct test *t)
{
    bool any = false, all = true, inverted = false;

    while (t->at < t->count) {
        if (at_joiner(t, ")")) {
            t->at++;
            break;
        }
        if (at_joiner(t, "!")) {
            inverted = !inverted;
            t->at++;
        } else if (at_joiner(t, "-a")) {
            t->at++;
        } else if (at_joiner(t, "-o")) {
            any = any || all;
            all = true;
            t->at++;
        } else {
            bool value = evaluate_one(t);
            all = all && value != inverted;
            inverted = false;
        }
    }
    return any || all;
}

int grub2_cmd_test(struct grub2 *g, const struct grub2_call *call)
{
    struct test t = {.g = g, .words = call->argv + 1, .count = call->argc - 1};

    if (call->argv[0][0] == '[' && t.count && strcmp(t.words[t.count - 1], "]") == 0)
        t.count--;
    return evaluate(&t) ? GRUB2_OK : GRUB2_FALSE;
}
