/* How places on NFS servers are written.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loader/fetch/nfs/place.h"

/* TEXT is PATH on HOST, by VERSION (0: any) and the two ports (0: usual). */
#define is_place(...) check_place(__VA_ARGS__, __LINE__)
static void check_place(const char *text, const char *host, const char *path, unsigned version,
                        unsigned nfs_port, unsigned mount_port, int line)
{
    auto_nfs_place struct nfs_place place = {.version = 0};
    auto_error struct error err = ERROR_INIT;

    if (nfs_place_parse(text, &place, &err) < 0)
        _fail(__FILE__, line);
    _assert_string_equal(place.host, host, __FILE__, line);
    _assert_string_equal(place.path, path, __FILE__, line);
    _assert_int_equal(place.version, version, __FILE__, line);
    _assert_int_equal(place.nfs_port, nfs_port, __FILE__, line);
    _assert_int_equal(place.mount_port, mount_port, __FILE__, line);
}

/* TEXT is refused, with SENTENCE. */
#define is_refused(text, sentence) check_refused(text, sentence, __LINE__)
static void check_refused(const char *text, const char *sentence, int line)
{
    auto_nfs_place struct nfs_place place = {.version = 0};
    auto_error struct error err = ERROR_INIT;

    if (nfs_place_parse(text, &place, &err) == 0 || !strstr(err.text, sentence))
        _fail(__FILE__, line);
    if (strstr(err.text, "s3cret"))
        _fail(__FILE__, line);
}

static void as_mount_has_it(void **state)
{
    (void)state;
    is_place("nfs:h:/p", "h", "/p", 0, 0, 0);
    is_place("nfs:h:/", "h", "/", 0, 0, 0);
    is_place("nfs:h:///", "h", "/", 0, 0, 0);
    is_place("NFS:h.example:/a/b c%20?x#y/", "h.example", "/a/b c%20?x#y", 0, 0, 0);
    is_place("nfs:10.0.0.1:/p", "10.0.0.1", "/p", 0, 0, 0);
    is_place("nfs:[fe80::1]:/p", "fe80::1", "/p", 0, 0, 0);
    is_place("nfs:h:/p:q,vers=3", "h", "/p:q,vers=3", 0, 0, 0);
}

static void with_options(void **state)
{
    (void)state;
    is_place("nfs:nolock:h:/p", "h", "/p", 0, 0, 0);
    is_place("nfs:nolock,vers=3:h:/p", "h", "/p", 3, 0, 0);
    is_place("nfs:nfsvers=4.2,port=20490:h:/p", "h", "/p", 4, 20490, 0);
    is_place("nfs:vers=3,port=1,mountport=65535:[::1]:/p", "::1", "/p", 3, 1, 65535);
    is_place("nfs:ro,soft,rsize=8192,proto=tcp,sec=sys:h:/p", "h", "/p", 0, 0, 0);
    is_refused("nfs:vers=2:h:/p", "\"vers=2\" is not known");
    is_refused("nfs:vers=4.10:h:/p", "\"vers=4.10\" is not known");
    is_refused("nfs:port=65536:h:/p", "\"port=65536\"");
    is_refused("nfs:port=0:h:/p", "\"port=0\"");
    is_refused("nfs:proto=udp:h:/p", "by TCP is spoken");
    is_refused("nfs:udp:h:/p", "\"udp\"");
    is_refused("nfs:sec=krb5:h:/p", "sec=sys");
}

static void urls(void **state)
{
    (void)state;
    is_place("nfs://h/p", "h", "/p", 0, 0, 0);
    is_place("nfs://h:/p", "h", "/p", 0, 0, 0);
    is_place("nfs://h:20490/p", "h", "/p", 0, 20490, 0);
    is_place("nfs://[::1]:2049/p//", "::1", "/p", 0, 2049, 0);
    is_place("nfs://h/a%20b%3F", "h", "/a b?", 0, 0, 0);
    is_place("nfs://h/p?version=3&nfsport=5&mountport=6", "h", "/p", 3, 5, 6);
    is_place("nfs://h/p?", "h", "/p", 0, 0, 0);
    is_refused("nfs://h/p?version=5", "\"version=5\"");
    is_refused("nfs://h/p?uid=0", "\"uid=0\" is not known");
    is_refused("nfs://h/p?nfsport=", "\"nfsport=\"");
    is_refused("nfs://h:99999/p", "a port that is none");
    is_refused("nfs://h/%zz", "percent");
    is_refused("nfs://h/%0a", "control character");
    is_refused("nfs://h/%00", "percent");
}

static void no_places(void **state)
{
    (void)state;
    is_refused("nfs:", "no host or no path");
    is_refused("nfs:h", "no host or no path");
    is_refused("nfs:h:p", "no host or no path");
    is_refused("nfs::/p", "no host or no path");
    is_refused("nfs:/p", "no host or no path");
    is_refused("nfs:a:b:c:/p", "no host or no path");
    is_refused("nfs:[::1:/p", "no host or no path");
    is_refused("nfs:[]:/p", "host that is none");
    is_refused("nfs:[::/]:/p", "host that is none");
    is_refused("nfs://", "no host or no path");
    is_refused("nfs://h", "no host or no path");
    is_refused("nfs:///p", "no host or no path");
    is_refused("nfs://me@h/p", "host that is none");
    is_refused("nfs:me:s3cret@h", "no host or no path");
    is_refused("nfs://me:s3cret@h/p", "a port that is none");
    is_refused("nfs://h%2f/p", "host that is none");
    is_refused("nfs:h:/a\nb", "not a place");
    is_refused("nfs", "not a place");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_mount_has_it),
        cmocka_unit_test(with_options),
        cmocka_unit_test(urls),
        cmocka_unit_test(no_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
