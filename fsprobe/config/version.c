/* The order of versions, as the UAPI group's Version Format Specification (UAPI.10) has it,
 * which the Boot Loader Specification refers to.
 *
 * A version is read in segments from the left. Only ASCII letters, digits and the separators
 * '~' '-' '^' '.' count; every other byte is skipped. '~' makes what follows older than
 * anything, even than nothing ("1~rc1" < "1"); otherwise more is newer; then '-', '^' and
 * '.' in this order are older than what is none of them; digits compare as a number and are
 * newer than letters; letters compare by their bytes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/version.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const char *skip_ignored(const char *p)
{
    while (*p && !is_digit(*p) && !is_letter(*p) && !strchr("~-^.", *p))
        p++;
    return p;
}

static int order(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

/* Compares the numbers at *A and *B, of any length, and goes behind them. No number at all is
 * older than any. */
static int compare_numbers(const char **a, const char **b)
{
    size_t length_a = strspn(*a, "0123456789"), length_b = strspn(*b, "0123456789");
    const char *number_a = *a, *number_b = *b;

    *a += length_a;
    *b += length_b;
    if (length_a == 0 || length_b == 0)
        return order(length_a, length_b);
    number_a += strspn(number_a, "0");
    number_b += strspn(number_b, "0");
    int result = order((size_t)(*a - number_a), (size_t)(*b - number_b));

    return result ? result : memcmp(number_a, number_b, (size_t)(*a - number_a));
}

static size_t letters(const char *p)
{
    size_t count = 0;

    while (is_letter(p[count]))
        count++;
    return count;
}

static int compare_letters(const char **a, const char **b)
{
    size_t length_a = letters(*a), length_b = letters(*b);
    int result = memcmp(*a, *b, length_a < length_b ? length_a : length_b);

    *a += length_a;
    *b += length_b;
    return result ? result : order(length_a, length_b);
}

/* Compares by the separator SEPARATOR, which is older than anything else, and goes behind it
 * where both have it. */
static int compare_separator(const char **a, const char **b, char separator)
{
    bool in_a = **a == separator, in_b = **b == separator;

    if (in_a && in_b) {
        (*a)++;
        (*b)++;
    }
    return (in_b && !in_a) - (in_a && !in_b);
}

/* Compares one segment and goes behind it. *DONE is set where the versions end. */
static int compare_segment(const char **a, const char **b, bool *done)
{
    static const char separators[] = "-^.";
    int result = compare_separator(a, b, '~');

    if (result == 0 && (!**a || !**b)) {
        *done = true;
        return (**a != '\0') - (**b != '\0');
    }
    for (const char *s = separators; result == 0 && *s; s++)
        result = compare_separator(a, b, *s);
    if (result)
        return result;
    return is_digit(**a) || is_digit(**b) ? compare_numbers(a, b) : compare_letters(a, b);
}

int version_compare(const char *a, const char *b)
{
    bool done = false;
    int result = 0;

    while (result == 0 && !done) {
        a = skip_ignored(a);
        b = skip_ignored(b);
        result = compare_segment(&a, &b, &done);
    }
    return result;
}
