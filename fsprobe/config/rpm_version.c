/* The order of versions by rpm's rule. See rpm_version.h.
 *
 * A version is read in segments of digits and of letters; what is between them only parts them.
 * Digits compare as a number, letters by their bytes, digits are newer than letters, and what has
 * more segments is newer; but '~' makes what follows older than nothing.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fsprobe/config/rpm_version.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const char *skip_parting(const char *p)
{
    while (*p && !is_digit(*p) && !is_letter(*p) && *p != '~')
        p++;
    return p;
}

static size_t segment(const char *p, bool (*in)(char))
{
    size_t length = 0;

    while (in(p[length]))
        length++;
    return length;
}

static int order(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

/* Compares LEFT bytes at A with RIGHT bytes at B, which are digits or letters alike. */
static int compare_segments(const char *a, size_t left, const char *b, size_t right, bool digits)
{
    int result = 0;

    while (digits && left && *a == '0')
        a++, left--;
    while (digits && right && *b == '0')
        b++, right--;
    if (digits)
        result = order(left, right);
    if (result == 0)
        result = memcmp(a, b, left < right ? left : right);
    return result ? result : order(left, right);
}

int rpm_version_compare(const char *a, const char *b)
{
    for (;;) {
        a = skip_parting(a);
        b = skip_parting(b);
        if (*a == '~' || *b == '~') {
            if (*a != '~' || *b != '~')
                return *a == '~' ? -1 : 1;
            a++;
            b++;
            continue;
        }
        if (!*a || !*b)
            return (*a != '\0') - (*b != '\0');
        bool digits = is_digit(*a);
        size_t left = segment(a, digits ? is_digit : is_letter);
        size_t right = segment(b, digits ? is_digit : is_letter);
        if (right == 0)
            return digits ? 1 : -1;
        int result = compare_segments(a, left, b, right, digits);
        if (result)
            return result;
        a += left;
        b += right;
    }
}

/* The parts of a package's name: texts that point into COPY. */
struct package {
    char *copy;
    const char *parts[3]; /* name, version, release; "" where there is none */
};

static void cut_package(struct package *package, const char *text)
{
    char *dash;
    int cuts = 0;

    *package = (struct package){.copy = xstrdup(text), .parts = {"", "", ""}};
    while (cuts < 2 && (dash = strrchr(package->copy, '-'))) {
        *dash = '\0';
        package->parts[2 - cuts++] = dash + 1;
    }
    package->parts[0] = package->copy;
    if (cuts == 1) {
        package->parts[1] = package->parts[2];
        package->parts[2] = "";
    }
}

int rpm_package_compare(const char *a, const char *b)
{
    struct package left, right;
    int result = 0;

    cut_package(&left, a);
    cut_package(&right, b);
    for (size_t i = 0; i < 3 && result == 0; i++)
        result = rpm_version_compare(left.parts[i], right.parts[i]);
    free(left.copy);
    free(right.copy);
    return result;
}
