/* What a usage says of operands.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/text.h"
#include "loader/complete/usage.h"

static void add(void *context, const char *word, size_t length)
{
    (void)buffer_addf((struct buffer *)context, "%.*s ", (int)length, word);
}

/* What follows OPERANDS (words parted by blanks) of COMMAND in USAGE is EXPECTED. */
static void follows(const char *usage, const char *command, const char *operands,
                    const char *expected)
{
    auto_buffer struct buffer out = BUFFER_INIT(4096);
    auto_free char *words = xstrdup(operands);
    char *list[32], *rest = words;
    size_t count = 0;

    for (char *word; (word = strsep(&rest, " "));)
        if (*word)
            list[count++] = word;
    usage_next(usage, command, list, count, add, &out);
    assert_string_equal(buffer_text(&out), expected);
}

static void test_words_and_values(void **state)
{
    static const char usage[] = "Usage: eliloader vm create ID [KEY=VALUE…]\n"
                                "       eliloader vm set ID… KEY=VALUE…\n"
                                "       eliloader vm show [--json] ID…\n"
                                "       eliloader vm list [--json]\n"
                                "The VM records of this host. KEY: eliloader vm nothing ID\n";
    (void)state;
    follows(usage, "vm", "", "create set show list ");
    follows(usage, "vm", "create", "ID ");
    follows(usage, "vm", "create a", "KEY=VALUE ");
    follows(usage, "vm", "create a b=c d=e", "KEY=VALUE ");
    follows(usage, "vm", "set a", "ID KEY=VALUE ");
    follows(usage, "vm", "set a b c=d", "KEY=VALUE ");
    follows(usage, "vm", "show a b", "ID ");
    follows(usage, "vm", "list", "");
    follows(usage, "vm", "list a", "");
    follows(usage, "vm", "nothing", "");
    follows(usage, "media", "", "");
}

static void test_alternatives_and_lines(void **state)
{
    (void)state;
    follows("Usage: eliloader identify [--json] [--verify]\n"
            "                          FILE|URL|DISK\nSays it.\n",
            "identify", "", "FILE URL DISK ");
    follows("Usage: eliloader cache list|clear|verify [--json]\n", "cache", "",
            "list clear verify ");
    follows("Usage: eliloader cache list|clear|verify ID\n", "cache", "clear", "ID ");
    follows("Usage: eliloader cache list|clear|verify ID\n", "cache", "clea", "");
    follows("Usage: eliloader cat DISK[:VOLUME] PATH\n", "cat", "", "DISK ");
    follows("Usage: eliloader cat DISK[:VOLUME] PATH\n", "cat", "a:1", "PATH ");
    follows("Usage: eliloader check [VM|DISK|XL.CFG]\n", "check", "", "VM DISK XL.CFG ");
    follows("Usage: eliloader fetch [OPTION…] REPOSITORY\n", "fetch", "", "REPOSITORY ");
    follows("Usage: xenpvnetboot [--location=LOCATION] [OPTION…]\nWhat it did.\n", NULL, "", "");
    follows("", "fetch", "", "");
    follows("Usage: eliloader", "fetch", "", "");
}

/* A line's places are as many as there is room for, no more. */
static void test_many_places(void **state)
{
    (void)state;
    follows("Usage: eliloader x A B C D E F G H I J K L M N O P\n", "x",
            "1 2 3 4 5 6 7 8 9 10 11 12 13 14", "O ");
    follows("Usage: eliloader x A B C D E F G H I J K L M N O P\n", "x",
            "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_and_values),
        cmocka_unit_test(test_alternatives_and_lines),
        cmocka_unit_test(test_many_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
